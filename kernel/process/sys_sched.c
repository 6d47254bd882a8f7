/* SPDX-License-Identifier: MIT */
/*
 * Calls about scheduling, which become parameters of Cairn's threads. SCHED_OTHER and its like are
 * ordinary threads. SCHED_FIFO and SCHED_RR need the scheduler with priorities, whose upper levels
 * their 99 share, and SCHED_DEADLINE the one with deadlines: with another one the answer is
 * -EINVAL, as of a kernel that does not know them.
 */
#include <arch/irq.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/sched.h>

#include "schedule.h"
#include "syscall.h"

#define RR_SLICE	(100 * NS_PER_MS)	/* as in Linux */
#define RT_LEVELS	(PRIORITY_LEVELS - PRIORITY_DEFAULT - 2)	/* below the highest one */
#define IDLE_PRIORITY	1

/* What the calls say, in one form. */
struct wish {
	u32 policy;
	u32 priority;
	int nice;
	bool has_nice;
	bool reset_on_fork;
	u64 runtime, deadline, period;
};

static bool is_realtime(u32 policy)
{
	return policy == ABI_SCHED_FIFO || policy == ABI_SCHED_RR;
}

static bool is_known(u32 policy)
{
	if (is_realtime(policy))
		return IS_ENABLED(CONFIG_SCHED_PRIORITY);
	if (policy == ABI_SCHED_DEADLINE)
		return IS_ENABLED(CONFIG_SCHED_EDF);
	return policy == ABI_SCHED_OTHER || policy == ABI_SCHED_BATCH || policy == ABI_SCHED_IDLE;
}

struct task *schedule_find(int tid, unsigned long *state)
{
	struct task *t;

	*state = spin_lock_irqsave(&process_lock);
	t = tid ? task_find(tid) : task_current();
	return t && t->thread ? t : NULL;
}

void schedule_done(unsigned long state)
{
	spin_unlock(&process_lock);
	sched_irq_restore(state);
}

bool schedule_allowed(const struct task *t)
{
	const struct credentials *c = &process_current()->cred, *its = &t->process->cred;

	return c->euid == its->uid || c->euid == its->euid || capable(CAP_SYS_NICE);
}

static struct sched_params params_of(const struct wish *w, const struct thread *t)
{
	struct sched_params params = { .priority = PRIORITY_DEFAULT, .nice = t->params.nice };

	if (w->has_nice)
		params.nice = w->nice;
	if (w->policy == ABI_SCHED_IDLE)
		params.priority = IDLE_PRIORITY;
	if (is_realtime(w->policy))
		params.priority = PRIORITY_DEFAULT + 1 +
				  (int)(w->priority - 1) * RT_LEVELS / RT_PRIORITY_MAX;
	if (w->policy == ABI_SCHED_RR)
		params.slice = RR_SLICE;
	if (!is_realtime(w->policy) && IS_ENABLED(CONFIG_SCHED_PRIORITY))
		params.slice = PROCESS_SLICE;
	if (w->policy == ABI_SCHED_DEADLINE) {
		params.runtime = w->runtime;
		params.deadline = w->deadline;
		params.period = w->period ? w->period : w->deadline;
	}
	return params;
}

/* What an ordinary user may not. */
static bool needs_more_rights(const struct task *t, const struct wish *w)
{
	if (!schedule_allowed(t))
		return true;
	if (capable(CAP_SYS_NICE))
		return false;
	if (is_realtime(w->policy) && w->priority > t->process->limits[RLIMIT_RTPRIO].now)
		return true;
	if (w->has_nice && w->nice < t->thread->params.nice)
		return true;
	if (t->policy == ABI_SCHED_IDLE && w->policy != ABI_SCHED_IDLE)
		return true;
	return w->policy == ABI_SCHED_DEADLINE || (t->reset_on_fork && !w->reset_on_fork);
}

static int set_params(struct thread *t, void *arg)
{
	return sched_set_params(t, arg);
}

