/* SPDX-License-Identifier: MIT */
/*
 * Open files: made by file_open(), shared by references, read and written at a position. Of regular
 * files one lock, the inode's, is held for a call: it guards the contents, the size and the
 * positions of all who have the file open.
 */
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>

#include "vfs.h"

/* Whether the inode's lock makes one step of a call. */
static bool locks(const struct inode *inode)
{
	return S_ISREG(inode->mode);
}

/* --- Opening ---------------------------------------------------------------------------------- */

/* The last name is there, or is made. 1: a link's target is next. */
static int open_create(struct walk *w, int flags, u32 mode, bool *made)
{
	struct dentry *dir = w->path.dentry, *d;
	int err;

	if (w->kind != LAST_NAME || w->slash)
		return flags & O_EXCL && w->kind != LAST_NAME ? -EEXIST : -EISDIR;
	inode_lock(dir->inode);
	err = walk_positive(dir, &w->last, true, &d);
	if (!err && !d) {
		mode = S_IFREG | (mode & 07777 & ~fs_context()->mask);
		err = name_create(&w->path, &w->last, mode, 0, NULL, &d);
		*made = !err;
	}
	inode_unlock(dir->inode);
	if (err)
		return err;
	if (*made) {
		w->path.dentry = d;
		dentry_put(dir);
		return 0;
	}
	err = walk_take(w, d, !(flags & (O_EXCL | O_NOFOLLOW)));
	return !err && flags & O_EXCL ? -EEXIST : err;
}

static int find(struct walk *w, const char *path, int flags, u32 mode, bool *made)
{
	int err;

	if (!(flags & O_CREAT) && walk_fast(path, &w->path))
		return 0;
	err = walk_begin(w, path);
	if (err)
		return err;
	do {
		if (flags & O_CREAT)
			err = open_create(w, flags, mode, made);
		else
			err = walk_last(w, !(flags & O_NOFOLLOW));
	} while (err > 0);
	walk_end(w);
	if (err)
		path_put(&w->path);
	return err;
}

/* Whether what was found may be opened so. */
static int may_open(const struct path *path, int flags, u32 access)
{
	u32 mode = path->dentry->inode->mode;

	if (S_ISDIR(mode)) {
		if (flags & O_CREAT || access & FILE_WRITE)
			return -EISDIR;
		return 0;
	}
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if (S_ISLNK(mode))
		return -ELOOP;
	if (!path->dentry->inode->file_ops)
		return -ENXIO;
	if (path->mount->super.read_only && S_ISREG(mode) &&
	    (access & FILE_WRITE || flags & O_TRUNC))
		return -EROFS;
	return 0;
}

static const struct file_ops no_ops;

/* Makes @file, which is nothing yet, that of @path. */
static int open_path(struct file *file, const struct path *path, int flags)
{
	u32 access = (u32)(flags + 1) & (FILE_READ | FILE_WRITE);
	struct inode *inode = path->dentry->inode;
	int err = may_open(path, flags, access);

	if (err)
		return err;
	*file = (struct file){
		.refs = 1,
		.access = access,
		.flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC),
		.path = *path,
		.inode = inode,
		.ops = inode->file_ops ? inode->file_ops : &no_ops,
	};
	return file->ops->open ? file->ops->open(file) : 0;
}

int file_open(const char *path, int flags, u32 mode, struct file **result)
{
	struct file *file;
	bool made = false;
	struct walk w;
	int err;

	if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	/* first, so that nothing is made that cannot be opened then */
	file = kmalloc(sizeof(*file));
	if (!file)
		return -ENOMEM;
	err = find(&w, path, flags, mode, &made);
	if (err)
		goto out_free;
	/* a device's driver may answer with an error */
	err = open_path(file, &w.path, flags);
	if (err)
		goto out_put;
	*result = file;
	if (flags & O_TRUNC && !made && locks(file->inode)) {
		err = inode_truncate(file->inode, 0);
		if (err)
			file_put(file);
	}
	return err;
out_put:
	path_put(&w.path);
out_free:
	kfree(file);
	return err;
}

void file_get(struct file *file)
{
	atomic_add_relaxed(&file->refs, 1);
}

void file_put(struct file *file)
{
	if (atomic_add_acq_rel(&file->refs, -1U) > 1)
		return;
	if (file->ops->release)
		file->ops->release(file);
	path_put(&file->path);
	kfree(file);
}

/* --- Reading and writing ---------------------------------------------------------------------- */

static ssize_t may_transfer(const struct file *file, u32 access, const void *hook, size_t n)
{
	if (!(file->access & access))
		return -EBADF;
	if (S_ISDIR(file->inode->mode))
		return -EISDIR;
	if (!hook)
		return -EINVAL;
	return (ssize_t)n < 0 ? -EINVAL : 0;
}

/* At *@pos, which moves. The inode's lock is held where there is one. */
static ssize_t write_at(struct file *file, struct iov *iov, u64 *pos)
{
	struct inode *inode = file->inode;
	ssize_t n;

	if (!iov->left)
		return 0;
	if (locks(inode)) {
		if (file->flags & O_APPEND)
			*pos = inode->size;
		if (*pos >= FILE_SIZE_MAX)
			return -EFBIG;
		iov->left = MIN(iov->left, (size_t)(FILE_SIZE_MAX - *pos));
	}
	n = file->ops->write(file, iov, *pos);
	if (n > 0) {
		*pos += (u64)n;
		inode->modified = fs_time();
		inode->changed = inode->modified;
	}
	return n;
}

