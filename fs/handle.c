/* SPDX-License-Identifier: MIT */
/* What programs ask of open files, and the kernel's own commands only of paths. */
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "permission.h"

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
	err = (u64)end > inode->size ? file_limit_size((u64)end) : 0;
	if (!err && (u64)end > inode->size)
		err = seals_size(inode, (u64)end);
	if (!err)
		err = inode->ops->allocate(inode, (u64)pos, (u64)end);
	if (!err) {
		inode->changed = time_real();
		inode->modified = inode->changed;
	}
	inode_unlock(inode);
	return err;
}

/* --- Where paths begin ------------------------------------------------------------------------ */

/* What @at's paths begin at, without references. */
static inline void set_context(struct fs_at *at, const struct fs_context *now,
			       const struct file *dir, const struct file *second)
{
	struct fs_context *c = &at->context;

	*c = *now;
	if (dir)
		c->cwd = dir->path;
	if (second)
		c->second = second->path;
	else if (dir)
		c->second = now->cwd;
}

static __noinline void set_shared_context(struct fs_at *at, const struct fs_context *now,
					  const struct file *dir, const struct file *second)
{
	unsigned long state = tree_lock();

	set_context(at, now, dir, second);
	path_get(&at->context.root);
	path_get(&at->context.cwd);
	if (at->context.second.dentry)
		path_get(&at->context.second);
	tree_unlock(state);
}

void fs_at_begin(struct fs_at *at, const struct file *dir, const struct file *second)
{
	struct thread *t = arch_current();
	const struct fs_context *now = fs_context();

	/* the caller holds the files; of a context of his own the rest stays as it is too */
	at->shared = atomic_load_relaxed(&now->refs) > 1;
	if (unlikely(at->shared))
		set_shared_context(at, now, dir, second);
	else
		set_context(at, now, dir, second);
	at->before = t->fs;
	t->fs = &at->context;
}

void fs_at_end(struct fs_at *at)
{
	struct fs_context *c = &at->context;

	arch_current()->fs = at->before;
	if (likely(!at->shared))
		return;
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

/* --- What it is, and what holds it ------------------------------------------------------------ */

ssize_t file_readlink(struct file *file, char *buf, size_t size)
{
	const struct inode *inode = file->inode;
	size_t n;

	if (!S_ISLNK(inode->mode))
		return -ENOENT;
	n = MIN(strlen(inode->link), size);
	memcpy(buf, inode->link, n);
	return (ssize_t)n;
}

void file_statfs(struct file *file, struct fs_statfs *stat)
{
	mount_stat(file->path.mount ? file->path.mount : anon_mount(file->inode), stat);
}

/* --- Files that are opened otherwise ---------------------------------------------------------- */

static const struct file_ops no_ops;

/* @file, which is nothing yet, becomes that of @path, whose references it takes. */
static void fill(struct file *file, const struct path *path, int flags, u32 access)
{
	*file = (struct file){
		.refs = 1, .access = access, .flags = flags, .path = *path,
		.inode = path->dentry->inode, .ops = &no_ops,
	};
}

int file_open_path(const char *path, int flags, struct file **result)
{
	struct file *file = kmalloc(sizeof(*file));
	struct path at;
	int err = file ? walk_path(path, !(flags & O_NOFOLLOW), &at) : -ENOMEM;

	if (err)
		goto out_free;
	err = -ENOTDIR;
	if (flags & O_DIRECTORY && !S_ISDIR(at.dentry->inode->mode))
		goto out_put;
	fill(file, &at, O_PATH | (flags & (O_DIRECTORY | O_NOFOLLOW)), FILE_PATH | FILE_STREAM);
	*result = file;
	return 0;
out_put:
	path_put(&at);
out_free:
	kfree(file);
	return err;
}

int file_open_program(const struct file *from, struct file **result)
{
	struct file *file = kmalloc(sizeof(*file));
	struct path at;
	int err = file ? file_path(from, &at) : -ENOMEM;

	if (err)
		goto out_free;
	err = permit_open(at.mount, from->inode, FILE_OPEN_EXEC, 0);
	if (err)
		goto out_put;
	fill(file, &at, O_RDONLY, FILE_READ);
	file->ops = from->inode->file_ops;
	err = writers_open(file, FILE_OPEN_EXEC);
	if (err)
		goto out_put;
	*result = file;
	return 0;
out_put:
	path_put(&at);
out_free:
	kfree(file);
	return err;
}

/* Whether a file without a name can be made in @dir. */
static int may_make_unnamed(const struct path *dir)
{
	const struct inode *inode = dir->dentry->inode;
	int err;

	if (!S_ISDIR(inode->mode))
		return -ENOTDIR;
	if (dir->mount->super.read_only)
		return -EROFS;
	err = permit(inode, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	/* where names are kept elsewhere too, the filesystem would have to know of it */
	return !inode->ops->create || inode->ops->lookup ? -EOPNOTSUPP : 0;
}

/* Makes one, in the place of the directory @at, which is given back. */
static int make_unnamed(struct path *at, int flags, u32 mode)
{
	static const struct fs_name name = { "(unnamed)", 9, 0 };
	struct inode *dir = at->dentry->inode, *inode;
	struct dentry *d;
	int err = dir->ops->create(dir, &name, S_IFREG | (mode & 07777 & ~fs_context()->mask), 0,
				   NULL, &inode);

	if (err)
		return err;
	permit_own(dir, inode);
	inode->links = 0;
	inode->unnamed = !(flags & O_EXCL);
	d = dentry_alloc(&name, inode);
	if (!d) {
		inode_put(inode);
		return -ENOMEM;
	}
	dentry_put(at->dentry);
	at->dentry = d;
	return 0;
}

int file_open_unnamed(const char *path, int flags, u32 mode, struct file **result)
{
	u32 access = (u32)(flags + 1) & (FILE_READ | FILE_WRITE);
	struct file *file;
	struct path at;
	int err;

	if (!(access & FILE_WRITE) || flags & O_CREAT)
		return -EINVAL;
	file = kmalloc(sizeof(*file));
	err = file ? walk_path(path, !(flags & O_NOFOLLOW), &at) : -ENOMEM;
	if (err)
		goto out_free;
	err = may_make_unnamed(&at);
	if (!err)
		err = make_unnamed(&at, flags, mode);
	if (err)
		goto out_put;
	fill(file, &at, flags & ~(O_EXCL | O_NOCTTY | O_TRUNC), access);
	file->ops = file->inode->file_ops;
	*result = file;
	return 0;
out_put:
	path_put(&at);
out_free:
	kfree(file);
	return err;
}
