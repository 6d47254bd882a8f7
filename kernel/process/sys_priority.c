/* SPDX-License-Identifier: MIT */
/* getpriority and setpriority: the nice value of a process, a group, a user's. */
#include <kernel/sched.h>
#include <uapi/errno.h>
#include <uapi/sched.h>

#include "schedule.h"
#include "syscall.h"

/* Whether @t is one that the calls' first two arguments mean. */
static bool is_meant(const struct task *t, int which, int who)
{
	const struct process *self = process_current(), *p = t->process;

	if (!t->thread)
		return false;
	if (which == PRIO_PROCESS)
		return who ? t->tid == who : t == task_current();
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

long schedule_nice(struct task *t, int nice)
{
	/* 20 - nice counts, as getpriority() has it */
	u64 best = t->process->limits[RLIMIT_NICE].now;

	if (!schedule_allowed(t))
		return -EPERM;
	if (nice < t->thread->params.nice && (u64)(20 - nice) > best && !capable(CAP_SYS_NICE))
		return -EACCES;
	return thread_with_id(t->thread->id, set_nice, &nice);
}

long sys_getpriority(int which, int who)
{
	unsigned long state;
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	schedule_find(0, &state);
	list_for_each (p, &process_list, struct process, all) {
		list_for_each (t, &p->tasks, struct task, link)
			if (is_meant(t, which, who))
				best = MAX(best, 20L - t->thread->params.nice);
	}
	schedule_done(state);
	return best;
}

/* The result of all so far, with @t's. process_lock held. */
static long set_one(struct task *t, int nice, long result)
{
	long err = schedule_nice(t, nice);

	return err || result == -ESRCH ? err : result;
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
		list_for_each (t, &p->tasks, struct task, link)
			if (is_meant(t, which, who))
				result = set_one(t, nice, result);
	}
	schedule_done(state);
	return result;
}
