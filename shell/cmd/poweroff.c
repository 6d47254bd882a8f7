/* SPDX-License-Identifier: MIT */
/* poweroff: switches the machine off. */
#include <kernel/panic.h>
#include <shell/command.h>

static int poweroff_run(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	machine_off();
}

static const struct command poweroff_command = {
	.name = "poweroff", .usage = "", .help = "switch the machine off",
	.run = poweroff_run, .min_args = 0, .max_args = 0,
};
COMMAND(poweroff_command);