static long change(struct task *t, const struct wish *w)
{
	struct sched_params params;
	long err;

	if (w->priority > RT_PRIORITY_MAX || !is_known(w->policy) ||
	    is_realtime(w->policy) != (w->priority != 0))
		return -EINVAL;
	if (w->policy == ABI_SCHED_DEADLINE && !w->runtime)
		return -EINVAL;
	if (needs_more_rights(t, w))
		return -EPERM;
	params = params_of(w, t->thread);
	err = sched_check_params(&params);
	if (!err)
		err = thread_with_id(t->thread->id, set_params, &params);
	if (err)
		return err;
	t->policy = (u8)w->policy;
	t->rt_priority = (u8)w->priority;
	t->reset_on_fork = w->reset_on_fork;
	return 0;
}

/* --- The older calls -------------------------------------------------------------------------- */

/* @policy < 0: as it is. */
static long set_scheduler(int pid, int policy, uaddr_t from)
{
	struct wish w = { 0 };
	unsigned long state;
	struct task *t;
	long err;

	if (!from || pid < 0)
		return -EINVAL;
	if (copy_from_user(&w.priority, from, sizeof(w.priority)))
		return -EFAULT;
	t = schedule_find(pid, &state);
	if (t) {
		w.policy = policy < 0 ? t->policy : (u32)policy & ~(u32)SCHED_RESET_ON_FORK;
		w.reset_on_fork = policy < 0 ? t->reset_on_fork : policy & SCHED_RESET_ON_FORK;
	}
	err = t ? change(t, &w) : -ESRCH;
	schedule_done(state);
	return err;
}

long sys_sched_setscheduler(int pid, int policy, uaddr_t from)
{
	return policy < 0 ? -EINVAL : set_scheduler(pid, policy, from);
}

long sys_sched_setparam(int pid, uaddr_t from)
{
	return set_scheduler(pid, -1, from);
}

