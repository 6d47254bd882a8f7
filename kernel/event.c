/* SPDX-License-Identifier: MIT */
/*
 * Event flags (see <kernel/event.h>). What a waiter wants lies on its stack, where who sets flags
 * reads it: so flags are handed to those that are woken, and nobody looks again.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/event.h>
#include <kernel/sched.h>
#include <uapi/errno.h>

struct wish {
	u32 mask;
	unsigned int how;
	u32 got;
};

/* Which of @flags satisfy the wish; 0: they do not. */
static u32 matching(const struct wish *w, u32 flags)
{
	u32 match = flags & w->mask;

	return w->how & EVENT_ALL && match != w->mask ? 0 : match;
}

/* The lock is held. */
static bool take(struct event_flags *e, struct wish *w)
{
	w->got = matching(w, e->flags);
	if (w->how & EVENT_CLEAR)
		e->flags &= ~w->got;
	return w->got;
}

static bool is_valid(u32 mask, unsigned int how)
{
	return mask && !(how & ~(EVENT_ALL | EVENT_CLEAR));
}

static int wait(struct event_flags *e, struct wish *w, bool may_sleep, u64 deadline)
{
	unsigned long state;

	if (!is_valid(w->mask, w->how))
		return -EINVAL;
	state = spin_lock_irqsave(&e->queue.lock);
	if (take(e, w) || !may_sleep) {
		spin_unlock_irqrestore(&e->queue.lock, state);
		return w->got ? 0 : -EAGAIN;
	}
	arch_current()->wait_data = w;
	return wait_sleep(&e->queue, state, deadline);
}

int event_wait(struct event_flags *e, u32 mask, unsigned int how, u64 deadline, u32 *got)
{
	struct wish w = { .mask = mask, .how = how };
	int err = wait(e, &w, true, deadline);

	if (!err && got)
		*got = w.got;
	return err;
}

int event_try_wait(struct event_flags *e, u32 mask, unsigned int how, u32 *got)
{
	struct wish w = { .mask = mask, .how = how };
	int err = wait(e, &w, false, 0);

	if (!err && got)
		*got = w.got;
	return err;
}

/* The most urgent waiter that the flags satisfy, or NULL. */
static struct thread *next_satisfied(struct event_flags *e)
{
	struct thread *best = NULL;

	list_for_each (t, &e->queue.waiters, struct thread, wait_link)
		if (matching(t->wait_data, e->flags) && (!best || sched_policy_before(t, best)))
			best = t;
	return best;
}

void event_set(struct event_flags *e, u32 mask)
{
	unsigned long state = spin_lock_irqsave(&e->queue.lock);
	struct thread *t;

	e->flags |= mask;
	while ((t = next_satisfied(e))) {
		struct wish *w = t->wait_data;
		u32 before = e->flags;

		/* before it is woken: its stack is its own afterwards */
		take(e, w);
		if (!wait_wake(t))
			e->flags = before;	/* its time was over, or it was cancelled */
	}
	wait_unlock(&e->queue, state);
}

void event_clear(struct event_flags *e, u32 mask)
{
	unsigned long state = spin_lock_irqsave(&e->queue.lock);

	e->flags &= ~mask;
	spin_unlock_irqrestore(&e->queue.lock, state);
}

u32 event_get(const struct event_flags *e)
{
	return atomic_load_relaxed(&e->flags);
}
