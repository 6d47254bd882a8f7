/* SPDX-License-Identifier: MIT */
/* Paths and a new name, or a directory that they go to (see targets.h). */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>

#include "files.h"
#include "targets.h"

const char *target_name(const char *path, size_t *length)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	*length = end - start;
	return path + start;
}

static int act_in(const char *command, const char *path, const char *dir,
		  int (*act)(const char *path, const char *target))
{
	size_t length, size;
	const char *name = target_name(path, &length);
	int status;
	char *target;

	size = strlen(dir) + length + 2;
	target = kmalloc(size);
	if (!target)
		return file_status(command, path, -ENOMEM);
	snprintf(target, size, "%s/%.*s", dir, (int)length, name);
	status = act(path, target);
	kfree(target);
	return status;
}

int targets_each(const char *command, const struct arguments *a,
		 int (*act)(const char *path, const char *target))
{
	const char *last = a->words[a->count - 1];
	int status = STATUS_OK;
	struct file_stat stat;
	bool directory = !fs_stat(last, true, &stat) && S_ISDIR(stat.mode);

	if (a->count < 2)
		return STATUS_USAGE;
	if (a->count > 2 && !directory)
		return file_status(command, last, -ENOTDIR);
	for (int i = 0; i + 1 < a->count && !shell_stopped(); i++)
		status |= directory ? act_in(command, a->words[i], last, act)
				    : act(a->words[i], last);
	return shell_stopped() ? STATUS_STOPPED : status;
}
