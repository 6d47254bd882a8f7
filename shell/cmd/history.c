/* SPDX-License-Identifier: MIT */
/* history: the lines that were typed, the oldest first, numbered from it on. */
#include <shell/command.h>
#include <shell/history.h>

static const struct argument history_arguments[] = {
	{ .name = "COUNT", .type = ARGUMENT_NUMBER, .min = 1, .max = INT64_MAX,
	  .preset = INT64_MAX, .optional = true, .help = "lines, the last ones" },
};

static int history(const struct arguments *a)
{
	s64 most = a->value[0].number;
	unsigned int all = 0;

	while (history_line(all + 1))
		all++;
	for (unsigned int n = (unsigned int)MIN(most, (s64)all); n; n--)
		print("%4u  %s\n", all - n + 1, history_line(n));
	return STATUS_OK;
}

static const struct command history_command = {
	.name = "history", .help = "the lines that were typed", .parsed = history,
	ARGUMENTS(history_arguments),
};
COMMAND(history_command);
