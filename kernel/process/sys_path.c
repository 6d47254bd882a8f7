/* SPDX-License-Identifier: MIT */
/* Calls that name directories and files: making, removing, listing, going there. */
#include <fs/inode.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* --- Making and removing ---------------------------------------------------------------------- */

static long do_mkdir(const char *path, void *arg)
{
	return fs_mkdir(path, *(const u32 *)arg);
}

long sys_mkdirat(int fd, uaddr_t path, unsigned long mode)
{
	u32 m = (u32)mode & 01777;

	return path_act(fd, path, do_mkdir, &m);
}

static long do_unlink(const char *path, void *arg)
{
	return *(const unsigned long *)arg & AT_REMOVEDIR ? fs_rmdir(path) : fs_unlink(path);
}

long sys_unlinkat(int fd, uaddr_t path, unsigned long flags)
{
	if (flags & ~(unsigned long)AT_REMOVEDIR)
		return -EINVAL;
	return path_act_inline(fd, path, do_unlink, &flags);
}

static long do_chdir(const char *path, void *arg __unused)
{
	return fs_chdir(path);
}

long sys_chdir(uaddr_t path)
{
	return path_act(AT_FDCWD, path, do_chdir, NULL);
}

long sys_fchdir(int fd)
{
	struct file *file = files_get_any(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = file_chdir(file);
	file_put(file);
	return err;
}

/* What stands before a directory that no path leads to, since it is not below the root. */
#define UNREACHABLE	"(unreachable)"
#define UNREACHABLE_SIZE	(sizeof(UNREACHABLE) - 1)

long sys_getcwd(uaddr_t buf, unsigned long size)
{
	char *text = kmalloc(UNREACHABLE_SIZE + PATH_MAX);
	ssize_t n = text ? fs_getcwd(text, PATH_MAX) : -ENOMEM;

	if (n >= 0 && !fs_cwd_is_below_root()) {
		memmove(text + UNREACHABLE_SIZE, text, (size_t)n);
		memcpy(text, UNREACHABLE, UNREACHABLE_SIZE);
		n += (ssize_t)UNREACHABLE_SIZE;
		if (n > PATH_MAX)
			n = -ENAMETOOLONG;
	}

	if (n == -ERANGE)
		n = -ENAMETOOLONG;
	else if (n >= 0 && (size_t)n > size)
		n = -ERANGE;
	if (n >= 0 && copy_to_user(buf, text, (size_t)n))
		n = -EFAULT;
	kfree(text);
	return n;
}

static long do_truncate(const char *path, void *arg)
{
	return fs_truncate(path, *(const long *)arg);
}

long sys_truncate(uaddr_t path, long size)
{
	return size < 0 ? -EINVAL : path_act(AT_FDCWD, path, do_truncate, &size);
}

/* In the kernel first: what holds the text may go while it is copied to the program. */
struct link_text {
	char *text;
	size_t size;
};

static long readlink_path(const char *path, void *arg)
{
	const struct link_text *t = arg;

	return fs_readlink(path, t->text, t->size);
}

static long readlink_file(struct file *file, void *arg)
{
	const struct link_text *t = arg;

	return file_readlink(file, t->text, t->size);
}

long sys_readlinkat(int fd, uaddr_t path, uaddr_t buf, unsigned long size)
{
	struct link_text t = { .size = MIN(size, (unsigned long)PATH_MAX) };
	long n;

	if ((int)size <= 0)
		return -EINVAL;
	t.text = kmalloc(t.size);
	if (!t.text)
		return -ENOMEM;
	n = path_act_empty(fd, path, fd == AT_FDCWD ? 0 : AT_EMPTY_PATH, readlink_path,
			   readlink_file, &t);
	if (n >= 0 && copy_to_user(buf, t.text, (size_t)n))
		n = -EFAULT;
	kfree(t.text);
	return n;
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
