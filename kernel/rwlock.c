/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks (see <kernel/rwlock.h>). While nobody waits every step is one
 * compare-and-swap of the word. While somebody does, RWLOCK_WAITED is set in it and it changes
 * with mutex_guard held only: the guard is not the lock's own, because a waiter that leaves by its
 * deadline or by a kill may let others in, and who ends its sleep then knows the thread, but not
 * whether the lock still exists.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/rwlock.h>
#include <kernel/sched.h>
#include <lib/assert.h>
#include <uapi/errno.h>

#include "mutex.h"

#define RWLOCK_WRITER	(1U << 31)	/* a writer is in */
#define RWLOCK_WAITED	(1U << 30)	/* somebody waits */
#define RWLOCK_READERS	(RWLOCK_WAITED - 1)

/* The word after rwlock_destroy(): what no use of the lock leads to. */
#define RWLOCK_ENDED	(RWLOCK_WRITER | RWLOCK_READERS)

void rwlock_init(struct rwlock *rw)
{
	rw->word = 0;
	rw->writer = NULL;
	list_init(&rw->readers);
	list_init(&rw->writers);
	rw->check = (struct lock_check){};
}

static void stop_waiting(struct thread *t)
{
	list_del(&t->wait_link);
	t->wait_changed = NULL;
}

/* Lets all in that wait to read. Returns how many there were. */
static u32 let_readers_in(struct rwlock *rw)
{
	u32 n = 0;

	while (!list_empty(&rw->readers)) {
		struct thread *t = list_entry(rw->readers.next, struct thread, wait_link);

		stop_waiting(t);
		n += sched_wake(t, 0);
	}
	return n;
}

/* Lets the most urgent writer in. Returns what it sets in the word. */
static u32 let_writer_in(struct rwlock *rw)
{
	while (!list_empty(&rw->writers)) {
		struct thread *t = wait_first(&rw->writers);

		stop_waiting(t);
		rw->writer = t;
		if (sched_wake(t, 0))
			return RWLOCK_WRITER;
	}
	rw->writer = NULL;
	return 0;
}

/*
 * Lets in whoever may come in now, when @word are those that are in; of readers and writers that
 * both may, readers if @readers_first. Guard held, and RWLOCK_WAITED set until this returns: those
 * that are woken cannot leave before.
 */
static void let_in(struct rwlock *rw, u32 word, bool readers_first)
{
	if (!(word & RWLOCK_WRITER)) {
		if (list_empty(&rw->writers) || (readers_first && !word))
			word += let_readers_in(rw);
		if (!word)
			word = let_writer_in(rw);
		/* no writer was left after all */
		if (!word)
			word = let_readers_in(rw);
	}
	if (!list_empty(&rw->readers) || !list_empty(&rw->writers))
		word |= RWLOCK_WAITED;
	atomic_store_release(&rw->word, word);
}

/*
 * @t's wait was ended by something else than the lock; or its urgency changed, which means
 * nothing.
 */
static void wait_changed(struct thread *t)
{
	spin_lock(&mutex_guard);
	if (t->wait_changed == wait_changed && t->state != THREAD_SLEEPING) {
		struct rwlock *rw = t->wait_data;

		stop_waiting(t);
		let_in(rw, rw->word & ~RWLOCK_WAITED, false);
	}
	spin_unlock(&mutex_guard);
}

/* Takes what is free: @one is a reader, or RWLOCK_WRITER. */
static int try_lock(struct rwlock *rw, u32 one)
{
	u32 barrier = one == RWLOCK_WRITER ? ~0U : RWLOCK_WRITER | RWLOCK_WAITED;
	u32 word = atomic_load_relaxed(&rw->word);
	struct thread *t = arch_current();

	sleep_check("reader-writer lock");
	while (!(word & barrier)) {
		if (atomic_cas_acquire(&rw->word, &word, word + one)) {
			if (one == RWLOCK_WRITER)
				rw->writer = t;
			t->held++;
			lock_check_taken(&rw->check, LOCK_SLEEP);
			return 0;
		}
	}
	if (word == RWLOCK_ENDED)
		panic("reader-writer lock %p is used after its end", (const void *)rw);
	return -EBUSY;
}

