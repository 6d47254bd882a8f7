/* SPDX-License-Identifier: MIT */
/* version: what was built, with what, and when. */
#include <generated/version.h>
#include <shell/command.h>

static int version_run(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	print("%s\n", CAIRN_BANNER);
	return STATUS_OK;
}

static const struct command version_command = {
	.name = "version", .usage = "", .help = "version, compiler and date of this image",
	.run = version_run, .min_args = 0, .max_args = 0,
};
COMMAND(version_command);
