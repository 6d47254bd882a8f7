/* SPDX-License-Identifier: MIT */
/* Calls that name files: opening, making, removing, asking. */
#include <fs/inode.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* Calls act(path, arg) with the program's path, which begins at @fd. */
static long with_path(int fd, uaddr_t from, long (*act)(const char *path, const void *arg),
		      const void *arg)
{
	struct user_path path;
	struct at at;
	long result = path_get_user(&path, from);

	if (!result) {
		result = at_begin(&at, fd, path.text);
		if (!result)
			result = act(path.text, arg);
		at_end(&at);
	}
	path_done(&path);
	return result;
}

/* --- Opening ---------------------------------------------------------------------------------- */

long sys_openat(int fd, uaddr_t from, unsigned long flags, unsigned long mode)
{
	struct files *files = files_here();
	struct user_path path;
	struct file *file;
	struct at at;
	int result = path_get_user(&path, from);

	if (!result) {
		result = at_begin(&at, fd, path.text);
		if (!result)
			result = file_open(path.text, (int)flags & ~O_CLOEXEC, (u32)mode, &file);
		at_end(&at);
	}
	path_done(&path);
	if (result)
		return result;
	result = files_add(files, file, 0, flags & O_CLOEXEC);
	if (result < 0)
		file_put(file);
	return result;
}

/* --- Making and removing ---------------------------------------------------------------------- */

static long do_mkdir(const char *path, const void *arg)
{
	return fs_mkdir(path, *(const u32 *)arg);
}

long sys_mkdirat(int fd, uaddr_t path, unsigned long mode)
{
	u32 m = (u32)mode & 01777;

	return with_path(fd, path, do_mkdir, &m);
}

static long do_unlink(const char *path, const void *arg)
{
	return *(const unsigned long *)arg & AT_REMOVEDIR ? fs_rmdir(path) : fs_unlink(path);
}

long sys_unlinkat(int fd, uaddr_t path, unsigned long flags)
{
	if (flags & ~(unsigned long)AT_REMOVEDIR)
		return -EINVAL;
	return with_path(fd, path, do_unlink, &flags);
}

static long do_chdir(const char *path, const void *arg __unused)
{
	return fs_chdir(path);
}

long sys_chdir(uaddr_t path)
{
	return with_path(AT_FDCWD, path, do_chdir, NULL);
}

long sys_getcwd(uaddr_t buf, unsigned long size)
{
	char *text = kmalloc(PATH_MAX);
	ssize_t n = text ? fs_getcwd(text, MIN(size, (unsigned long)PATH_MAX)) : -ENOMEM;

	if (n >= 0 && copy_to_user(buf, text, (size_t)n))
		n = -EFAULT;
	kfree(text);
	return n;
}

static long do_truncate(const char *path, const void *arg)
{
	return fs_truncate(path, *(const long *)arg);
}

long sys_truncate(uaddr_t path, long size)
{
	return size < 0 ? -EINVAL : with_path(AT_FDCWD, path, do_truncate, &size);
}

struct link_buffer {
	uaddr_t buf;
	size_t size;
};

static long do_readlink(const char *path, const void *arg)
{
	const struct link_buffer *b = arg;
	char *text = kmalloc(PATH_MAX);
	ssize_t n = text ? fs_readlink(path, text, MIN(b->size, (size_t)PATH_MAX)) : -ENOMEM;

	if (n >= 0 && copy_to_user(b->buf, text, (size_t)n))
		n = -EFAULT;
	kfree(text);
	return n;
}

long sys_readlinkat(int fd, uaddr_t path, uaddr_t buf, unsigned long size)
{
	const struct link_buffer b = { buf, size };

	if ((int)size <= 0)
		return -EINVAL;
	return with_path(fd, path, do_readlink, &b);
}

/* --- Asking ----------------------------------------------------------------------------------- */

static inline void put_time(struct abi_timespec *to, u64 ns)
{
	to->sec = (s64)(ns / NS_PER_SEC);
	to->nsec = (s64)(ns % NS_PER_SEC);
}

/* One by one: clearing all of it first takes twice as long. */
static long put_stat(const struct file_stat *s, uaddr_t to)
{
	struct abi_stat stat;

	stat.dev = s->device;
	stat.ino = s->inode;
	stat.mode = s->mode;
	stat.nlink = s->links;
	stat.uid = s->uid;
	stat.gid = s->gid;
	stat.rdev = s->node;
	stat.pad1 = 0;
	stat.size = (s64)s->size;
	stat.blksize = (s32)s->block_size;
	stat.pad2 = 0;
	stat.blocks = (s64)s->blocks;
	put_time(&stat.atime, s->accessed);
	put_time(&stat.mtime, s->modified);
	put_time(&stat.ctime, s->changed);
	stat.unused[0] = stat.unused[1] = 0;
	return copy_to_user(to, &stat, sizeof(stat));
}

long sys_fstat(int fd, uaddr_t to)
{
	struct file *file = files_get(files_here(), fd);
	struct file_stat stat;

	if (!file)
		return -EBADF;
	file_stat(file, &stat);
	file_put(file);
	return put_stat(&stat, to);
}

struct stat_request {
	bool follow;
	struct file_stat stat;
};

static long do_stat(const char *path, const void *arg)
{
	struct stat_request *r = (struct stat_request *)(uintptr_t)arg;

	return fs_stat(path, r->follow, &r->stat);
}

#define STAT_FLAGS	(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT)

long sys_newfstatat(int fd, uaddr_t path, uaddr_t to, unsigned long flags)
{
	struct stat_request r;
	char first;
	long err;

	r.follow = !(flags & AT_SYMLINK_NOFOLLOW);
	if (flags & ~(unsigned long)STAT_FLAGS)
		return -EINVAL;
	if (flags & AT_EMPTY_PATH && fd != AT_FDCWD && !copy_from_user(&first, path, 1) && !first)
		return sys_fstat(fd, to);
	err = with_path(fd, path, do_stat, &r);
	return err ? err : put_stat(&r.stat, to);
}

struct listing {
	uaddr_t at;
	size_t left;
	int error;
	bool any;
};

static int put_entry(void *arg, const struct dir_entry *e)
{
	struct listing *l = arg;
	size_t size = ALIGN_UP(sizeof(struct abi_dirent) + e->length + 1 - 5, 8UL);
	struct abi_dirent d = {
		.ino = e->inode, .off = (s64)e->next, .reclen = (u16)size, .type = e->type,
	};

	if (size > l->left) {
		l->error = l->any ? 0 : -EINVAL;
		return 1;
	}
	if (copy_to_user(l->at, &d, offsetof(struct abi_dirent, name)) ||
	    copy_to_user(l->at + offsetof(struct abi_dirent, name), e->name, e->length + 1)) {
		l->error = -EFAULT;
		return 1;
	}
	l->at += size;
	l->left -= size;
	l->any = true;
	return 0;
}

long sys_getdents64(int fd, uaddr_t buf, unsigned int size)
{
	struct file *file = files_get(files_here(), fd);
	struct listing l = { .at = buf, .left = size };
	int err;

	if (!file)
		return -EBADF;
	err = S_ISDIR(file->inode->mode) ? file_readdir(file, put_entry, &l) : -ENOTDIR;
	file_put(file);
	if (err < 0)
		return err;
	return l.any ? (long)(size - l.left) : l.error;
}
