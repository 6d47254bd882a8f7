/* SPDX-License-Identifier: MIT */
/* false: nothing, without success. */
#include <shell/command.h>

static int false_run(int argc __unused, char **argv __unused)
{
	return STATUS_FAIL;
}

static const struct command false_command = {
	.name = "false", .usage = "", .help = "do nothing, without success", .run = false_run,
};
COMMAND(false_command);
