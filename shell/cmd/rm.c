/* SPDX-License-Identifier: MIT */
/*
 * rm: removes names of files; with -r directories and all that is in them. What is called . or ..
 * is refused, as POSIX wants it: "rm -r .*" would empty the directory above.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

#define NAME_BYTES	256

enum { ALL, FORCE, PATHS };

static const struct argument rm_arguments[] = {
	[ALL] = { .letter = 'r', .type = ARGUMENT_FLAG, .help = "directories and what is in them" },
	[FORCE] = { .letter = 'f', .type = ARGUMENT_FLAG, .help = "what is not there is no error" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

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

/* Whatever it is called there: nobody means that. */
static bool is_root(const char *path)
{
	struct file_stat stat, root;

	return !fs_stat(path, false, &stat) && !fs_stat("/", false, &root) &&
	       stat.device == root.device && stat.inode == root.inode;
}

/* Is the last part of @path . or ..? */
static bool is_dots(const char *path)
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	return end - start && end - start <= 2 && path[start] == '.' && path[end - 1] == '.';
}

/* Removes @path, a buffer of @size bytes in which longer paths are made, and what is in it. */
static int remove_all(char *path, size_t size)
{
	size_t start = strlen(path), len = start;
	char name[NAME_BYTES];
	int err = 0;

	while (!err && !shell_stopped()) {
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

/* As remove_all(), of a path that stays as it is: the status. */
static int remove_tree(const char *root)
{
	char *path = kmalloc(PATH_MAX);
	int err = path ? -ENAMETOOLONG : -ENOMEM, status;

	if (path && strlcpy(path, root, PATH_MAX) < PATH_MAX)
		err = remove_all(path, PATH_MAX);
	status = file_status("rm", path ? path : root, err);
	kfree(path);
	return status;
}

static int rm(const struct arguments *a)
{
	bool all = a->given & 1U << ALL, force = a->given & 1U << FORCE;
	int status = STATUS_OK;

	for (int i = 0; i < a->count && !shell_stopped(); i++) {
		const char *path = a->words[i];
		int err;

		if (is_dots(path)) {
			print("rm: refusing to remove '.' or '..' directory: skipping '%s'\n",
			      path);
			status |= STATUS_FAIL;
			continue;
		}
		/* without memory where it can be: it is how memory becomes free */
		err = all && is_root(path) ? -EBUSY : fs_unlink(path);
		if (all && err == -EISDIR)
			status |= remove_tree(path);
		else if (!force || (err != -ENOENT && err != -ENOTDIR))
			status |= file_status("rm", path, err);
	}
	return shell_stopped() ? STATUS_STOPPED : status;
}

static const struct command rm_command = {
	.name = "rm", .help = "remove files", .parsed = rm, ARGUMENTS(rm_arguments),
};
COMMAND(rm_command);
