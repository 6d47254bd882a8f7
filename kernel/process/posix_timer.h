/* SPDX-License-Identifier: MIT */
/* Timers that send signals, as timer_create(2) and setitimer(2) share them; in posix_timer.c. */
#ifndef PROCESS_POSIX_TIMER_H
#define PROCESS_POSIX_TIMER_H

#include <kernel/mutex.h>
#include <kernel/timer.h>
#include <lib/list.h>
#include <lib/types.h>

#include "process.h"

#define ITIMERS	3	/* setitimer(2)'s: ITIMER_REAL and so on */

struct posix_timers {
	struct mutex lock;
	/* lock held: */
	struct list list;
	u32 count;
	int last_id;
	struct posix_timer *itimer[ITIMERS];	/* or NULL: not on the list */
};

struct posix_timer {
	struct list link;
	struct process *process;
	int id;
	int clock;
	int notify;			/* SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD_ID */
	int tid;			/* of the task that it is sent to; 0: to the process */
	int clock_tid;			/* of the task whose time it counts */
	struct timer timer;
	/* signals.lock held: */
	struct signal_entry *entry;	/* what it sends; NULL: nothing */
	bool armed;
	bool taken_next;		/* goes on when its signal has been taken */
	u64 deadline;			/* ns: of its clock, or, of wall clocks, as time_now() */
	u64 interval;			/* ns, 0: once */
	int overrun;			/* of the signal that was taken last */
};

/* The calling process's timers, which are made if need be; NULL: no memory. */
struct posix_timers *posix_timers_here(void);

/*
 * One of the calling process that sends @info, unless that is NULL, and is not set. NULL: no
 * memory.
 */
struct posix_timer *posix_timer_new(int clock, int notify, int tid,
				    const struct abi_siginfo *info);

/* It goes; a signal that it has sent and nobody has taken comes all the same. */
void posix_timer_free(struct posix_timer *t);

/* What is left of a timer's time, and what follows: ns; 0: it is not set, or comes but once. */
struct posix_timer_left {
	u64 value, interval;
};

void posix_timer_left(struct posix_timer *t, struct posix_timer_left *left);

/*
 * Has it expire in @value ns, or at that time of its clock, and then every @interval; 0: never.
 * The lock of its process's timers held.
 */
void posix_timer_set(struct posix_timer *t, u64 value, bool absolute, u64 interval);

#endif
