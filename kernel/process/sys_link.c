/* SPDX-License-Identifier: MIT */
/* Calls that give files names: nodes, links, and other names for what has one. */
#include <fs/inode.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* Whether the caller may do what only user 0 may, by the ids that count for files. */
static bool is_root(void)
{
	return !process_current()->cred.fsuid;
}

struct node_request {
	u32 mode;
	u32 device;
};

static long make_node(const char *path, void *arg)
{
	const struct node_request *r = arg;

	return fs_mknod(path, r->mode, r->device);
}

long sys_mknodat(int fd, uaddr_t path, unsigned long mode, unsigned int device)
{
	struct node_request r = { (u32)mode, device };

	if ((S_ISCHR(r.mode) || S_ISBLK(r.mode)) && !is_root())
		return -EPERM;
	return path_act(fd, path, make_node, &r);
}

/* Both paths of a call. */
struct two_paths {
	struct user_path first, second;
};

/* 0 and the paths; whatever it returns, drop_paths() is due. */
static long get_paths(struct two_paths *p, uaddr_t first, uaddr_t second)
{
	long err = path_get_user(&p->first, first);

	p->second.more = NULL;
	return err ? err : path_get_user(&p->second, second);
}

static void drop_paths(struct two_paths *p)
{
	path_done(&p->first);
	path_done(&p->second);
}

long sys_symlinkat(uaddr_t target, int fd, uaddr_t path)
{
	struct two_paths p;
	struct at at;
	long err = get_paths(&p, target, path);

	if (!err) {
		err = at_begin(&at, fd, p.second.text);
		if (!err)
			err = fs_symlink(p.first.text, p.second.text);
		at_end(&at);
	}
	drop_paths(&p);
	return err;
}

/* The file that @fd has open gets a name: for those who may read everything, as Linux has it. */
static long link_descriptor(int fd, int new_fd, const char *path)
{
	struct file *file = files_get_any(files_here(), fd);
	struct at at;
	long err;

	if (!file)
		return -EBADF;
	err = process_current()->cred.euid ? -ENOENT : 0;
	if (!err) {
		err = at_begin(&at, new_fd, path);
		if (!err)
			err = file_link(file, path);
		at_end(&at);
	}
	file_put(file);
	return err;
}

long sys_linkat(int fd, uaddr_t path, int new_fd, uaddr_t new_path, unsigned long flags)
{
	struct two_paths p;
	struct at at;
	long err;

	if (flags & ~(unsigned long)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = get_paths(&p, path, new_path);
	if (!err && flags & AT_EMPTY_PATH && !*p.first.text && fd != AT_FDCWD) {
		err = link_descriptor(fd, new_fd, p.second.text);
	} else if (!err) {
		err = at_begin_two(&at, fd, p.first.text, new_fd, p.second.text);
		if (!err)
			err = fs_link(p.first.text, flags & AT_SYMLINK_FOLLOW, p.second.text);
		at_end(&at);
	}
	drop_paths(&p);
	return err;
}

long sys_renameat2(int fd, uaddr_t path, int new_fd, uaddr_t new_path, unsigned long flags)
{
	struct two_paths p;
	struct at at;
	long err;

	if (flags & ~(unsigned long)(RENAME_NOREPLACE | RENAME_EXCHANGE) ||
	    flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	err = get_paths(&p, path, new_path);
	if (!err) {
		err = at_begin_two(&at, fd, p.first.text, new_fd, p.second.text);
		if (!err)
			err = fs_rename(p.first.text, p.second.text, (unsigned int)flags);
		at_end(&at);
	}
	drop_paths(&p);
	return err;
}

long sys_renameat(int fd, uaddr_t path, int new_fd, uaddr_t new_path)
{
	return sys_renameat2(fd, path, new_fd, new_path, 0);
}
