/* SPDX-License-Identifier: MIT */
/*
 * The watchdog (see <kernel/watchdog.h>). A periodic timer looks at its CPU four times in
 * CONFIG_WATCHDOG_SECONDS. A thread that was there at each look, and has not left the CPU in
 * between, while one that is as urgent was ready, is stuck. What a policy starves on purpose,
 * because it is less urgent, does not count. And each CPU looks whether the next one still takes
 * interrupts.
 */
#include <arch/atomic.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <kernel/cpu.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/watchdog.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>

#include "mutex.h"
#include "thread.h"

#define PATIENCE	(CONFIG_WATCHDOG_SECONDS * NS_PER_SEC)
#define PERIOD		(PATIENCE / 4)
#define CHAIN_MAX	16	/* levels of a thread's call chain */

static struct watch {
	struct timer timer;
	const struct thread *seen;	/* had the CPU at the last look */
	u64 left;			/* how often it had left it */
	u64 since;			/* ns: since when others have waited for it; 0: none has */
	u64 looked;			/* ns: the last look at those that wait for mutexes */
	u64 alive;			/* ns: the last interrupt of this timer, for other CPUs */
} watch PER_CPU;

/*
 * --- The report ----------------------------------------------------------------------------------
 */

static void say_thread(const struct thread *t)
{
	vaddr_t pc[CHAIN_MAX];
	size_t n = thread_chain(t, pc, CHAIN_MAX);
	const char *state = thread_state_name(t->state);
	char running[32];

	/* it was ready when it got the CPU, and its state has stayed that */
	if (IS_ENABLED(CONFIG_SMP) && t->rq && t == t->rq->current) {
		snprintf(running, sizeof(running), "running on CPU %u", t->rq->cpu);
		state = running;
	}
	log_emerg("thread %u %s, %s, %s:", t->id, t->name, state,
		  t->priority == (unsigned int)t->params.priority ? "its own priority" :
								     "a priority that it was lent");
	for (size_t i = 0; i < n; i++)
		log_emerg("  %pS", (void *)pc[i]);
}

/* The lock is not asked for: whoever has it may be the one that is stuck. */
static void say_threads(void)
{
	list_for_each (t, &thread_list, struct thread, all)
		if (t != arch_current())
			say_thread(t);
	log_emerg("and the thread that was interrupted, %s:", arch_current()->name);
}

static __noreturn void hang(const char *text)
{
	panic_with("hang", text, say_threads);
}

/*
 * --- The look ------------------------------------------------------------------------------------
 */

/* One that should have the CPU as much as @current has it; NULL when there is none. */
static const struct thread *find_waiter(const struct runqueue *rq, const struct thread *current)
{
	list_for_each (t, &thread_list, struct thread, all)
		if (t != current && t->rq == rq && t != rq->idle && t->state == THREAD_READY &&
		    !sched_policy_before(current, t))
			return t;
	return NULL;
}

static u64 times_left(const struct thread *t)
{
	u64 n = 0;

	for (unsigned int i = 0; i < SCHED_WHYS; i++)
		n += t->left[i];
	return n;
}

static void look_at_current(struct watch *w, u64 now)
{
	const struct runqueue *rq = sched_rq();
	const struct thread *t = rq->current, *waiter;
	u64 left = times_left(t);
	char text[160];

	waiter = t == rq->idle ? NULL : find_waiter(rq, t);
	if (!waiter || t != w->seen || left != w->left)
		w->since = waiter ? now : 0;
	else if (!w->since)
		w->since = now;
	w->seen = t;
	w->left = left;
	/* a slice may be longer, where somebody has asked for one */
	if (!w->since || now - w->since < PATIENCE + time_from_ticks(rq->slice))
		return;
	snprintf(text, sizeof(text),
		 "watchdog: thread %s has kept CPU %u for %lu s, and %s is ready", t->name, rq->cpu,
		 (now - w->since) / NS_PER_SEC, waiter->name);
	hang(text);
}

struct hung {
	unsigned int id;
	char name[THREAD_NAME_MAX];
	char owner[THREAD_NAME_MAX];	/* of what it waits for */
};

/*
 * Writes to @hung which threads came to have waited for a mutex for PATIENCE since the last look,
 * and returns how many.
 */
static unsigned int find_hung(const struct watch *w, u64 now, struct hung *hung, unsigned int max)
{
	unsigned int n = 0;

	/* nobody stops waiting meanwhile */
	spin_lock(&mutex_guard);
	list_for_each (t, &thread_list, struct thread, all) {
		u64 due = time_from_ticks(t->asleep_since) + PATIENCE;

		if (t->state == THREAD_SLEEPING && t->blocked_on && due <= now && due > w->looked &&
		    n < max) {
			hung[n].id = t->id;
			strlcpy(hung[n].name, t->name, sizeof(hung[n].name));
			strlcpy(hung[n].owner, mutex_owner(t->blocked_on)->name,
				sizeof(hung[n].owner));
			n++;
		}
	}
	spin_unlock(&mutex_guard);
	return n;
}

#ifdef CONFIG_SMP
/*
 * Each CPU looks after the next one, which has a look of its own to take: if that is long overdue
 * no interrupt comes through to it.
 */
static void look_at_next(u64 now)
{
	u64 higher = cpu_online() >> cpu_this() >> 1;
	unsigned int cpu = higher ? cpu_this() + 1 + (unsigned int)__builtin_ctzl(higher) : 0;
	u64 alive = atomic_load_relaxed(&per_cpu(watch, cpu)->alive);
	char text[160];

	if (cpu == cpu_this() || now < alive + PATIENCE + PERIOD)
		return;
	snprintf(text, sizeof(text), "watchdog: CPU %u has taken no interrupt for %lu s", cpu,
		 (now - alive) / NS_PER_SEC);
	/* what it is at is its own to say */
	if (cpu_end_run_on(cpu, text))
		time_busy_wait(NS_PER_SEC);
	hang(text);
}
#else
static void look_at_next(u64 now __unused)
{
}
#endif

static void look(struct timer *timer __unused, void *arg)
{
	struct watch *w = arg;
	u64 now = time_now();
	struct hung hung[4];
	unsigned int n;

	atomic_store_relaxed(&w->alive, now);
	look_at_next(now);

	/* it is held with interrupts masked: another CPU has it, and there is another look */
	if (!spin_trylock(&thread_lock))
		return;
	look_at_current(w, now);
	/* one CPU says it for all */
	n = cpu_this() ? 0 : find_hung(w, now, hung, ARRAY_SIZE(hung));
	w->looked = now;
	spin_unlock(&thread_lock);
	for (unsigned int i = 0; i < n; i++)
		log_warn("watchdog: thread %u %s has waited for a mutex for %d s, and %s has it",
			 hung[i].id, hung[i].name, CONFIG_WATCHDOG_SECONDS, hung[i].owner);
}

void watchdog_late(u64 ticks, vaddr_t place)
{
	char text[160];

	if (likely(time_from_ticks(ticks) < PATIENCE))
		return;
	snprintf(text, sizeof(text), "watchdog: interrupts were masked for %lu s, up to %pS",
		 time_from_ticks(ticks) / NS_PER_SEC, (void *)place);
	hang(text);
}

void watchdog_start(void)
{
	struct watch *w = this_cpu(watch);

	w->alive = time_now();
	timer_init(&w->timer, look, w);
	timer_start(&w->timer, time_now() + PERIOD, PERIOD / 2, PERIOD);
}
