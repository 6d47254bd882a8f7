/* SPDX-License-Identifier: MIT */
/* Between timers, files that are waited for, locks of files, and the rest of kernel/process/. */
#ifndef PROCESS_WAITING_H
#define PROCESS_WAITING_H

#include <kernel/mutex.h>
#include <kernel/time.h>

#include "process.h"

/* Takes @m; a kill does not end the wait for it, but the sleep after that. */
static inline void mutex_lock_surely(struct mutex *m)
{
	int err = mutex_lock(m, TIME_NEVER);

	if (likely(!err))
		return;
	while (mutex_lock(m, TIME_NEVER))
		;
	thread_kill(arch_current());
}

/* timerfd.c: the time of day was set. */
void timerfd_real_set(void);

/*
 * posix_timer.c: @entry, a timer's, is taken out of its queue; its info becomes complete.
 * signals.lock held.
 */
void posix_timer_taken(struct signal_entry *entry);

/* posix_timer.c: @p's timers go that timer_create(2) has made; with @all setitimer(2)'s too. */
void posix_timers_end(struct process *p, bool all);

/*
 * sys_signal.c: waits for one of the signals in @set to be sent to the calling task or process, be
 * it blocked, until @deadline (as time_now(); 0: not at all), and takes it: its number and *@info;
 * -EAGAIN, -EINTR.
 */
long signal_wait(u64 set, struct abi_siginfo *info, u64 deadline);

/* signalfd.c: something that @p's tasks block was sent. p->signals.lock held; any context. */
void signalfd_wake(const struct process *p);

#endif
