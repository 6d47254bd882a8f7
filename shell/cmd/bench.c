/* SPDX-License-Identifier: MIT */
/*
 * bench: the figures that the image brings (lib/bench.h), all, one group or one, each a line
 * `name value unit`, for scripts/bench. The figures of boot are here. Ctrl-C ends it behind the
 * figure that is measured, which may wait for threads that use its stack.
 */
#include <kernel/cpu.h>
#include <kernel/thread.h>
#include <lib/bench.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/prompt.h>
#include <uapi/errno.h>

/* Nanoseconds from reset; the shell notes it at its first prompt, so there is none by autorun. */
static int prompt(u64 *value)
{
	*value = shell_prompt_time;
	return shell_prompt_time ? 0 : -EAGAIN;
}

static const struct bench boot_prompt_bench = {
	.group = "boot", .name = "boot.prompt", .unit = BENCH_INSTRUCTIONS, .run = prompt,
};
BENCH(boot_prompt_bench);

#ifdef CONFIG_SMP
/*
 * Most figures are of one CPU: this thread, and those that it makes, are on the one that boots
 * then, to which interrupts go.
 */
static int run(const struct bench *b, u64 *value)
{
	u64 before = thread_current()->affinity;
	int err;

	if (b->many_cpus || cpu_count(cpu_online()) < 2)
		return b->run(value);
	thread_set_affinity(thread_current(), BIT(0));
	err = b->run(value);
	thread_set_affinity(thread_current(), before);
	return err;
}
#else
static int run(const struct bench *b, u64 *value)
{
	return b->run(value);
}
#endif

static bool print_figure(const struct bench *b, bool counts, bool asked)
{
	u64 value, one = 1;
	int err = run(b, &value);

	/* what this machine has not got is said to those only who ask for it */
	if (err == -ENODEV && !asked)
		return true;
	if (err == -ENODEV) {
		print("bench: no %s: this machine has not got what it measures\n", b->name);
		return false;
	}
	if (err) {
		print("bench: no %s: %s\n", b->name, errno_name(-err));
		return false;
	}
	for (unsigned int i = 0; i < b->decimals; i++)
		one *= 10;
	print("%s %lu", b->name, value / one);
	if (b->decimals)
		print(".%0*lu", (int)b->decimals, value % one);
	print(" %s\n", bench_unit(b, counts));
	return true;
}

/* Whether an entry before @b is of its group. */
static bool group_seen(const struct bench *b)
{
	TABLE_FOREACH(bench, struct bench, other) {
		if (*other == b)
			return false;
		if (!strcmp((*other)->group, b->group))
			return true;
	}
	return false;
}

static int bench_run(int argc, char **argv)
{
	bool counts = bench_counts(), found = false, all = true;

	shell_stop_gently(true);
	TABLE_FOREACH(bench, struct bench, b) {
		if (shell_stopped())
			break;
		if (argc < 2 || !strcmp(argv[1], (*b)->group) ||
		    !strcmp(argv[1], (*b)->name)) {
			found = true;
			all = print_figure(*b, counts, argc > 1) && all;
		}
	}
	shell_stop_gently(false);
	if (shell_stopped())
		return STATUS_STOPPED;
	if (found)
		return all ? STATUS_OK : STATUS_FAIL;
	print("bench: no group or figure %s; groups are:", argv[1]);
	TABLE_FOREACH(bench, struct bench, b)
		if (!group_seen(*b))
			print(" %s", (*b)->group);
	print("\n");
	return STATUS_USAGE;
}

static const struct command bench_command = {
	.name = "bench", .usage = "[GROUP|NAME]",
	.help = "figures of this run (exact under icount)",
	.run = bench_run, .min_args = 0, .max_args = 1, .ordinary = true,
};
COMMAND(bench_command);
