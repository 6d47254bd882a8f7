/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks that sleep: many readers at a time, or one writer. While a writer waits, new
 * readers wait as well; when the last reader has gone the most urgent writer comes in, and after a
 * writer all readers that wait by then. So a writer waits for at most one round of readers and for
 * more urgent writers, and a reader for at most one writer. Urgency decides between writers only,
 * and nobody inherits any: where that matters use a mutex.
 *
 * A reader that takes the lock again may wait for a writer that waits for it: that is not found
 * out. For thread context with interrupts on; used elsewhere it panics. With CONFIG_THREADS.
 */
#ifndef KERNEL_RWLOCK_H
#define KERNEL_RWLOCK_H

#include <kernel/lock_check.h>
#include <lib/list.h>
#include <lib/types.h>

struct thread;

struct rwlock {
	u32 word;	/* atomic: readers that are in, RWLOCK_WRITER, RWLOCK_WAITED */
	struct thread *writer;	/* the one that is in, or NULL; written by who lets it in or out */
	/* mutex_guard held (kernel/mutex.c): */
	struct list readers;	/* that wait, in the order in which they came */
	struct list writers;
	struct lock_check check;
};

#define RWLOCK_INIT(rw)	{ .readers = LIST_INIT((rw).readers), .writers = LIST_INIT((rw).writers) }

/* Makes a lock that is free. */
void rwlock_init(struct rwlock *rw);

/*
 * Takes @rw together with other readers, or alone, and waits for it until @deadline (ns as
 * time_now(); TIME_NEVER). 0; -ETIMEDOUT; -EINTR when cancelled; -EDEADLK when the caller is in as
 * its writer.
 */
int rwlock_read(struct rwlock *rw, u64 deadline);
int rwlock_write(struct rwlock *rw, u64 deadline);

/* The same without waiting: 0; -EBUSY. */
int rwlock_try_read(struct rwlock *rw);
int rwlock_try_write(struct rwlock *rw);

/* Leaves: 0; -EPERM when no reader is in, or when the caller is not the writer. */
int rwlock_read_unlock(struct rwlock *rw);
int rwlock_write_unlock(struct rwlock *rw);

/*
 * @rw's memory is going to be used for something else: 0; -EBUSY while it is in use. Any context.
 */
int rwlock_destroy(struct rwlock *rw);

#endif
