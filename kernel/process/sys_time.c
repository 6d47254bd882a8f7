/* SPDX-License-Identifier: MIT */
/* Calls about time: clocks and sleeping. */
#include <device/rtc.h>
#include <kernel/time.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"
#include "waiting.h"

#define NS_MAX	999999999

/*
 * The clocks of a process or a thread are negative: its id, its bits turned, and three more, which
 * are CPU_THREAD or not, and what is counted: Linux's user time, or user and kernel time, of which
 * the first is the other one here, or the scheduler's.
 */
#define CPU_THREAD	4U
#define CPU_COUNTS	3U

static u64 run_of(const struct process *p, const struct task *only)
{
	u64 run = only ? 0 : p->used.run;

	list_for_each (t, &p->tasks, struct task, link)
		if (t->thread && (!only || t == only))
			run += thread_cpu_time_of(t->thread);
	return run;
}

static long read_cpu_clock(int clock, u64 *ns)
{
	int id = ~(clock >> 3);
	bool alone = (u32)clock & CPU_THREAD;
	unsigned long state;
	struct process *p;
	struct task *t;

	if (((u32)clock & CPU_COUNTS) == CPU_COUNTS)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	t = id ? task_find(id) : task_current();
	p = t ? t->process : NULL;
	/* of a process its own number is asked for; of threads only those that are together know */
	if (p && (alone ? p != process_current() : t != &p->task && p != process_current()))
		p = NULL;
	if (p) {
		spin_lock(&p->signals.lock);
		*ns = run_of(p, alone ? t : NULL);
		spin_unlock(&p->signals.lock);
	}
	spin_unlock_irqrestore(&process_lock, state);
	return p ? 0 : -EINVAL;
}

/* What a clock says, in ns: 0; -EINVAL for one that there is not. */
static long read_clock(int clock, u64 *ns)
{
	struct usage usage;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:		/* nobody has said by how much it is ahead */
		*ns = time_real();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		*ns = time_now();
		return 0;
	case CLOCK_PROCESS_CPUTIME:
		usage_here(&usage, false);
		*ns = usage.run;
		return 0;
	case CLOCK_THREAD_CPUTIME:
		*ns = thread_cpu_time();
		return 0;
	default:
		return clock < 0 ? read_cpu_clock(clock, ns) : -EINVAL;
	}
}

long sys_clock_gettime(int clock, uaddr_t to)
{
	struct abi_timespec time;
	u64 ns;
	long err = read_clock(clock, &ns);

	if (err)
		return err;
	time = (struct abi_timespec){ (s64)(ns / NS_PER_SEC), (s64)(ns % NS_PER_SEC) };
	return copy_to_user(to, &time, sizeof(time));
}

/* Until when a sleep goes on, as time_now(). */
static u64 deadline_of(int clock, const struct abi_timespec *t, bool absolute)
{
	u64 now = time_now(), ns, other = 0;

	if (__builtin_mul_overflow((u64)t->sec, NS_PER_SEC, &ns) ||
	    __builtin_add_overflow(ns, (u64)t->nsec, &ns))
		return TIME_NEVER;
	if (absolute) {
		read_clock(clock, &other);
		ns = ns > other ? ns - other : 0;
	}
	return __builtin_add_overflow(now, ns, &now) ? TIME_NEVER : now;
}

long get_time(struct abi_timespec *t, uaddr_t from)
{
	if (copy_from_user(t, from, sizeof(*t)))
		return -EFAULT;
	return t->sec < 0 || t->nsec < 0 || t->nsec > NS_MAX ? -EINVAL : 0;
}

/* Sleeps, and says at @left, unless that is 0, how much of the time was left when a signal came. */
static long sleep_until(u64 deadline, uaddr_t left)
{
	struct task *task = task_current();
	long err = thread_sleep_until(deadline);
	struct abi_timespec t;
	u64 now, rest;

	if (!err)
		return 0;
	task->sleep_until = deadline;
	task->sleep_left = left;
	now = time_now();
	rest = deadline > now ? deadline - now : 0;
	t = (struct abi_timespec){ (s64)(rest / NS_PER_SEC), (s64)(rest % NS_PER_SEC) };
	return left && copy_to_user(left, &t, sizeof(t)) ? -EFAULT : err;
}

long sys_restart_syscall(void)
{
	const struct task *task = task_current();

	return task->sleep_until ? sleep_until(task->sleep_until, task->sleep_left) : -EINTR;
}

long sys_clock_nanosleep(int clock, unsigned long flags, uaddr_t from, uaddr_t left)
{
	struct abi_timespec t;
	long err;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return clock >= 0 && clock <= CLOCK_BOOTTIME ? -EOPNOTSUPP : -EINVAL;
	err = get_time(&t, from);
	if (err)
		return err;
	return sleep_until(deadline_of(clock, &t, flags & TIMER_ABSTIME),
			   flags & TIMER_ABSTIME ? 0 : left);
}

/* --- Setting, and the older calls ------------------------------------------------------------- */

/* The time of day becomes @ns; a clock that keeps it while all is off is told, if there is one. */
static long set_real(u64 ns)
{
	time_set_real(ns);
	timerfd_real_set();
	rtc_set(ns / NS_PER_SEC);
	return 0;
}

/* The latest time that can be told, as in Linux the year 2262. */
#define SECONDS_MAX	(INT64_MAX / (s64)NS_PER_SEC)

long sys_clock_settime(int clock, uaddr_t from)
{
	struct abi_timespec t;

	/* clocks that are there, but nobody can set, are -EINVAL as those that are not */
	if (clock != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	if (t.sec < 0 || t.nsec < 0 || t.nsec > NS_MAX || t.sec >= SECONDS_MAX)
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	return set_real((u64)t.sec * NS_PER_SEC + (u64)t.nsec);
}

long sys_clock_getres(int clock, uaddr_t to)
{
	struct abi_timespec resolution = { 0, 1 };
	u64 ns;
	long err = read_clock(clock, &ns);

	if (err || !to)
		return err;
	return copy_to_user(to, &resolution, sizeof(resolution));
}

struct zone {
	s32 minutes_west;
	s32 dst;
};

static struct zone zone;	/* what somebody has set: nothing here looks at it */

long sys_gettimeofday(uaddr_t to, uaddr_t zone_to)
{
	u64 ns = time_real();
	const struct abi_timeval t = { (s64)(ns / NS_PER_SEC), (s64)(ns / NS_PER_US % 1000000) };

	if (to && copy_to_user(to, &t, sizeof(t)))
		return -EFAULT;
	return zone_to ? copy_to_user(zone_to, &zone, sizeof(zone)) : 0;
}

long sys_settimeofday(uaddr_t from, uaddr_t zone_from)
{
	struct abi_timeval t = { 0 };
	struct zone new = { 0 };

	if (from && copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	if (t.usec < 0 || t.usec >= 1000000)
		return -EINVAL;
	if (zone_from && copy_from_user(&new, zone_from, sizeof(new)))
		return -EFAULT;
	if (t.sec < 0 || t.sec >= SECONDS_MAX)
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	if (zone_from && (new.minutes_west > 15 * 60 || new.minutes_west < -15 * 60))
		return -EINVAL;
	if (zone_from)
		zone = new;
	return from ? set_real((u64)t.sec * NS_PER_SEC + (u64)t.usec * NS_PER_US) : 0;
}

long sys_nanosleep(uaddr_t from, uaddr_t left)
{
	return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, from, left);
}
