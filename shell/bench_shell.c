/* SPDX-License-Identifier: MIT */
/* Figures of the shell: what it costs to run a line. */
#include <lib/bench.h>
#include <shell/command.h>

#define ROUNDS	1000

static int trivial(u64 *value)
{
	*value = BENCH_LOOP(ROUNDS, shell_run("true"));
	return 0;
}

static const struct bench shell_trivial_bench = {
	.group = "shell", .name = "shell.trivial", .unit = BENCH_INSTRUCTIONS, .run = trivial,
};
BENCH(shell_trivial_bench);
