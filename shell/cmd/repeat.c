/* SPDX-License-Identifier: MIT */
/* repeat: a command, a number of times. */
#include <shell/command.h>

enum { UNTIL_FAILURE, PAUSE, COUNT, COMMAND_WORDS };

static const struct argument repeat_arguments[] = {
	[UNTIL_FAILURE] = { .letter = 'e', .type = ARGUMENT_FLAG, .help = "end when it fails" },
	[PAUSE] = { .letter = 's', .name = "DURATION", .type = ARGUMENT_DURATION,
		    .help = "wait in between" },
	[COUNT] = { .name = "COUNT", .type = ARGUMENT_NUMBER, .max = 1000000000,
		    .help = "times; 0: without end" },
	[COMMAND_WORDS] = { .name = "COMMAND", .type = ARGUMENT_TEXT, .many = true,
			    .help = "words, or one word that is a line: 'a | b'" },
};

static int repeat(const struct arguments *a)
{
	int status = STATUS_OK;

	for (s64 i = 0; !a->value[COUNT].number || i < a->value[COUNT].number; i++) {
		if (i && !shell_sleep((u64)a->value[PAUSE].number))
			return STATUS_STOPPED;
		status = shell_run_either(a->count, a->words);
		if (shell_stopped())
			return STATUS_STOPPED;
		if (status && a->value[UNTIL_FAILURE].number)
			break;
	}
	return status;
}

static const struct command repeat_command = {
	.name = "repeat", .runs_others = true,
	.help = "run a command a number of times", .parsed = repeat,
	ARGUMENTS(repeat_arguments),
};
COMMAND(repeat_command);