long sys_sched_getscheduler(int pid)
{
	unsigned long state;
	const struct task *t;
	long result = -ESRCH;

	if (pid < 0)
		return -EINVAL;
	t = schedule_find(pid, &state);
	if (t)
		result = t->policy | (t->reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	schedule_done(state);
	return result;
}

long sys_sched_getparam(int pid, uaddr_t to)
{
	unsigned long state;
	const struct task *t;
	u32 priority;

	if (!to || pid < 0)
		return -EINVAL;
	t = schedule_find(pid, &state);
	priority = t ? t->rt_priority : 0;
	schedule_done(state);
	return t ? copy_to_user(to, &priority, sizeof(priority)) : -ESRCH;
}

static long priority_bound(int policy, int bound)
{
	if (policy < 0 || !is_known((u32)policy))
		return -EINVAL;
	return is_realtime((u32)policy) ? bound : 0;
}

long sys_sched_get_priority_max(int policy)
{
	return priority_bound(policy, RT_PRIORITY_MAX);
}

long sys_sched_get_priority_min(int policy)
{
	return priority_bound(policy, RT_PRIORITY_MIN);
}

long sys_sched_rr_get_interval(int pid, uaddr_t to)
{
	struct abi_timespec time = { 0 };
	unsigned long state;
	const struct task *t;

	if (pid < 0)
		return -EINVAL;
	t = schedule_find(pid, &state);
	if (t && t->policy != ABI_SCHED_FIFO)
		time.nsec = (s64)t->thread->params.slice;
	schedule_done(state);
	return t ? copy_to_user(to, &time, sizeof(time)) : -ESRCH;
}

/* --- With attributes -------------------------------------------------------------------------- */

/* Reads them, of whatever size they are: what is not known must be zero. */
static long get_attr(uaddr_t from, struct abi_sched_attr *attr)
{
	const u32 known = sizeof(*attr);
	u32 size;

	memset(attr, 0, sizeof(*attr));
	if (copy_from_user(&size, from, sizeof(size)))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_SIZE_VER0;
	if (size < SCHED_ATTR_SIZE_VER0 || size > 4096)
		goto out_size;
	for (u32 at = known; at < size; at++) {
		u8 more;

		if (copy_from_user(&more, from + at, 1))
			return -EFAULT;
		if (more)
			goto out_size;
	}
	return copy_from_user(attr, from, MIN(size, known));
out_size:
	return copy_to_user(from, &known, sizeof(known)) ? -EFAULT : -E2BIG;
}

long sys_sched_setattr(int pid, uaddr_t from, unsigned int flags)
{
	struct abi_sched_attr attr;
	unsigned long state;
	struct task *t;
	struct wish w;
	long err;

	if (!from || pid < 0 || flags)
		return -EINVAL;
	err = get_attr(from, &attr);
	if (err)
		return err;
	if ((s32)attr.policy < 0)
		return -EINVAL;
	t = schedule_find(pid, &state);
	w = (struct wish){
		.policy = attr.policy, .priority = attr.priority, .has_nice = true,
		.nice = MIN(MAX(attr.nice, NICE_MIN), NICE_MAX), .runtime = attr.runtime,
		.deadline = attr.deadline, .period = attr.period,
		.reset_on_fork = attr.flags & SCHED_FLAG_RESET_ON_FORK,
	};
	if (t && attr.flags & SCHED_FLAG_KEEP_POLICY)
		w.policy = t->policy;
	if (t && attr.flags & SCHED_FLAG_KEEP_PARAMS) {
		w.priority = t->rt_priority;
		w.has_nice = false;
	}
	if (is_realtime(w.policy) || w.policy == ABI_SCHED_DEADLINE)
		w.has_nice = false;
	if (!t)
		err = -ESRCH;
	else if (attr.flags & ~(u64)(SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_KEEP_POLICY |
				     SCHED_FLAG_KEEP_PARAMS))
		err = -EINVAL;
	else
		err = change(t, &w);
	schedule_done(state);
	return err;
}

long sys_sched_getattr(int pid, uaddr_t to, unsigned int size, unsigned int flags)
{
	struct abi_sched_attr attr = { .size = MIN(size, (u32)sizeof(attr)) };
	const struct task *t;
	unsigned long state;

	if (!to || pid < 0 || size > 4096 || size < SCHED_ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	t = schedule_find(pid, &state);
	if (t) {
		const struct sched_params *params = &t->thread->params;

		attr.policy = t->policy;
		attr.flags = t->reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0;
		attr.priority = t->rt_priority;
		attr.nice = is_realtime(t->policy) ? 0 : params->nice;
		attr.runtime = params->runtime;
		attr.deadline = params->deadline;
		attr.period = params->period;
	}
	schedule_done(state);
	return t ? copy_to_user(to, &attr, attr.size) : -ESRCH;
}

/* --- On which CPUs ---------------------------------------------------------------------------- */

long sys_sched_setaffinity(int pid, unsigned int size, uaddr_t from)
{
	unsigned long state;
	struct task *t;
	u64 mask = 0;
	long err;

	if (copy_from_user(&mask, from, MIN(size, (u32)sizeof(mask))))
		return -EFAULT;
	t = schedule_find(pid, &state);
	if (!t)
		err = -ESRCH;
	else if (!schedule_allowed(t))
		err = -EPERM;
	else if (!(mask & cpu_online()))
		err = -EINVAL;
	else
#ifdef CONFIG_SMP
		err = thread_set_affinity(t->thread, mask & cpu_online());
#else
		err = 0;
#endif
	schedule_done(state);
	return err;
}

long sys_sched_getaffinity(int pid, unsigned int size, uaddr_t to)
{
	const struct task *t;
	unsigned long state;
	u64 mask = 0;

	if (size < sizeof(mask) || size % sizeof(mask))
		return -EINVAL;
	t = schedule_find(pid, &state);
	if (t)
		mask = (t->thread->affinity ? t->thread->affinity : ~0UL) & cpu_online();
	schedule_done(state);
	if (!t)
		return -ESRCH;
	return copy_to_user(to, &mask, sizeof(mask)) ? -EFAULT : (long)sizeof(mask);
}

long sys_getcpu(uaddr_t cpu_to, uaddr_t node_to)
{
	unsigned long state = arch_irq_save();
	const u32 cpu = cpu_this(), node = 0;

	arch_irq_restore(state);
	if (cpu_to && copy_to_user(cpu_to, &cpu, sizeof(cpu)))
		return -EFAULT;
	return node_to ? copy_to_user(node_to, &node, sizeof(node)) : 0;
}

long sys_sched_yield(void)
{
	thread_yield();
	return 0;
}
