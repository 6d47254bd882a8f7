/* SPDX-License-Identifier: MIT */
/* What programs ask of open files, and the kernel's own commands only of paths. */
#include <lib/string.h>
#include <mm/page.h>

#include "vfs.h"

int file_allocate(struct file *file, s64 pos, s64 n)
{
	struct inode *inode = file->inode;
	s64 end;
	int err;

	if (pos < 0 || n <= 0)
		return -EINVAL;
	if (!(file->access & FILE_WRITE))
		return -EBADF;
	if (!S_ISREG(inode->mode))
		return S_ISFIFO(inode->mode) ? -ESPIPE : -ENODEV;
	if (__builtin_add_overflow(pos, n, &end))
		return -EFBIG;
	if (!inode->ops->allocate)
		return -EOPNOTSUPP;
	inode_lock(inode);
	err = inode->ops->allocate(inode, (u64)pos, (u64)end);
	if (!err) {
		inode->changed = time_real();
		inode->modified = inode->changed;
	}
	inode_unlock(inode);
	return err;
}

/* --- Where paths begin ------------------------------------------------------------------------ */

void fs_at_begin(struct fs_at *at, const struct file *dir, const struct file *second)
{
	struct thread *t = arch_current();
	const struct fs_context *now = fs_context();
	struct fs_context *c = &at->context;
	unsigned long state = tree_lock();

	*c = *now;
	if (dir)
		c->cwd = dir->path;
	if (second)
		c->second = second->path;
	else if (dir)
		c->second = now->cwd;
	path_get(&c->root);
	path_get(&c->cwd);
	if (c->second.dentry)
		path_get(&c->second);
	tree_unlock(state);
	at->before = t->fs;
	t->fs = c;
}

void fs_at_end(struct fs_at *at)
{
	struct fs_context *c = &at->context;

	arch_current()->fs = at->before;
	path_put(&c->root);
	path_put(&c->cwd);
	if (c->second.dentry)
		path_put(&c->second);
}

void walk_second(void)
{
	struct fs_context *c = fs_context();
	struct path first = c->cwd;

	/* only one of fs_at_begin() has it, which nobody else sees */
	if (!c->second.dentry)
		return;
	c->cwd = c->second;
	c->second = first;
}

/* The calling thread's root or current directory is @to, whose references it takes, from now on. */
static void go(struct path *what, const struct path *to)
{
	unsigned long state = tree_lock();
	struct path old = *what;

	*what = *to;
	tree_unlock(state);
	path_put(&old);
}

int file_chdir(struct file *file)
{
	int err = S_ISDIR(file->inode->mode) ? permit(file->inode, MAY_EXEC) : -ENOTDIR;

	if (err)
		return err;
	path_get(&file->path);
	go(&fs_context()->cwd, &file->path);
	return 0;
}

int fs_chroot(const char *path, bool may)
{
	struct path to;
	int err = walk_path(path, true, &to);

	if (err)
		return err;
	err = S_ISDIR(to.dentry->inode->mode) ? permit(to.dentry->inode, MAY_EXEC) : -ENOTDIR;
	if (!err && !may)
		err = -EPERM;
	if (err)
		path_put(&to);
	else
		go(&fs_context()->root, &to);
	return err;
}

/* --- What holds the file ---------------------------------------------------------------------- */

void file_statfs(struct file *file, struct fs_statfs *stat)
{
	if (file->path.mount)
		mount_stat(file->path.mount, stat);
	else
		*stat = (struct fs_statfs){
			.type = S_ISFIFO(file->inode->mode) ? "pipefs" : "ramfs",
			.device = file->inode->super->device, .block_size = PAGE_SIZE,
		};
}
