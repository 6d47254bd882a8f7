/* SPDX-License-Identifier: MIT */
/* cp: copies a file. */
#include <fs/fs.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

#define PIECE	(64UL << 10)

static const struct argument cp_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT },
	{ .name = "NEW", .type = ARGUMENT_TEXT },
};

static int copy(struct file *from, struct file *to)
{
	char *buffer = kmalloc(PIECE);
	ssize_t n = buffer ? 1 : -ENOMEM;

	while (n > 0 && !shell_stopped()) {
		ssize_t done = 0, wrote = 1;

		n = file_read(from, buffer, PIECE);
		while (done < n && wrote > 0) {
			wrote = file_write(to, buffer + done, (size_t)(n - done));
			done += wrote > 0 ? wrote : 0;
		}
		if (wrote <= 0)
			n = wrote ? wrote : -EIO;
	}
	kfree(buffer);
	return n < 0 ? (int)n : shell_stopped() ? -EINTR : 0;
}

static int cp(const struct arguments *a)
{
	const char *path = a->value[0].text, *new_path = a->value[1].text;
	struct file_stat stat, there;
	struct file *from, *to;
	int err = file_open(path, O_RDONLY, 0, &from);

	if (err)
		return file_status("cp", path, err);
	err = file_stat(from, &stat);
	if (!err && S_ISDIR(stat.mode))
		err = -EISDIR;
	/* to itself would empty it first */
	if (!err && !fs_stat(new_path, true, &there) && there.device == stat.device &&
	    there.inode == stat.inode)
		err = -EEXIST;
	if (err) {
		file_put(from);
		return file_status("cp", path, err);
	}
	err = file_open(new_path, O_WRONLY | O_CREAT | O_TRUNC, stat.mode & 0777, &to);
	if (!err) {
		err = copy(from, to);
		file_put(to);
	}
	file_put(from);
	return file_status("cp", new_path, err);
}

static const struct command cp_command = {
	.name = "cp", .help = "copy a file", .parsed = cp, ARGUMENTS(cp_arguments),
};
COMMAND(cp_command);
