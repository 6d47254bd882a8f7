/* SPDX-License-Identifier: MIT */
/* panic: ends the run on purpose, to see what that looks like. */
#include <lib/assert.h>
#include <lib/string.h>
#include <shell/command.h>

static int panic_run(int argc, char **argv)
{
	char text[128] = "asked for";

	for (int i = 1; i < argc; i++) {
		if (i == 1)
			text[0] = 0;
		else
			strlcat(text, " ", sizeof(text));
		strlcat(text, argv[i], sizeof(text));
	}
	panic("%s", text);
}

static const struct command panic_command = {
	.name = "panic", .usage = "[WORD...]", .help = "panic, with the words as its reason",
	.run = panic_run, .min_args = 0, .max_args = 255,
};
COMMAND(panic_command);
