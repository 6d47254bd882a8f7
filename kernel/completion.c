/* SPDX-License-Identifier: MIT */
/*
 * Completions (see <kernel/completion.h>). A waiter that was woken passes through the queue's lock
 * once more: when it returns, the one that woke it is done with the object, which may lie on the
 * waiter's stack.
 */
#include <kernel/completion.h>
#include <uapi/errno.h>

int completion_wait(struct completion *c, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&c->queue.lock);
	int err = 0;

	if (!c->done) {
		err = wait_sleep(&c->queue, state, deadline);
		if (err)
			return err;
		state = spin_lock_irqsave(&c->queue.lock);
	}
	spin_unlock_irqrestore(&c->queue.lock, state);
	return err;
}

void completion_finish(struct completion *c)
{
	unsigned long state = spin_lock_irqsave(&c->queue.lock);

	c->done = true;
	wait_wake_all(&c->queue);
	wait_unlock(&c->queue, state);
}

bool completion_done(struct completion *c)
{
	unsigned long state = spin_lock_irqsave(&c->queue.lock);
	bool done = c->done;

	spin_unlock_irqrestore(&c->queue.lock, state);
	return done;
}

int completion_reset(struct completion *c)
{
	unsigned long state = spin_lock_irqsave(&c->queue.lock);
	int err = list_empty(&c->queue.waiters) ? 0 : -EBUSY;

	if (!err)
		c->done = false;
	spin_unlock_irqrestore(&c->queue.lock, state);
	return err;
}
