/* SPDX-License-Identifier: MIT */
/*
 * Mutexes (see <kernel/mutex.h>). Free and not waited for, a mutex is taken and released by one
 * compare-and-swap of its owner's word. The first waiter marks the word: from then on every step
 * is made under mutex_guard, one lock for all mutexes, because chains of owners go across them.
 *
 * A thread's donor is the most urgent thread that waits for one of its mutexes. It is looked for
 * again whenever the waiters of one of them change, or one's urgency does, and then for the owner
 * of what that thread waits for, and so on up the chain. No chain is a circle: the lock that would
 * close one is refused.
 */
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <uapi/errno.h>

#include "mutex.h"

#define ENDED	2UL	/* the owner's word after mutex_destroy() */

struct spinlock mutex_guard;

void mutex_init(struct mutex *m)
{
	m->owner = 0;
	list_init(&m->waiters);
	list_init(&m->link);
	m->check = (struct lock_check){};
}

static struct thread *owner_of(const struct mutex *m)
{
	return (struct thread *)(atomic_load_relaxed(&m->owner) & ~MUTEX_WAITED);
}

/* Of all that wait for what @t has; NULL: nobody does. */
static const struct thread *most_urgent_for(const struct thread *t)
{
	const struct thread *best = NULL;

	list_for_each (m, &t->owned, struct mutex, link) {
		const struct thread *first = wait_first(&m->waiters);

		if (!best || sched_policy_before(first, best))
			best = first;
	}
	return best;
}

/* What @t has is waited for by others than before, or by more or less urgent ones. */
static void lend(struct thread *t)
{
	while (t) {
		const struct thread *donor = most_urgent_for(t);

		/* also when it is the same as before: its urgency may be another one */
		if (donor || t->donor)
			sched_set_donor(t, donor);
		t = t->blocked_on ? owner_of(t->blocked_on) : NULL;
	}
}

static void stop_waiting(struct thread *t)
{
	list_del(&t->wait_link);
	t->blocked_on = NULL;
	t->wait_changed = NULL;
}

/* @t's wait for a mutex was ended by something else than the mutex, or @t's urgency changed. */
static void wait_changed(struct thread *t)
{
	struct mutex *m;

	spin_lock(&mutex_guard);
	m = t->blocked_on;
	if (m) {
		struct thread *owner = owner_of(m);

		if (t->state != THREAD_SLEEPING) {
			stop_waiting(t);
			if (list_empty(&m->waiters)) {
				list_del(&m->link);
				atomic_store_relaxed(&m->owner, (uintptr_t)owner);
			}
		}
		lend(owner);
	}
	spin_unlock(&mutex_guard);
}

/* Whether @t would wait for itself when it waited for what @owner has. */
static bool is_circle(const struct thread *t, const struct thread *owner)
{
	while (owner != t && owner->blocked_on)
		owner = owner_of(owner->blocked_on);
	return owner == t;
}

/* Takes @m, or marks it as waited for: 0; -EAGAIN: it is marked; -EDEADLK. */
static int take_or_mark(struct mutex *m, struct thread *t)
{
	uintptr_t word = atomic_load_relaxed(&m->owner);

	for (;;) {
		if (word == ENDED)
			panic("mutex %p is used after its end", (const void *)m);
		if (!word) {
			if (atomic_cas_acquire(&m->owner, &word, (uintptr_t)t))
				return 0;
			continue;
		}
		if (!(word & MUTEX_WAITED) &&
		    !atomic_cas_acquire(&m->owner, &word, word | MUTEX_WAITED))
			continue;
		/* now its owner cannot release it, and end, without the guard */
		if (!is_circle(t, owner_of(m)))
			return -EAGAIN;
		if (list_empty(&m->waiters))
			atomic_store_relaxed(&m->owner, (uintptr_t)owner_of(m));
		return -EDEADLK;
	}
}

