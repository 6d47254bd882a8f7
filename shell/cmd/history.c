/* SPDX-License-Identifier: MIT */
/* history: the lines that were typed, the oldest first; the newest has the number 1. */
#include <lib/format.h>
#include <shell/command.h>
#include <shell/history.h>

static int history_run(int argc, char **argv)
{
	unsigned int n = 1;
	u64 most = UINT32_MAX;

	if (argc == 2 && (parse_u64(argv[1], 10, &most) || !most)) {
		print("history: %s is no number of lines\n", argv[1]);
		return STATUS_USAGE;
	}
	while (n <= most && history_line(n))
		n++;
	while (--n)
		print("%4u  %s\n", n, history_line(n));
	return STATUS_OK;
}

static const struct command history_command = {
	.name = "history", .usage = "[COUNT]", .help = "the lines that were typed",
	.run = history_run, .min_args = 0, .max_args = 1,
};
COMMAND(history_command);
