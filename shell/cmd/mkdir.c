/* SPDX-License-Identifier: MIT */
/* mkdir: makes directories; with -p those above as well. */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

enum { PARENTS, PATHS };

static const struct argument mkdir_arguments[] = {
	[PARENTS] = { .letter = 'p', .type = ARGUMENT_FLAG,
		      .help = "those above too; what is there is no error" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int make(const char *path)
{
	return fs_mkdir(path, 0777);
}

/* One that is there is fine when it is a directory; one above that is none has the next fail. */
static int make_all(const char *path)
{
	char *copy = kstrdup(path);
	int err = copy ? 0 : -ENOMEM;
	struct file_stat stat;

	for (char *at = copy; !err && (at = strchr(at + (*at != 0), '/'));) {
		*at = 0;
		err = *copy ? make(copy) : 0;
		if (err == -EEXIST)
			err = 0;
		*at = '/';
	}
	kfree(copy);
	err = err ? err : make(path);
	return err == -EEXIST && !fs_stat(path, true, &stat) && S_ISDIR(stat.mode) ? 0 : err;
}

static int mkdir(const struct arguments *a)
{
	return file_each("mkdir", a, a->given & 1U << PARENTS ? make_all : make);
}

static const struct command mkdir_command = {
	.name = "mkdir", .help = "make directories", .parsed = mkdir,
	ARGUMENTS(mkdir_arguments),
};
COMMAND(mkdir_command);
