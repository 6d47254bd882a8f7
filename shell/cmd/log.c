/* SPDX-License-Identifier: MIT */
/* log: down to which level lines of the kernel log appear on the console; dmesg shows them all. */
#include <shell/command.h>

/* By the number that loglevel= has for it: the levels that are more urgent than the number. */
static const char *const levels[] = {
	"none", "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", NULL,
};

static const struct argument log_arguments[] = {
	{ .type = ARGUMENT_CHOICE, .choices = levels, .optional = true,
	  .help = "the last level whose lines appear" },
};

static int log_level_command(const struct arguments *a)
{
	if (a->given)
		log_set_console_level((unsigned int)a->value[0].number);
	else
		print("%s\n", levels[MIN(log_console_level(), ARRAY_SIZE(levels) - 2)]);
	return STATUS_OK;
}

static const struct command log_command = {
	.name = "log", .help = "the level of what the kernel tells on the console",
	.parsed = log_level_command, ARGUMENTS(log_arguments),
};
COMMAND(log_command);
