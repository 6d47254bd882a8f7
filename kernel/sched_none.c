/* SPDX-License-Identifier: MIT */
/*
 * No scheduler: the boot thread is all there is, and to wait is to wait for interrupts, one of
 * which may have brought what is waited for. For the smallest images.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <device/timer.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <uapi/errno.h>

const char sched_policy_name[] = "none";

void timer_expired(void)
{
	/* whoever waits looks at the clock itself */
}

/* Interrupts off. */
static int wait(u64 deadline)
{
	if (deadline != TIME_NEVER) {
		if (time_now() >= deadline)
			return -ETIMEDOUT;
		/* without a timer nothing would end the wait: the caller looks again and again */
		if (!time_source())
			return 0;
		time_wake_at(deadline);
	}
	arch_wait_for_interrupt();
	return 0;
}

int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline)
{
	int status;

	spin_unlock(&q->lock);
	status = wait(deadline);
	arch_irq_restore(state);
	return status;
}

unsigned int wait_wake_all(struct wait_queue *q __unused)
{
	return 0;
}

void wait_unlock(struct wait_queue *q, unsigned long state)
{
	spin_unlock_irqrestore(&q->lock, state);
}

int time_sleep_until(u64 deadline)
{
	int status = 0;

	/* time stands still where nobody knows its rate */
	if (!time_now() && deadline)
		return -ENODEV;
	while (!status) {
		unsigned long state = arch_irq_save();

		status = wait(deadline);
		arch_irq_restore(state);
	}
	return 0;
}
