/* SPDX-License-Identifier: MIT */
/*
 * mistake: a shell command that makes one on purpose. The worked example of a command in
 * Documentation/architecture.md; the panics in Documentation/debugging.md come from it.
 */
#include <lib/string.h>
#include <lib/types.h>
#include <shell/command.h>

/* Volatile pointers, so that the compiler neither sees the mistakes nor makes use of them. */
static u32 *volatile nowhere;
static const char *volatile constant = "read-only";

/* Needs its stack and its result, and ends some day: no compiler makes a loop of it. */
static u64 recurse(u64 depth)
{
	volatile u64 used[64];

	used[0] = depth;
	return depth ? recurse(depth - 1) + used[0] : 0;
}

static void hang(void)
{
	for (;;)
		__asm__ volatile("");
}

static int mistake_run(int argc, char **argv)
{
	(void)argc;
	if (!strcmp(argv[1], "null"))
		*nowhere = 1;
	else if (!strcmp(argv[1], "constant"))
		*(char *)(uintptr_t)constant = 0;
	else if (!strcmp(argv[1], "stack"))
		print("%lu\n", recurse(1000));
	else if (!strcmp(argv[1], "hang"))
		hang();
	else
		return STATUS_USAGE;
	return STATUS_OK;
}

static const struct command mistake_command = {
	.name = "mistake", .usage = "null|constant|stack|hang", .help = "make a mistake",
	.run = mistake_run, .min_args = 1, .max_args = 1,
};
COMMAND(mistake_command);
