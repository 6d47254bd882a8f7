/* SPDX-License-Identifier: MIT */
/* mv: gives a file another name; into a directory under the name that it has. */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

static const struct argument mv_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT },
	{ .name = "NEW", .type = ARGUMENT_TEXT },
};

static int mv(const struct arguments *a)
{
	const char *from = a->value[0].text, *to = a->value[1].text, *name;
	struct file_stat stat;
	size_t size;
	char *into;
	int err;

	if (fs_stat(to, true, &stat) || !S_ISDIR(stat.mode))
		return file_status("mv", from, fs_rename(from, to, 0));
	name = strrchr(from, '/');
	name = name ? name + 1 : from;
	size = strlen(to) + strlen(name) + 2;
	into = kmalloc(size);
	if (!into)
		return file_status("mv", from, -ENOMEM);
	snprintf(into, size, "%s/%s", to, name);
	err = fs_rename(from, into, 0);
	kfree(into);
	return file_status("mv", from, err);
}

static const struct command mv_command = {
	.name = "mv", .help = "rename a file, or move it into a directory", .parsed = mv,
	ARGUMENTS(mv_arguments),
};
COMMAND(mv_command);
