/* SPDX-License-Identifier: MIT */
/*
 * Conditions (see <kernel/condition.h>). The mutex is released with the queue's lock held, which
 * the sleep releases: who changes the state after that finds the waiter asleep.
 */
#include <kernel/condition.h>
#include <kernel/sched.h>
#include <uapi/errno.h>

#include "mutex.h"

int condition_wait(struct condition *c, struct mutex *m, u64 deadline)
{
	unsigned long state;
	int err, again;

	sleep_check("condition");
	if (mutex_owner(m) != arch_current())
		return -EPERM;
	state = spin_lock_irqsave(&c->queue.lock);
	mutex_release(m);
	err = wait_sleep(&c->queue, state, deadline);
	again = mutex_lock_again(m);
	return again ? again : err;
}

void condition_signal(struct condition *c)
{
	wait_hand_over(&c->queue);
}

void condition_broadcast(struct condition *c)
{
	unsigned long state = spin_lock_irqsave(&c->queue.lock);

	wait_wake_all(&c->queue);
	wait_unlock(&c->queue, state);
}
