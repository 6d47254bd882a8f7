/* SPDX-License-Identifier: MIT */
/* seq: the numbers from one to another, one a line. */
#include <shell/command.h>

enum { FIRST, SECOND, THIRD };

static const struct argument seq_arguments[] = {
	[FIRST] = { .name = "FIRST", .type = ARGUMENT_NUMBER },
	[SECOND] = { .name = "STEP", .type = ARGUMENT_NUMBER, .optional = true },
	[THIRD] = { .name = "LAST", .type = ARGUMENT_NUMBER, .optional = true },
};

static int seq(const struct arguments *a)
{
	bool has_first = a->given & 1U << SECOND, has_step = a->given & 1U << THIRD;
	s64 first = has_first ? a->value[FIRST].number : 1;
	s64 step = has_step ? a->value[SECOND].number : 1;
	s64 last = a->value[has_step ? THIRD : has_first ? SECOND : FIRST].number;

	if (!step) {
		print("seq: a step of 0 comes to no end\n");
		return STATUS_USAGE;
	}
	while (step > 0 ? first <= last : first >= last) {
		print("%ld\n", first);
		if (shell_stopped())
			return STATUS_STOPPED;
		if (__builtin_add_overflow(first, step, &first))
			break;
	}
	return STATUS_OK;
}

static const struct command seq_command = {
	.name = "seq", .usage = "[FIRST [STEP]] LAST", .help = "count, one number a line",
	.parsed = seq, ARGUMENTS(seq_arguments),
};
COMMAND(seq_command);
