/* SPDX-License-Identifier: MIT */
/* clear: an empty screen, the cursor in its corner. */
#include <shell/command.h>

static int clear_run(int argc __unused, char **argv __unused)
{
	print("\033[H\033[2J");
	return STATUS_OK;
}

static const struct command clear_command = {
	.name = "clear", .usage = "", .help = "empty the screen", .run = clear_run,
};
COMMAND(clear_command);
