/* SPDX-License-Identifier: MIT */
/*
 * Timers that send signals. A timer has one signal, which waits in a queue once at most: while it
 * does, the kernel's timer does not run, so that no period is too short, and what expires meanwhile
 * is counted when the signal is taken.
 *
 * Nobody looks at timers of CPU time when time is counted. The kernel's timer runs for what is
 * left of it, as if the process had all CPUs that it has tasks for, and then it is looked at again.
 *
 * A timer at a time of day does not hear when that is set.
 */
#include <arch/atomic.h>
#include <kernel/cpu.h>
#include <kernel/time.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "posix_timer.h"
#include "syscall.h"
#include "waiting.h"

#define LOOK_MIN	NS_PER_MS	/* between two looks at what a process has used */

static bool counts_cpu(const struct posix_timer *t)
{
	return t->clock == CLOCK_PROCESS_CPUTIME || t->clock == CLOCK_THREAD_CPUTIME;
}

/* What its clock says. signals.lock held. */
static u64 now_of(const struct posix_timer *t)
{
	const struct process *p = t->process;
	u64 sum = p->used.run;

	if (!counts_cpu(t))
		return time_now();
	if (t->clock == CLOCK_THREAD_CPUTIME)
		sum = 0;
	list_for_each (task, &p->tasks, struct task, link)
		if (task->thread && (t->clock == CLOCK_PROCESS_CPUTIME ||
				     task->tid == t->clock_tid))
			sum += thread_cpu_time_of(task->thread);
	return sum;
}

/* Runs the kernel's timer, in @least ns at the earliest. signals.lock held. */
static void start(struct posix_timer *t, u64 now, u64 least)
{
	u64 left = t->deadline > now ? t->deadline - now : 0;
	u32 cpus;

	if (counts_cpu(t)) {
		cpus = MIN(t->process->task_count, (u32)NR_CPUS);
		left /= cpus ? cpus : 1;
		left = MAX(left, LOOK_MIN);
		now = time_now();
	}
	left = MAX(left, least);
	timer_start(&t->timer, left < TIME_NEVER - now ? now + left : TIME_NEVER, 0, 0);
}

/* Past all that is over at @now: how many periods more than one that were. */
static int forward(struct posix_timer *t, u64 now)
{
	u64 n = t->deadline > now ? 0 : (now - t->deadline) / t->interval + 1;

	t->deadline += n * t->interval;
	return n ? (int)MIN(n - 1, (u64)INT32_MAX) : 0;
}

/* Sends its signal: false where it is ignored, or waits already. signals.lock held. */
static bool send(struct posix_timer *t)
{
	struct process *p = t->process;
	struct task *to = NULL;

	/* one of setitimer(2) that waits is enough, whoever has sent it */
	if (t->entry->info.code != SI_TIMER && p->pending.set & SIGNAL_BIT(t->entry->info.signo))
		return false;
	if (!t->tid)
		return signal_send_entry(p, NULL, t->entry);
	list_for_each (task, &p->tasks, struct task, link)
		if (task->tid == t->tid && task->thread)
			to = task;
	return to && signal_send_entry(p, to, t->entry);
}

static void expire(struct timer *timer __unused, void *arg)
{
	struct posix_timer *t = arg;
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	u64 now;

	if (!t->armed || t->taken_next)
		goto out_unlock;
	now = now_of(t);
	if (now < t->deadline) {
		start(t, now, 0);
		goto out_unlock;
	}
	t->armed = t->interval;
	if (t->entry->timer) {
		/* that of the time before, if it was set anew since, is this one's as well */
		t->taken_next = t->interval;
	} else {
		t->entry->timer = t;
		if (!send(t))
			t->entry->timer = NULL;
		t->taken_next = t->entry->timer && t->interval;
	}
	if (t->interval && !t->taken_next) {
		forward(t, now);
		start(t, now, LOOK_MIN);
	}
out_unlock:
	spin_unlock_irqrestore(&p->signals.lock, state);
}

