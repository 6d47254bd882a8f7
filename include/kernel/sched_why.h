/* SPDX-License-Identifier: MIT */
/* The reasons for which threads come and go, between <kernel/thread.h> and the policies. */
#ifndef KERNEL_SCHED_WHY_H
#define KERNEL_SCHED_WHY_H

#include <lib/types.h>

/* Why a thread comes into the queue, or, the first two, why one leaves the CPU and does not. */
enum sched_why {
	SCHED_SLEEP,	/* it sleeps or has ended */
	SCHED_IDLE,	/* it is the idle thread */
	SCHED_NEW,	/* it was made just now */
	SCHED_WAKE,	/* its sleep is over */
	SCHED_YIELD,	/* it lets its equals go first */
	SCHED_PREEMPT,	/* a more urgent one came: it has not had its turn yet */
	SCHED_SLICE,	/* its turn is over */
	SCHED_CHANGE,	/* its parameters or its donor changed */
	SCHED_WHYS
};

/* Whether a thread that leaves the CPU comes into the queue. */
static inline bool sched_stays(enum sched_why why)
{
	return why > SCHED_IDLE;
}

#endif
