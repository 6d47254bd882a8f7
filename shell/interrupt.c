/* SPDX-License-Identifier: MIT */
/*
 * Ending what runs. Whoever is told to end learns it from shell_stopped(), and its sleep ends at
 * once; who waits for others, as a pipeline, passes it on. The shell's own thread forgets it when
 * it comes back to the prompt. A write that failed is for the command alone that wrote.
 */
#include <arch/atomic.h>
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <shell/command.h>

#include "run.h"

static bool foreground;
static bool gentle, asked;	/* shell_stop_gently(), and what it came to */

/* Nothing more can be written: a command ends there, and run_prepared() says why. */
static bool output_failed(void)
{
	return IS_ENABLED(CONFIG_STREAMS) && stream_out() && stream_out()->error;
}

#ifdef CONFIG_THREADS
bool shell_stopped(void)
{
	return thread_killed() || output_failed() ||
	       (atomic_load_relaxed(&asked) && thread_current() == &boot_thread);
}

static void stop(void)
{
	thread_kill(&boot_thread);
}

static void forget(void)
{
	thread_revive();
}
#else
static bool stopped;

bool shell_stopped(void)
{
	return atomic_load_relaxed(&stopped) || output_failed() || atomic_load_relaxed(&asked);
}

static void stop(void)
{
	atomic_store_relaxed(&stopped, true);
}

static void forget(void)
{
	atomic_store_relaxed(&stopped, false);
}
#endif

void shell_interrupt(void)
{
	if (!atomic_load_relaxed(&foreground))
		return;
	if (atomic_load_relaxed(&gentle))
		atomic_store_relaxed(&asked, true);
	else
		stop();
}

void shell_stop_gently(bool on)
{
	if (thread_current() == &boot_thread)
		atomic_store_relaxed(&gentle, on);
}

void shell_foreground(bool on)
{
	atomic_store_relaxed(&foreground, on);
	atomic_store_relaxed(&asked, false);
	forget();
}

#define LOOK_NS	(20 * NS_PER_MS)	/* so often, where nothing ends a sleep */

bool shell_sleep(u64 ns)
{
	u64 now = time_now(), end = ns < TIME_NEVER - now ? now + ns : TIME_NEVER;
	int err = 0;

	while (!shell_stopped() && !err && now < end) {
		u64 next = IS_ENABLED(CONFIG_THREADS) ? end : MIN(end, now + LOOK_NS);

		err = time_sleep_until(next);
		now = time_now();
	}
	return !shell_stopped();
}
