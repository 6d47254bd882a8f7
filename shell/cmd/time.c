/* SPDX-License-Identifier: MIT */
/* time: how long a command takes, and for how long of that its own thread had the CPU. */
#include <kernel/thread.h>
#include <kernel/time.h>
#include <shell/command.h>

static const struct argument time_arguments[] = {
	{ .name = "COMMAND", .type = ARGUMENT_TEXT, .many = true,
	  .help = "words, or one word that is a line: 'a | b'" },
};

static u64 cpu_time(void)
{
#ifdef CONFIG_THREADS
	return thread_cpu_time();
#else
	return time_now();
#endif
}

static int time(const struct arguments *a)
{
	u64 began = time_now(), cpu = cpu_time(), took;
	int status = shell_run_either(a->count, a->words);

	cpu = cpu_time() - cpu;
	took = time_now() - began;
	print("real %lu.%06lu s, cpu %lu.%06lu s\n", took / NS_PER_SEC,
	      took % NS_PER_SEC / NS_PER_US, cpu / NS_PER_SEC, cpu % NS_PER_SEC / NS_PER_US);
	return status;
}

static const struct command time_command = {
	.name = "time", .runs_others = true, .help = "how long a command takes", .parsed = time,
	ARGUMENTS(time_arguments),
};
COMMAND(time_command);
