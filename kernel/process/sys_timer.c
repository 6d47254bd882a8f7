/* SPDX-License-Identifier: MIT */
/* Calls about timers that send signals: those of timer_create(2), and setitimer(2)'s three. */
#include <kernel/time.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "posix_timer.h"
#include "syscall.h"
#include "waiting.h"

#define NS_MAX	999999999
#define US_MAX	999999

/* The calling process's timers, locked; NULL: -ENOMEM. A kill does not end the wait. */
static struct posix_timers *lock(void)
{
	struct posix_timers *timers = posix_timers_here();

	if (timers)
		mutex_lock_surely(&timers->lock);
	return timers;
}

/* --- timer_create(2) -------------------------------------------------------------------------- */

/* Whether a timer may have that clock: 0, -EINVAL, -EOPNOTSUPP. */
static long check_clock(int clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_PROCESS_CPUTIME:
	case CLOCK_THREAD_CPUTIME:
		return 0;
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

/* Whether the calling process has a task with that id. */
static bool has_task(int tid)
{
	struct process *p = process_current();
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	bool found = false;

	list_for_each (t, &p->tasks, struct task, link)
		found |= t->tid == tid;
	spin_unlock_irqrestore(&p->signals.lock, state);
	return found;
}

static long check_event(const struct abi_sigevent *event)
{
	if (event->notify == SIGEV_NONE)
		return 0;
	if (event->notify == SIGEV_THREAD_ID && !has_task(event->tid))
		return -EINVAL;
	if (event->notify != SIGEV_SIGNAL && event->notify != SIGEV_THREAD &&
	    event->notify != SIGEV_THREAD_ID)
		return -EINVAL;
	return event->signo >= 1 && event->signo <= SIGNALS ? 0 : -EINVAL;
}

static struct posix_timer *find(struct posix_timers *timers, int id)
{
	list_for_each (t, &timers->list, struct posix_timer, link)
		if (t->id == id)
			return t;
	return NULL;
}

/* A number that none of them has. */
static int new_id(struct posix_timers *timers)
{
	do {
		timers->last_id = timers->last_id == INT32_MAX ? 0 : timers->last_id + 1;
	} while (find(timers, timers->last_id));
	return timers->last_id;
}

/* Makes one, unless there are too many: its id, -EAGAIN. */
static long create(int clock, const struct abi_sigevent *event)
{
	struct abi_siginfo info = {
		.signo = event ? event->signo : SIGALRM, .code = SI_TIMER,
	};
	int notify = event ? event->notify : SIGEV_SIGNAL;
	struct posix_timers *timers = lock();
	struct posix_timer *t = NULL;
	long id = -EAGAIN;

	if (!timers)
		return -EAGAIN;
	if (timers->count < process_current()->limits[RLIMIT_SIGPENDING].now)
		t = posix_timer_new(clock, notify, notify == SIGEV_THREAD_ID ? event->tid : 0,
				    notify == SIGEV_NONE ? NULL : &info);
	if (t) {
		id = t->id = new_id(timers);
		if (t->entry) {
			t->entry->info.timer.id = t->id;
			t->entry->info.timer.value = event ? event->value : (u64)t->id;
		}
		list_add_tail(&timers->list, &t->link);
		timers->count++;
	}
	mutex_unlock(&timers->lock);
	return id;
}

long sys_timer_create(int clock, uaddr_t from, uaddr_t to)
{
	struct abi_sigevent event;
	long err, id;
	s32 number;

	if (from && copy_from_user(&event, from, sizeof(event)))
		return -EFAULT;
	err = check_clock(clock);
	if (!err && from)
		err = check_event(&event);
	if (err)
		return err;
	id = create(clock, from ? &event : NULL);
	if (id < 0)
		return id;
	number = (s32)id;
	if (!copy_to_user(to, &number, sizeof(number)))
		return 0;
	sys_timer_delete(number);
	return -EFAULT;
}

long sys_timer_delete(int id)
{
	struct posix_timers *timers = lock();
	struct posix_timer *t = timers ? find(timers, id) : NULL;

	if (t) {
		list_unlink(&t->link);
		timers->count--;
	}
	if (timers)
		mutex_unlock(&timers->lock);
	if (!t)
		return -EINVAL;
	posix_timer_free(t);
	return 0;
}

static struct abi_timespec timespec_of(u64 ns)
{
	return (struct abi_timespec){ (s64)(ns / NS_PER_SEC), (s64)(ns % NS_PER_SEC) };
}

long sys_timer_gettime(int id, uaddr_t to)
{
	struct posix_timers *timers = lock();
	struct posix_timer *t = timers ? find(timers, id) : NULL;
	struct posix_timer_left left;
	struct abi_itimerspec spec;

	if (t)
		posix_timer_left(t, &left);
	if (timers)
		mutex_unlock(&timers->lock);
	if (!t)
		return -EINVAL;
	spec = (struct abi_itimerspec){ timespec_of(left.interval), timespec_of(left.value) };
	return copy_to_user(to, &spec, sizeof(spec));
}

long sys_timer_getoverrun(int id)
{
	struct posix_timers *timers = lock();
	const struct posix_timer *t = timers ? find(timers, id) : NULL;
	long overrun = t ? t->overrun : -EINVAL;

	if (timers)
		mutex_unlock(&timers->lock);
	return overrun;
}

/* In ns, as far as these go: -EINVAL. */
static long ns_of(const struct abi_timespec *t, u64 *ns)
{
	if (t->sec < 0 || t->nsec < 0 || t->nsec > NS_MAX)
		return -EINVAL;
	if (__builtin_mul_overflow((u64)t->sec, NS_PER_SEC, ns) ||
	    __builtin_add_overflow(*ns, (u64)t->nsec, ns))
		*ns = INT64_MAX;
	*ns = MIN(*ns, (u64)INT64_MAX);
	return 0;
}

long get_itimerspec(uaddr_t from, u64 *value, u64 *interval)
{
	struct abi_itimerspec spec;
	long err;

	if (copy_from_user(&spec, from, sizeof(spec)))
		return -EFAULT;
	err = ns_of(&spec.value, value);
	return err ? err : ns_of(&spec.interval, interval);
}

long put_itimerspec(uaddr_t to, u64 value, u64 interval)
{
	struct abi_itimerspec spec = { timespec_of(interval), timespec_of(value) };

	return copy_to_user(to, &spec, sizeof(spec));
}

long sys_timer_settime(int id, unsigned long flags, uaddr_t from, uaddr_t to)
{
	struct posix_timer_left left;
	struct posix_timers *timers;
	struct posix_timer *t;
	u64 value, interval;
	long err;

	if (!from)
		return -EINVAL;
	err = get_itimerspec(from, &value, &interval);
	if (err)
		return err;
	timers = lock();
	t = timers ? find(timers, id) : NULL;
	if (t) {
		posix_timer_left(t, &left);
		posix_timer_set(t, value, flags & TIMER_ABSTIME, interval);
	}
	if (timers)
		mutex_unlock(&timers->lock);
	if (!t)
		return -EINVAL;
	return to ? put_itimerspec(to, left.value, left.interval) : 0;
}

/* --- setitimer(2) ----------------------------------------------------------------------------- */

static struct abi_timeval timeval_of(u64 ns)
{
	return (struct abi_timeval){ (s64)(ns / NS_PER_SEC), (s64)(ns % NS_PER_SEC / NS_PER_US) };
}

static long put_itimerval(uaddr_t to, const struct posix_timer_left *left)
{
	/* what is not over is not nothing */
	u64 value = left->value ? MAX(left->value, NS_PER_US) : 0;
	struct abi_itimerval val = { timeval_of(left->interval), timeval_of(value) };

	return copy_to_user(to, &val, sizeof(val));
}

static long us_to_ns(const struct abi_timeval *t, u64 *ns)
{
	const struct abi_timespec spec = { t->sec, t->usec * (s64)NS_PER_US };

	return t->usec < 0 || t->usec > US_MAX ? -EINVAL : ns_of(&spec, ns);
}

long sys_getitimer(int which, uaddr_t to)
{
	struct posix_timer_left left = { 0, 0 };
	struct posix_timers *timers;

	if (which < 0 || which >= ITIMERS)
		return -EINVAL;
	timers = lock();
	if (timers && timers->itimer[which])
		posix_timer_left(timers->itimer[which], &left);
	if (timers)
		mutex_unlock(&timers->lock);
	return put_itimerval(to, &left);
}

/* That timer, which is made if need be: NULL: no memory. */
static struct posix_timer *itimer(struct posix_timers *timers, int which)
{
	static const struct {
		int clock, signal;
	} kinds[ITIMERS] = {
		[ITIMER_REAL] = { CLOCK_MONOTONIC, SIGALRM },
		[ITIMER_VIRTUAL] = { CLOCK_PROCESS_CPUTIME, SIGVTALRM },
		[ITIMER_PROF] = { CLOCK_PROCESS_CPUTIME, SIGPROF },
	};
	const struct abi_siginfo info = { .signo = kinds[which].signal, .code = SI_KERNEL };

	if (!timers->itimer[which])
		timers->itimer[which] = posix_timer_new(kinds[which].clock, SIGEV_SIGNAL, 0, &info);
	return timers->itimer[which];
}

long sys_setitimer(int which, uaddr_t from, uaddr_t to)
{
	struct posix_timer_left left = { 0, 0 };
	struct abi_itimerval val = { 0 };
	struct posix_timers *timers;
	struct posix_timer *t;
	u64 value, interval;

	if (from && copy_from_user(&val, from, sizeof(val)))
		return -EFAULT;
	if (us_to_ns(&val.value, &value) || us_to_ns(&val.interval, &interval))
		return -EINVAL;
	if (which < 0 || which >= ITIMERS)
		return -EINVAL;
	timers = lock();
	if (!timers)
		return -ENOMEM;
	t = itimer(timers, which);
	if (t) {
		posix_timer_left(t, &left);
		posix_timer_set(t, value, false, interval);
	}
	mutex_unlock(&timers->lock);
	if (!t)
		return -ENOMEM;
	return to ? put_itimerval(to, &left) : 0;
}
