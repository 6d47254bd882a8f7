/* SPDX-License-Identifier: MIT */
/* echo: its words, as they are. */
#include <lib/string.h>
#include <shell/command.h>

static int echo_run(int argc, char **argv)
{
	bool newline = argc < 2 || strcmp(argv[1], "-n");

	for (int i = newline ? 1 : 2; i < argc; i++)
		print("%s%s", argv[i], i + 1 < argc ? " " : "");
	if (newline)
		print("\n");
	return STATUS_OK;
}

static const struct command echo_command = {
	.name = "echo", .usage = "[-n] [WORD...]", .help = "print the words",
	.run = echo_run, .min_args = 0, .max_args = 255,
};
COMMAND(echo_command);