ssize_t file_read(struct file *file, void *buf, size_t n)
{
	struct iov iov = { buf, n };
	ssize_t done = may_transfer(file, FILE_READ, (const void *)file->ops->read, n);

	if (done)
		return done;
	if (!locks(file->inode)) {
		done = file->ops->read(file, &iov, file->pos);
		if (done > 0)
			file->pos += (u64)done;
		return done;
	}
	inode_lock(file->inode);
	done = file->ops->read(file, &iov, file->pos);
	if (done > 0)
		file->pos += (u64)done;
	inode_unlock(file->inode);
	return done;
}

ssize_t file_write(struct file *file, const void *buf, size_t n)
{
	struct iov iov = { (u8 *)(uintptr_t)buf, n };
	ssize_t done = may_transfer(file, FILE_WRITE, (const void *)file->ops->write, n);

	if (done)
		return done;
	if (!locks(file->inode))
		return write_at(file, &iov, &file->pos);
	inode_lock(file->inode);
	done = write_at(file, &iov, &file->pos);
	inode_unlock(file->inode);
	return done;
}

ssize_t file_pread(struct file *file, void *buf, size_t n, s64 pos)
{
	struct iov iov = { buf, n };
	ssize_t done;

	if (pos < 0)
		return -EINVAL;
	if (file->access & FILE_STREAM)
		return -ESPIPE;
	done = may_transfer(file, FILE_READ, (const void *)file->ops->read, n);
	if (done)
		return done;
	if (!locks(file->inode))
		return file->ops->read(file, &iov, (u64)pos);
	inode_lock(file->inode);
	done = file->ops->read(file, &iov, (u64)pos);
	inode_unlock(file->inode);
	return done;
}

ssize_t file_pwrite(struct file *file, const void *buf, size_t n, s64 pos)
{
	struct iov iov = { (u8 *)(uintptr_t)buf, n };
	u64 at = (u64)pos;
	ssize_t done;

	if (pos < 0)
		return -EINVAL;
	if (file->access & FILE_STREAM)
		return -ESPIPE;
	done = may_transfer(file, FILE_WRITE, (const void *)file->ops->write, n);
	if (done)
		return done;
	if (!locks(file->inode))
		return write_at(file, &iov, &at);
	inode_lock(file->inode);
	done = write_at(file, &iov, &at);
	inode_unlock(file->inode);
	return done;
}

/* --- The rest --------------------------------------------------------------------------------- */

static s64 seek_to(const struct file *file, s64 offset, int whence)
{
	s64 size = (s64)file->inode->size, pos = offset;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		if (__builtin_add_overflow((s64)file->pos, offset, &pos))
			return -EOVERFLOW;
		break;
	case SEEK_END:
		if (__builtin_add_overflow(size, offset, &pos))
			return -EOVERFLOW;
		break;
	case SEEK_DATA:		/* holes are not told apart: all is data up to the end */
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			pos = size;
		break;
	default:
		return -EINVAL;
	}
	return pos < 0 ? -EINVAL : pos;
}

s64 file_seek(struct file *file, s64 offset, int whence)
{
	s64 pos;

	if (file->access & FILE_STREAM)
		return -ESPIPE;
	inode_lock(file->inode);
	pos = seek_to(file, offset, whence);
	if (pos >= 0)
		file->pos = (u64)pos;
	inode_unlock(file->inode);
	return pos;
}

int inode_truncate(struct inode *inode, s64 size)
{
	int err = -EINVAL;

	if (size < 0 || !S_ISREG(inode->mode) || !inode->ops->truncate)
		return -EINVAL;
	inode_lock(inode);
	err = inode->ops->truncate(inode, (u64)size);
	if (!err) {
		inode->modified = fs_time();
		inode->changed = inode->modified;
	}
	inode_unlock(inode);
	return err;
}

int file_truncate(struct file *file, s64 size)
{
	return file->access & FILE_WRITE ? inode_truncate(file->inode, size) : -EINVAL;
}

int fs_truncate(const char *path, s64 size)
{
	struct path at;
	int err;

	if (size < 0)
		return -EINVAL;
	err = walk_path(path, true, &at);
	if (err)
		return err;
	if (S_ISDIR(at.dentry->inode->mode))
		err = -EISDIR;
	else if (!S_ISREG(at.dentry->inode->mode))
		err = -EINVAL;
	else if (at.mount->super.read_only)
		err = -EROFS;
	else
		err = inode_truncate(at.dentry->inode, size);
	path_put(&at);
	return err;
}

int file_stat(struct file *file, struct file_stat *stat)
{
	inode_stat(file->inode, stat);
	return 0;
}

int fs_stat(const char *path, bool follow, struct file_stat *stat)
{
	struct path at;
	int err = walk_path(path, follow, &at);

	if (err)
		return err;
	inode_stat(at.dentry->inode, stat);
	path_put(&at);
	return 0;
}

int fs_chmod(const char *path, u32 mode)
{
	struct inode *inode;
	struct path at;
	int err = walk_path(path, true, &at);

	if (err)
		return err;
	inode = at.dentry->inode;
	err = at.mount->super.read_only ? -EROFS : 0;
	if (!err) {
		inode_lock(inode);
		inode->mode = (inode->mode & S_IFMT) | (mode & 07777);
		inode->changed = fs_time();
		inode_unlock(inode);
	}
	path_put(&at);
	return err;
}

ssize_t fs_readlink(const char *path, char *buf, size_t size)
{
	struct inode *inode;
	struct path at;
	ssize_t n;
	int err;

	if (!size)
		return -EINVAL;
	err = walk_path(path, false, &at);
	if (err)
		return err;
	inode = at.dentry->inode;
	n = -EINVAL;
	if (S_ISLNK(inode->mode)) {
		n = (ssize_t)MIN(strlen(inode->link), size);
		memcpy(buf, inode->link, (size_t)n);
	}
	path_put(&at);
	return n;
}

int file_sync(struct file *file)
{
	return file->ops->sync ? file->ops->sync(file) : 0;
}