/* The word says that somebody waits: false when the lock is free for @one after all. Guard held. */
static bool mark(struct rwlock *rw, u32 one)
{
	u32 barrier = one == RWLOCK_WRITER ? ~0U : RWLOCK_WRITER | RWLOCK_WAITED;
	u32 word = atomic_load_relaxed(&rw->word);

	while (word & barrier)
		if (word & RWLOCK_WAITED ||
		    atomic_cas_acquire(&rw->word, &word, word | RWLOCK_WAITED))
			return true;
	return false;
}

static int lock(struct rwlock *rw, struct list *waiters, u32 one, u64 deadline)
{
	struct thread *t = arch_current();
	unsigned long state;
	int err;

	lock_check_wait(&rw->check, LOCK_SLEEP);
	while ((err = try_lock(rw, one)) == -EBUSY) {
		if (rw->writer == t)
			return -EDEADLK;
		state = spin_lock_irqsave(&mutex_guard);
		if (!mark(rw, one)) {
			spin_unlock_irqrestore(&mutex_guard, state);
			continue;
		}
		lock_check_contended(&rw->check);
		list_add_tail(waiters, &t->wait_link);
		t->wait_data = rw;
		t->wait_changed = wait_changed;
		err = sched_sleep_until(&mutex_guard, state, deadline);
		if (err) {
			/* most often that was done when the sleep ended */
			state = arch_irq_save();
			wait_changed(t);
			sched_irq_restore(state);
		} else {
			t->held++;
			lock_check_taken(&rw->check, LOCK_SLEEP);
		}
		return err;
	}
	return err;
}

int rwlock_read(struct rwlock *rw, u64 deadline)
{
	return lock(rw, &rw->readers, 1, deadline);
}

int rwlock_write(struct rwlock *rw, u64 deadline)
{
	return lock(rw, &rw->writers, RWLOCK_WRITER, deadline);
}

int rwlock_try_read(struct rwlock *rw)
{
	return try_lock(rw, 1);
}

int rwlock_try_write(struct rwlock *rw)
{
	return try_lock(rw, RWLOCK_WRITER);
}

/* The caller, which is in as @one, leaves. */
static int unlock(struct rwlock *rw, u32 one)
{
	u32 word = atomic_load_relaxed(&rw->word);
	unsigned long state;

	arch_current()->held--;
	lock_check_release(&rw->check, LOCK_SLEEP);
	while (!(word & RWLOCK_WAITED))
		if (atomic_cas_release(&rw->word, &word, word - one))
			return 0;
	state = spin_lock_irqsave(&mutex_guard);
	/*
	 * the last one that waited may have gone: then nobody is let in, and others may come and
	 * go
	 */
	word = atomic_load_relaxed(&rw->word);
	while (!(word & RWLOCK_WAITED)) {
		if (atomic_cas_release(&rw->word, &word, word - one)) {
			spin_unlock_irqrestore(&mutex_guard, state);
			return 0;
		}
	}
	word = (word & ~RWLOCK_WAITED) - one;
	if (word)
		atomic_store_release(&rw->word, word | RWLOCK_WAITED);
	else
		let_in(rw, 0, one == RWLOCK_WRITER);
	spin_unlock(&mutex_guard);
	sched_irq_restore(state);
	return 0;
}

/* Whether somebody is in to read. */
static bool has_readers(struct rwlock *rw)
{
	u32 word = atomic_load_relaxed(&rw->word);
	unsigned long state;

	/* one that was let in just now is on its way before the word says so: see let_in() */
	if (!(word & RWLOCK_READERS) && word & RWLOCK_WAITED) {
		state = spin_lock_irqsave(&mutex_guard);
		word = atomic_load_relaxed(&rw->word);
		spin_unlock_irqrestore(&mutex_guard, state);
	}
	return word & RWLOCK_READERS;
}

int rwlock_read_unlock(struct rwlock *rw)
{
	sleep_check("reader-writer lock");
	if (rw->writer || !has_readers(rw))
		return -EPERM;
	return unlock(rw, 1);
}

int rwlock_write_unlock(struct rwlock *rw)
{
	sleep_check("reader-writer lock");
	if (rw->writer != arch_current())
		return -EPERM;
	rw->writer = NULL;
	return unlock(rw, RWLOCK_WRITER);
}

int rwlock_destroy(struct rwlock *rw)
{
	u32 word = 0;

	return atomic_cas_acq_rel(&rw->word, &word, RWLOCK_ENDED) ? 0 : -EBUSY;
}
