/* SPDX-License-Identifier: MIT */
/* Paths that programs give, and the folders where they begin. */
#include <fs/inode.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

int path_get_user(struct user_path *path, uaddr_t from)
{
	ssize_t n = copy_string_from_user(path->local, from, sizeof(path->local));

	path->more = NULL;
	path->text = path->local;
	if (likely(n != -ENAMETOOLONG))
		return n < 0 ? (int)n : 0;
	path->more = kmalloc(PATH_MAX);
	if (!path->more)
		return -ENOMEM;
	path->text = path->more;
	n = copy_string_from_user(path->more, from, PATH_MAX);
	return n < 0 ? (int)n : 0;
}

/* The folder that @fd has open, with a reference, where @path begins at it; NULL: it does not. */
static int at_file(int fd, const char *path, struct file **file)
{
	*file = NULL;
	if (likely(fd == AT_FDCWD || *path == '/'))
		return 0;
	*file = files_get_any(files_here(), fd);
	if (!*file)
		return -EBADF;
	if (S_ISDIR((*file)->inode->mode))
		return 0;
	file_put(*file);
	*file = NULL;
	return -ENOTDIR;
}

int at_begin_slow(struct at *at, int fd, const char *path, int second_fd,
		  const char *second_path)
{
	int err = at_file(fd, path, &at->file);

	at->second = NULL;
	at->on = true;
	at->inside = false;
	if (!err && second_fd != AT_FDCWD)
		err = at_file(second_fd, second_path, &at->second);
	if (err || (!at->file && !at->second))
		return err;
	at->inside = true;
	fs_at_begin(&at->fs, at->file, at->second);
	return 0;
}

void at_end_slow(struct at *at)
{
	if (at->inside)
		fs_at_end(&at->fs);
	if (at->file)
		file_put(at->file);
	if (at->second)
		file_put(at->second);
}

long path_act(int fd, uaddr_t from, path_fn *act, void *arg)
{
	return path_act_inline(fd, from, act, arg);
}

long path_act_empty(int fd, uaddr_t from, unsigned long flags, path_fn *act, file_fn *act_file,
		    void *arg)
{
	struct file *file;
	char first;
	long result;

	if (!(flags & AT_EMPTY_PATH))
		return path_act(fd, from, act, arg);
	if (copy_from_user(&first, from, 1))
		return -EFAULT;
	if (first)
		return path_act(fd, from, act, arg);
	if (fd == AT_FDCWD)
		return act(".", arg);
	file = files_get_any(files_here(), fd);
	if (!file)
		return -EBADF;
	result = act_file(file, arg);
	file_put(file);
	return result;
}
