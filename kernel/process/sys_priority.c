/* SPDX-License-Identifier: MIT */
/* getpriority and setpriority: the nice value of a process, a group, a user's. */
#include <kernel/sched.h>
#include <uapi/errno.h>
#include <uapi/sched.h>

#include "schedule.h"
#include "syscall.h"

/* Whether @p is one that the calls' first two arguments mean. */
static bool is_meant(const struct process *p, int which, int who)
{
	const struct process *self = process_current();

	if (p->state != PROCESS_RUNS || !p->task.thread)
		return false;
	if (which == PRIO_PROCESS)
		return who ? p->pid == who : p == self;
	if (which == PRIO_PGRP)
		return p->pgid == (who ? who : self->pgid);
	return p->cred.uid == (who ? (u32)who : self->cred.uid);
}

static int set_nice(struct thread *t, void *arg)
{
	struct sched_params params = t->params;

	params.nice = *(int *)arg;
	return sched_set_params(t, &params);
}

long schedule_nice(struct process *p, int nice)
{
	/* 20 - nice counts, as getpriority() has it */
	u64 best = p->limits[RLIMIT_NICE].now;

	if (!schedule_allowed(p))
		return -EPERM;
	if (nice < p->task.thread->params.nice && (u64)(20 - nice) > best && !capable(CAP_SYS_NICE))
		return -EACCES;
	return thread_with_id(p->task.thread->id, set_nice, &nice);
}

long sys_getpriority(int which, int who)
{
	unsigned long state;
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	schedule_find(0, &state);
	list_for_each (p, &process_list, struct process, all)
		if (is_meant(p, which, who))
			best = MAX(best, 20L - p->task.thread->params.nice);
	schedule_done(state);
	return best;
}

long sys_setpriority(int which, int who, int nice)
{
	unsigned long state;
	long result = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	nice = MIN(MAX(nice, NICE_MIN), NICE_MAX);
	schedule_find(0, &state);
	list_for_each (p, &process_list, struct process, all) {
		long err;

		if (!is_meant(p, which, who))
			continue;
		err = schedule_nice(p, nice);
		if (err || result == -ESRCH)
			result = err;
	}
	schedule_done(state);
	return result;
}
