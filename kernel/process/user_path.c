/* SPDX-License-Identifier: MIT */
/* Paths that programs give, and the folders where they begin. */
#include <arch/cpu.h>
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

void path_done(struct user_path *path)
{
	if (unlikely(path->more))
		kfree(path->more);
}

int at_begin(struct at *at, int fd, const char *path)
{
	struct thread *t = arch_current();

	at->file = NULL;
	if (likely(fd == AT_FDCWD || *path == '/'))
		return 0;
	at->file = files_get(process_current()->files, fd);
	if (!at->file)
		return -EBADF;
	if (!S_ISDIR(at->file->inode->mode)) {
		file_put(at->file);
		at->file = NULL;
		return -ENOTDIR;
	}
	/* nobody else sees it, so what it refers to is held by the file and by the first context */
	at->before = t->fs;
	at->context = *at->before;
	at->context.cwd = at->file->path;
	t->fs = &at->context;
	return 0;
}

void at_end(struct at *at)
{
	if (likely(!at->file))
		return;
	arch_current()->fs = at->before;
	file_put(at->file);
}
