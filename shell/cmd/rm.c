/* SPDX-License-Identifier: MIT */
/*
 * rm: removes names of files; with -r directories and all that is in them. What is called . or ..
 * is refused, as POSIX wants it: "rm -r .*" would empty the directory above.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"
#include "remove.h"

enum { ALL, FORCE, PATHS };

static const struct argument rm_arguments[] = {
	[ALL] = { .letter = 'r', .type = ARGUMENT_FLAG, .help = "directories and what is in them" },
	[FORCE] = { .letter = 'f', .type = ARGUMENT_FLAG, .help = "what is not there is no error" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

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
			status |= remove_tree("rm", path, false);
		else if (!force || (err != -ENOENT && err != -ENOTDIR))
			status |= file_status("rm", path, err);
	}
	return shell_stopped() ? STATUS_STOPPED : status;
}

static const struct command rm_command = {
	.name = "rm", .help = "remove files", .parsed = rm, ARGUMENTS(rm_arguments),
};
COMMAND(rm_command);