void posix_timer_taken(struct signal_entry *entry)
{
	struct posix_timer *t = entry->timer;
	u64 now;

	entry->timer = NULL;
	t->overrun = 0;
	if (t->taken_next) {
		now = now_of(t);
		t->taken_next = false;
		t->overrun = forward(t, now);
		start(t, now, 0);
	}
	if (entry->info.code == SI_TIMER)
		entry->info.timer.overrun = t->overrun;
}

/* --- One timer -------------------------------------------------------------------------------- */

struct posix_timer *posix_timer_new(int clock, int notify, int tid,
				    const struct abi_siginfo *info)
{
	struct posix_timer *t = kzalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->process = process_current();
	t->clock = clock;
	t->notify = notify;
	t->tid = tid;
	t->clock_tid = task_current()->tid;
	timer_init(&t->timer, expire, t);
	if (info) {
		t->entry = kzalloc(sizeof(*t->entry));
		if (!t->entry) {
			kfree(t);
			return NULL;
		}
		t->entry->info = *info;
	}
	return t;
}

void posix_timer_free(struct posix_timer *t)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	struct signal_entry *entry = t->entry;

	t->armed = t->taken_next = false;
	/* from here on it is an entry as any other */
	if (entry && entry->timer) {
		entry->timer = NULL;
		entry = NULL;
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
	timer_cancel(&t->timer);
	kfree(entry);
	kfree(t);
}

/* signals.lock held. */
static void left_locked(struct posix_timer *t, struct posix_timer_left *left)
{
	u64 now = now_of(t);

	left->interval = t->interval;
	left->value = 0;
	if (!t->armed)
		return;
	if (t->interval && t->deadline <= now && (t->taken_next || !t->entry)) {
		/* counted for the signal all the same: nothing moves */
		left->value = t->interval - (now - t->deadline) % t->interval;
		return;
	}
	if (t->deadline > now)
		left->value = t->deadline - now;
	else if (t->entry)
		left->value = 1;	/* just about to expire */
}

void posix_timer_left(struct posix_timer *t, struct posix_timer_left *left)
{
	unsigned long state = spin_lock_irqsave(&t->process->signals.lock);

	left_locked(t, left);
	spin_unlock_irqrestore(&t->process->signals.lock, state);
}

void posix_timer_set(struct posix_timer *t, u64 value, bool absolute, u64 interval)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	u64 now;

	t->armed = t->taken_next = false;
	spin_unlock_irqrestore(&p->signals.lock, state);
	/* its function takes the lock */
	timer_cancel(&t->timer);
	state = spin_lock_irqsave(&p->signals.lock);
	now = now_of(t);
	t->interval = value ? interval : 0;
	t->overrun = 0;
	if (!absolute)
		t->deadline = value < TIME_NEVER - now ? now + value : TIME_NEVER;
	else if (t->clock == CLOCK_REALTIME)
		t->deadline = now + (value > time_real() ? value - time_real() : 0);
	else
		t->deadline = value;
	t->armed = value;
	if (value && t->entry)
		start(t, now, 0);
	spin_unlock_irqrestore(&p->signals.lock, state);
}

/* --- Those of a process ----------------------------------------------------------------------- */

struct posix_timers *posix_timers_here(void)
{
	struct process *p = process_current();
	struct posix_timers *timers = atomic_load_acquire(&p->timers), *none = NULL;

	if (timers)
		return timers;
	timers = kzalloc(sizeof(*timers));
	if (!timers)
		return NULL;
	mutex_init(&timers->lock);
	list_init(&timers->list);
	timers->last_id = -1;
	if (atomic_cas_release(&p->timers, &none, timers))
		return timers;
	/* another task was first */
	kfree(timers);
	return none;
}

void posix_timers_end(struct process *p, bool all)
{
	struct posix_timers *timers = p->timers;

	/* the process has one task, or none: nobody else looks */
	while (!list_empty(&timers->list)) {
		struct posix_timer *t = list_entry(timers->list.next, struct posix_timer, link);

		list_unlink(&t->link);
		posix_timer_free(t);
	}
	timers->count = 0;
	for (unsigned int i = 0; all && i < ITIMERS; i++)
		if (timers->itimer[i])
			posix_timer_free(timers->itimer[i]);
	if (!all)
		return;
	p->timers = NULL;
	kfree(timers);
}