int mutex_lock_slow(struct mutex *m, u64 deadline)
{
	struct thread *t = arch_current(), *owner;
	unsigned long state;
	int err;

	sleep_check("mutex");
	state = spin_lock_irqsave(&mutex_guard);
	err = take_or_mark(m, t);
	if (err != -EAGAIN) {
		spin_unlock_irqrestore(&mutex_guard, state);
	} else {
		lock_check_contended(&m->check);
		owner = owner_of(m);
		if (list_empty(&m->waiters))
			list_add_tail(&owner->owned, &m->link);
		list_add_tail(&m->waiters, &t->wait_link);
		t->blocked_on = m;
		t->wait_changed = wait_changed;
		lend(owner);
		err = sched_sleep_until(&mutex_guard, state, deadline);
		if (err) {
			/* most often that was done when the sleep ended */
			state = arch_irq_save();
			wait_changed(t);
			sched_irq_restore(state);
		}
	}
	if (!err) {
		t->held++;
		lock_check_taken(&m->check, LOCK_SLEEP);
	}
	return err;
}

int mutex_lock_again(struct mutex *m)
{
	bool cancelled = false;
	int err;

	while ((err = mutex_lock(m, TIME_NEVER)) == -EINTR)
		cancelled = true;
	if (cancelled)
		thread_kill(arch_current());
	return err;
}

int mutex_try_lock(struct mutex *m)
{
	uintptr_t word = 0;

	sleep_check("mutex");
	if (!atomic_cas_acquire(&m->owner, &word, (uintptr_t)arch_current())) {
		if (word == ENDED)
			panic("mutex %p is used after its end", (const void *)m);
		return -EBUSY;
	}
	arch_current()->held++;
	lock_check_taken(&m->check, LOCK_SLEEP);
	return 0;
}

/* Gives @m, which the caller has and others wait for, to the most urgent of them. Guard held. */
static void hand_over(struct mutex *m, struct thread *t)
{
	bool woke = false;

	list_del(&m->link);
	/* who lent it something may run, and end, as soon as it has what it waited for */
	lend(t);
	while (!woke && !list_empty(&m->waiters)) {
		struct thread *next = wait_first(&m->waiters);
		bool more;

		stop_waiting(next);
		more = !list_empty(&m->waiters);
		/* it may run at once, on another CPU: everything is its own before it is woken */
		atomic_store_release(&m->owner, (uintptr_t)next | (more ? MUTEX_WAITED : 0));
		if (more)
			list_add_tail(&next->owned, &m->link);
		lend(next);
		woke = sched_wake(next, 0);
		if (!woke) {
			/* its time was over, or it was cancelled */
			list_del(&m->link);
			lend(next);
		}
	}
	if (!woke)
		atomic_store_release(&m->owner, 0);
}

void mutex_release(struct mutex *m)
{
	struct thread *t = arch_current();
	uintptr_t owner = (uintptr_t)t;

	t->held--;
	lock_check_release(&m->check, LOCK_SLEEP);
	if (atomic_cas_release(&m->owner, &owner, 0))
		return;
	spin_lock(&mutex_guard);
	/* the last one that waited may have gone meanwhile: then nobody is found */
	hand_over(m, t);
	spin_unlock(&mutex_guard);
}

int mutex_unlock_slow(struct mutex *m)
{
	unsigned long state;

	sleep_check("mutex");
	if (owner_of(m) != arch_current())
		return -EPERM;
	state = arch_irq_save();
	mutex_release(m);
	sched_irq_restore(state);
	return 0;
}

unsigned int mutex_waiters(const struct mutex *m)
{
	unsigned long state = spin_lock_irqsave(&mutex_guard);
	unsigned int n = 0;

	list_for_each (t, &m->waiters, struct thread, wait_link)
		n++;
	spin_unlock_irqrestore(&mutex_guard, state);
	return n;
}

int mutex_destroy(struct mutex *m)
{
	uintptr_t word = 0;

	return atomic_cas_acq_rel(&m->owner, &word, ENDED) ? 0 : -EBUSY;
}
