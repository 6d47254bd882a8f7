/* SPDX-License-Identifier: MIT */
/* umount: takes mounted filesystems away. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

static const struct argument umount_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int umount(const struct arguments *a)
{
	return file_each("umount", a, fs_umount);
}

static const struct command umount_command = {
	.name = "umount", .help = "take mounted filesystems away", .parsed = umount,
	ARGUMENTS(umount_arguments),
};
COMMAND(umount_command);
