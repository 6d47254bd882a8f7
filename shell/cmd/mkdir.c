/* SPDX-License-Identifier: MIT */
/* mkdir: makes directories. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

static const struct argument mkdir_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int make(const char *path)
{
	return fs_mkdir(path, 0777);
}

static int mkdir(const struct arguments *a)
{
	return file_each("mkdir", a, make);
}

static const struct command mkdir_command = {
	.name = "mkdir", .help = "make directories", .parsed = mkdir,
	ARGUMENTS(mkdir_arguments),
};
COMMAND(mkdir_command);
