/* SPDX-License-Identifier: MIT */
/*
 * Removing a name and all that is below it (see remove.h). No directory stays open and nothing is
 * kept but one path: the first name that is left in a directory is next.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "files.h"
#include "remove.h"

#define NAME_BYTES	256

/* Gives the first name of a directory, but . and .., to @arg. */
static int first_name(void *arg, const struct dir_entry *entry)
{
	if (!strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
		return 0;
	strlcpy(arg, entry->name, NAME_BYTES);
	return 1;
}

/* 1 and the first name in the directory @path; 0 when it is empty. */
static int first_in(const char *path, char *name)
{
	struct file *dir;
	int err = file_open(path, O_RDONLY | O_DIRECTORY, 0, &dir);

	if (err)
		return err;
	err = file_readdir(dir, first_name, name);
	file_put(dir);
	return err;
}

/*
 * Removes @path, a buffer of @size bytes in which longer paths are made, and what is in it; to its
 * end, or until the command is told to end.
 */
static int remove_all(char *path, size_t size, bool to_end)
{
	size_t start = strlen(path), len = start;
	char name[NAME_BYTES];
	int err = 0;

	while (!err && (to_end || !shell_stopped())) {
		err = fs_unlink(path);
		if (err == -EISDIR) {
			err = first_in(path, name);
			if (err > 0) {
				/* down */
				len = strlen(path);
				if (len + strlen(name) + 2 > size)
					return -ENAMETOOLONG;
				snprintf(path + len, size - len, "/%s", name);
				err = 0;
				continue;
			}
			if (!err)
				err = fs_rmdir(path);
		}
		if (strlen(path) == start)
			break;
		/* somebody else has taken it away */
		if (err == -ENOENT)
			err = 0;
		/* up */
		if (!err)
			*strrchr(path, '/') = 0;
	}
	return err;
}

int remove_tree(const char *command, const char *root, bool to_end)
{
	/* without memory where it can be: it is how memory becomes free */
	int err = fs_unlink(root), status;
	char *path = NULL;

	if (err == -EISDIR) {
		path = kmalloc(PATH_MAX);
		err = path ? -ENAMETOOLONG : -ENOMEM;
		if (path && strlcpy(path, root, PATH_MAX) < PATH_MAX)
			err = remove_all(path, PATH_MAX, to_end);
	}
	status = file_status(command, path ? path : root, err);
	kfree(path);
	return status;
}
