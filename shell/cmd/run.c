/* SPDX-License-Identifier: MIT */
/* run: a program, by its path or by its name in $PATH, and with -s what it asks the kernel for. */
#include <lib/format.h>
#include <shell/command.h>
#include <shell/program.h>
#include <uapi/errno.h>

enum { SHOW, PROGRAM };

static const struct argument run_arguments[] = {
	[SHOW] = { .letter = 's', .type = ARGUMENT_FLAG, .help = "print its system calls" },
	[PROGRAM] = { .name = "PROGRAM", .type = ARGUMENT_TEXT, .many = true,
		      .help = "and its arguments" },
};

static int run(const struct arguments *a)
{
	char path[256];

	if (program_find(a->words[0], path, sizeof(path)))
		return program_run(path, a->words, a->value[SHOW].number);
	print("run: %s: %s\n", a->words[0], errno_text(ENOENT));
	return STATUS_UNKNOWN;
}

static const struct command run_command = {
	.name = "run", .runs_others = true, .help = "run a program", .parsed = run,
	ARGUMENTS(run_arguments),
};
COMMAND(run_command);
