/* SPDX-License-Identifier: MIT */
/* mv: gives files other names, or moves them into a directory. Not to another filesystem. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"
#include "targets.h"

static const struct argument mv_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int move(const char *path, const char *target)
{
	return file_status("mv", path, fs_rename(path, target, 0));
}

static int mv(const struct arguments *a)
{
	return targets_each("mv", a, move);
}

static const struct command mv_command = {
	.name = "mv", .usage = "PATH... NEW", .help = "rename files, or move them into a directory",
	.parsed = mv, ARGUMENTS(mv_arguments),
};
COMMAND(mv_command);
