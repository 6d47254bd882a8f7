/* SPDX-License-Identifier: MIT */
/*
 * crash: the mistakes that are made with threads and locks. What only an option can see is not
 * pretended without it.
 */
#include <kernel/cpu.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <shell/command.h>

#include "crash.h"

/* Behind each mistake: a tail call would take the function out of the call chain. */
#define HERE()	compiler_barrier()

/* What is too long, where anybody looks at that. */
#ifdef CONFIG_DEBUG_LOCKS
#define HELD_NS	(CONFIG_DEBUG_LOCKS_HELD_US * NS_PER_US)
#else
#define HELD_NS	0UL
#endif
#ifdef CONFIG_WATCHDOG
#define PATIENCE_NS	(CONFIG_WATCHDOG_SECONDS * NS_PER_SEC)
#else
#define PATIENCE_NS	0UL
#endif

static struct spinlock first, second;

static __noinline int crash_recurse(unsigned long depth)
{
	volatile char block[128];

	block[depth % sizeof(block)] = 1;
	/* never so, but the compiler does not know */
	return depth == ~0UL ? 0 : crash_recurse(depth + 1) + block[depth % 7];
}

static int overflow(void *arg __unused)
{
	return crash_recurse(0);
}

static __noinline void crash_atomic(void)
{
	unsigned long state = spin_lock_irqsave(&first);

	thread_sleep(NS_PER_MS);
	spin_unlock_irqrestore(&first, state);
}

static __noinline void crash_recursive(void)
{
	unsigned long state = spin_lock_irqsave(&first);

	spin_lock(&first);
	spin_unlock_irqrestore(&first, state);
}

static __noinline void crash_unlock(void)
{
	unsigned long state = arch_irq_save();

	spin_unlock_irqrestore(&first, state);
	HERE();
}

static __noinline void crash_one_way(void)
{
	unsigned long state = spin_lock_irqsave(&first);

	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock_irqrestore(&first, state);
}

static __noinline void crash_other_way(void)
{
	unsigned long state = spin_lock_irqsave(&second);

	spin_lock(&first);
	spin_unlock(&first);
	spin_unlock_irqrestore(&second, state);
}

static void crash_inversion(void)
{
	crash_one_way();
	crash_other_way();
}

static __noinline void crash_held(void)
{
	unsigned long state = spin_lock_irqsave(&first);

	time_busy_wait(2 * HELD_NS);
	spin_unlock_irqrestore(&first, state);
}

static __noinline void crash_masked(void)
{
	unsigned long state = arch_irq_save();

	time_busy_wait(2 * PATIENCE_NS);
	arch_irq_restore(state);
	HERE();
}

static __noinline void crash_spin(void)
{
	for (;;)
		arch_relax();
}

static int hog(void *arg __unused)
{
	crash_spin();
	return 0;
}

/* On each CPU, or some thread would have one left, and nobody would have to wait. */
static __noinline void crash_hog(void)
{
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1) {
		const struct thread_attr attr = { .name = "hog", .sched = SCHED_PARAMS_DEFAULT,
						  .affinity = cpus & -cpus, .detached = true };

		thread_create(NULL, &attr, hog, NULL);
	}
	thread_yield();
	HERE();
}

/* Waits for its end, which does not come: on another CPU it needs some time to overflow. */
static void crash_thread_stack(void)
{
	const struct thread_attr attr = { .name = "deep", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t;

	if (!thread_create(&t, &attr, overflow, NULL))
		thread_join(t, TIME_NEVER, NULL);
}

static const struct way {
	const char *name;
	void (*run)(void);
	const char *needs;	/* the option that notices it */
	bool noticed;
} ways[] = {
	{ "thread", crash_thread_stack, NULL, true },
	{ "atomic", crash_atomic, NULL, true },
	{ "recursive", crash_recursive, NULL, true },
	{ "unlock", crash_unlock, "DEBUG_LOCKS", IS_ENABLED(CONFIG_DEBUG_LOCKS) },
	{ "inversion", crash_inversion, "DEBUG_LOCKS", IS_ENABLED(CONFIG_DEBUG_LOCKS) },
	{ "held", crash_held, "DEBUG_LOCKS", IS_ENABLED(CONFIG_DEBUG_LOCKS) },
	{ "masked", crash_masked, "WATCHDOG", IS_ENABLED(CONFIG_WATCHDOG) },
	{ "hog", crash_hog, "WATCHDOG", IS_ENABLED(CONFIG_WATCHDOG) },
};

int crash_thread(const char *name)
{
	lock_check_name(&first.check, "first");
	lock_check_name(&second.check, "second");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct way *w = &ways[i];

		if (strcmp(name, w->name))
			continue;
		if (!w->noticed) {
			print("crash: %s goes unnoticed without CONFIG_%s: not done\n", name,
			      w->needs);
			return STATUS_FAIL;
		}
		w->run();
		return STATUS_OK;
	}
	return STATUS_USAGE;
}
