/* SPDX-License-Identifier: MIT */
/* watch: what a command prints, on an empty screen, again and again until it is stopped. */
#include <kernel/time.h>
#include <shell/command.h>

enum { PERIOD, COUNT, COMMAND_WORDS };

static const struct argument watch_arguments[] = {
	[PERIOD] = { .letter = 'n', .name = "DURATION", .type = ARGUMENT_DURATION,
		     .min = 10000000, .max = 3600 * (s64)NS_PER_SEC, .preset = 2 * (s64)NS_PER_SEC,
		     .help = "from one run to the next, 2 s unless given" },
	[COUNT] = { .letter = 'c', .name = "COUNT", .type = ARGUMENT_NUMBER, .min = 1,
		    .max = 1000000000, .preset = INT64_MAX, .help = "end after so many runs" },
	[COMMAND_WORDS] = { .name = "COMMAND", .type = ARGUMENT_TEXT, .many = true,
			    .help = "words, or one word that is a line: 'a | b'" },
};

static int watch(const struct arguments *a)
{
	u64 period = (u64)a->value[PERIOD].number;
	u64 at = time_now();
	int status;

	for (s64 left = a->value[COUNT].number;; left--) {
		u64 now;

		print("\033[H\033[2J");
		status = shell_run_either(a->count, a->words);
		if (left == 1)
			return status;
		now = time_now();
		at = MAX(at + period, now);
		if (!shell_sleep(at - now))
			return STATUS_STOPPED;
	}
}

static const struct command watch_command = {
	.name = "watch", .runs_others = true,
	.help = "see what a command prints change", .parsed = watch,
	ARGUMENTS(watch_arguments),
};
COMMAND(watch_command);
