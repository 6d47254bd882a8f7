/* SPDX-License-Identifier: MIT */
/* true: nothing, with success. */
#include <shell/command.h>

static int true_run(int argc __unused, char **argv __unused)
{
	return STATUS_OK;
}

static const struct command true_command = {
	.name = "true", .usage = "", .help = "do nothing, with success", .run = true_run,
};
COMMAND(true_command);
