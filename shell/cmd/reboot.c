/* SPDX-License-Identifier: MIT */
/* reboot: resets the machine. */
#include <kernel/panic.h>
#include <shell/command.h>

static int reboot_run(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	machine_reboot();
}

static const struct command reboot_command = {
	.name = "reboot", .usage = "", .help = "reset the machine",
	.run = reboot_run, .min_args = 0, .max_args = 0,
};
COMMAND(reboot_command);
