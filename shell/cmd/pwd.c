/* SPDX-License-Identifier: MIT */
/* pwd: prints the current directory. */
#include <fs/fs.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

#define PATH_BYTES	4096

static int pwd_run(int argc __unused, char **argv __unused)
{
	char *path = kmalloc(PATH_BYTES);
	ssize_t n;

	if (!path)
		return file_status("pwd", ".", -ENOMEM);
	n = fs_getcwd(path, PATH_BYTES);
	if (n > 0)
		print("%s\n", path);
	kfree(path);
	return file_status("pwd", ".", n < 0 ? (int)n : 0);
}

static const struct command pwd_command = {
	.name = "pwd", .usage = "", .help = "print the current directory", .run = pwd_run,
};
COMMAND(pwd_command);
