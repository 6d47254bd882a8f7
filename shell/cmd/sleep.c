/* SPDX-License-Identifier: MIT */
/* sleep: lets time go by. */
#include <shell/command.h>

static const struct argument sleep_arguments[] = {
	{ .name = "DURATION", .type = ARGUMENT_DURATION,
	  .help = "seconds; also 1.5, 20ms, 3m, 1h" },
};

static int sleep(const struct arguments *a)
{
	return shell_sleep((u64)a->value[0].number) ? STATUS_OK : STATUS_STOPPED;
}

static const struct command sleep_command = {
	.name = "sleep", .help = "let some time go by", .parsed = sleep, ARGUMENTS(sleep_arguments),
};
COMMAND(sleep_command);
