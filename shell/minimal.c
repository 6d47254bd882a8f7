/* SPDX-License-Identifier: MIT */
/* The shell without its language: words and semicolons. For the smallest images. */
#include <kernel/tty.h>
#include <lib/string.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "split.h"

int shell_run(const char *text)
{
	char line[CONFIG_SHELL_LINE_SIZE], *rest = line, *argv[ARGS_MAX];
	int argc, status = STATUS_OK;

	if (strlcpy(line, text, sizeof(line)) >= sizeof(line)) {
		print("line too long: at most %d bytes\n", CONFIG_SHELL_LINE_SIZE - 1);
		return STATUS_USAGE;
	}
	while (!tty_interrupted() && (argc = command_split(&rest, argv)) != -1) {
		if (argc < 0) {
			print(argc == -E2BIG ? "too many words in a command: at most %d\n"
					     : "a quote is not closed\n",
			      ARGS_MAX - 1);
			return STATUS_USAGE;
		}
		if (argc)
			status = shell_run_words(argc, argv);
	}
	return status;
}
