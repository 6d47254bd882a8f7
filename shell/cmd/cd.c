/* SPDX-License-Identifier: MIT */
/* cd: changes the current directory. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

static const struct argument cd_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .optional = true },
};

static int cd(const struct arguments *a)
{
	const char *path = a->given & 1 ? a->value[0].text : "/";

	return file_status("cd", path, fs_chdir(path));
}

static const struct command cd_command = {
	.name = "cd", .help = "change the current directory; without PATH to /", .parsed = cd,
	ARGUMENTS(cd_arguments),
};
COMMAND(cd_command);
