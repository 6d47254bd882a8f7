/* SPDX-License-Identifier: MIT */
/* rmdir: removes empty directories. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

static const struct argument rmdir_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int rmdir(const struct arguments *a)
{
	return file_each("rmdir", a, fs_rmdir);
}

static const struct command rmdir_command = {
	.name = "rmdir", .help = "remove empty directories", .parsed = rmdir,
	ARGUMENTS(rmdir_arguments),
};
COMMAND(rmdir_command);
