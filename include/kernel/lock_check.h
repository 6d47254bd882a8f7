/* SPDX-License-Identifier: MIT */
/*
 * The lock checker (CONFIG_DEBUG_LOCKS): what every kind of lock tells it, and what it tells. It
 * panics, with the call chains, when
 *
 *   - locks are taken in an order that contradicts an earlier one, whether or not that has led to
 *     a deadlock this time,
 *   - a spinlock is taken by who holds it, or released by who does not,
 *   - a spinlock is taken with interrupts on: an interrupt's handler might wait for it for ever,
 *   - somebody sleeps, or takes a lock that is slept for, with a spinlock held or with interrupts
 *     masked.
 *
 * A spinlock that is held for too long, and interrupts that are masked for too long, are a line in
 * the log. Order is kept by class: locks with the same name, or, where nobody named them, the lock
 * at that place of the image, or those of the heap and of stacks that were first taken by the same
 * code. Locks of one class that are held together are taken in the order of their addresses, or
 * all the other way round.
 *
 * A lock has a struct lock_check in it and calls, for its kind,
 *
 *   lock_check_wait()     before it is taken by who would wait for it
 *   lock_check_taken()    when it has been taken, also by who would not have waited
 *   lock_check_release()  before it is released
 *
 * A lock that is slept for knows its owner, and answers by an error when that takes it again, or
 * when another one releases it: of that the hooks, which are called all the same, say nothing.
 * Without the option there is no code, and the structure is empty.
 */
#ifndef KERNEL_LOCK_CHECK_H
#define KERNEL_LOCK_CHECK_H

#include <lib/types.h>

enum lock_kind {
	LOCK_SPIN,	/* held by the CPU, with interrupts masked */
	LOCK_SLEEP,	/* held by the thread: mutex, reader-writer lock */
};

/* In a lock. Zeroed memory is a lock that nobody has named. */
struct lock_check {
#ifdef CONFIG_DEBUG_LOCKS
	u32 class;	/* 0: not known yet */
#endif
};

#define LOCK_HELD_MAX	16

struct lock_held {
	struct lock_check *lock;
	vaddr_t place;	/* who took it: the return address */
	u64 since;	/* ticks */
};

/* The locks that a CPU or a thread holds, in the order in which it took them. */
struct lock_stack {
#ifdef CONFIG_DEBUG_LOCKS
	struct lock_held held[LOCK_HELD_MAX];
	u32 count;
	u32 lost;		/* locks that there was no room for */
#endif
};

/* What there is to know of a class. */
struct lock_info {
	char name[80];
	u64 taken;
	u64 contended;		/* how often somebody had to wait */
	u64 longest;		/* ns: a spinlock's longest hold */
	vaddr_t longest_at;	/* and who had taken it */
	vaddr_t held_at;	/* who holds it now, one of them: the place; 0: nobody */
	const char *held_by;	/* and that thread's name */
};

#ifdef CONFIG_DEBUG_LOCKS

/* Puts @lock into the class @name, which is kept, not copied. Any context. */
void lock_check_name(struct lock_check *lock, const char *name);

/* Leaves @lock, which nobody holds, out of the order: for tests of deadlocks. Any context. */
void lock_check_exempt(struct lock_check *lock);

/* Where a lock is taken and released; see above. Spinlocks: interrupts off. */
void lock_check_wait(struct lock_check *lock, enum lock_kind kind);
void lock_check_taken(struct lock_check *lock, enum lock_kind kind);
void lock_check_release(struct lock_check *lock, enum lock_kind kind);

/* Somebody really waits for it: for the statistics. */
void lock_check_contended(struct lock_check *lock);

/* After a spinlock was released: the line about one that was held too long, once none is held. */
void lock_check_released(void);

/* The calling thread is about to sleep, and will release @allowed; other spinlocks panic. */
void lock_check_sleep(const struct lock_check *allowed);

/* Interrupts were masked for at least @ticks, up to @place. Interrupts off. */
void lock_check_masked(u64 ticks, vaddr_t place);

/* Logs the locks that this CPU and its thread hold. For panics: nothing is checked afterwards. */
void lock_check_panic(void);

/* Who holds @lock, a spinlock: a return address; 0 when it is not known. Any context. */
vaddr_t lock_check_holder(const struct lock_check *lock);

/* Tells of class @class, from 1 on; false when there is none. Any context. */
bool lock_check_info(u32 class, struct lock_info *info);

/* True when a lock of class @second was taken with one of class @first held. Any context. */
bool lock_check_order(u32 first, u32 second);

#else

static inline void lock_check_name(struct lock_check *lock __unused, const char *name __unused)
{
}

static inline void lock_check_exempt(struct lock_check *lock __unused)
{
}

static inline void lock_check_wait(struct lock_check *lock __unused, enum lock_kind kind __unused)
{
}

static inline void lock_check_taken(struct lock_check *lock __unused, enum lock_kind kind __unused)
{
}

static inline void lock_check_release(struct lock_check *lock __unused,
				      enum lock_kind kind __unused)
{
}

static inline void lock_check_contended(struct lock_check *lock __unused)
{
}

static inline void lock_check_released(void)
{
}

static inline void lock_check_sleep(const struct lock_check *allowed __unused)
{
}

static inline void lock_check_masked(u64 ticks __unused, vaddr_t place __unused)
{
}

static inline void lock_check_panic(void)
{
}

static inline vaddr_t lock_check_holder(const struct lock_check *lock __unused)
{
	return 0;
}

#endif
#endif
