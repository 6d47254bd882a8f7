/* SPDX-License-Identifier: MIT */
/*
 * Open files: made by file_open(), shared by references, read and written at a position. Of regular
 * files one lock, the inode's, is held for a call: it guards the contents, the size and the
 * positions of all who have the file open.
 */
#include <fs/device.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>
#ifdef CONFIG_PROCESS
#include <mm/space.h>
#endif

#include "permission.h"

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
	fs_lock_inline(&dir->inode->lock);
	err = walk_positive(dir, &w->last, true, &d);
	if (!err && !d) {
		mode = S_IFREG | (mode & 07777 & ~fs_context()->mask);
		err = name_create(&w->path, &w->last, mode, 0, NULL, &d);
		*made = !err;
	}
	mutex_unlock(&dir->inode->lock);
	if (err)
		return err;
	if (*made) {
		w->path.dentry = d;
		dentry_put_inline(dir);
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
	const struct inode *inode = path->dentry->inode;
	u32 mode = inode->mode;

	if (S_ISDIR(mode)) {
		if (flags & O_CREAT || access & FILE_WRITE)
			return -EISDIR;
		return permit_open(path->mount, inode, flags, access);
	}
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if (S_ISLNK(mode))
		return -ELOOP;
	if (path->mount->super.read_only && S_ISREG(mode) &&
	    (access & FILE_WRITE || flags & O_TRUNC))
		return -EROFS;
	return permit_open(path->mount, inode, flags, access);
}

static const struct file_ops no_ops;

/* What the file does, or NULL: nobody knows the device. */
static const struct file_ops *ops_of(const struct inode *inode)
{
	if (likely(inode->file_ops))
		return inode->file_ops;
	if (S_ISDIR(inode->mode))
		return &no_ops;
	if (IS_ENABLED(CONFIG_FS_DEVFS) && (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)))
		return device_ops(inode->mode, inode->device);
#ifdef CONFIG_PROCESS
	if (S_ISFIFO(inode->mode))
		return &fifo_file_ops;
#endif
	return NULL;
}

/* Makes @file, which is nothing yet, that of @path. */
static int open_path(struct file *file, const struct path *path, int flags, bool made)
{
	u32 access = (u32)(flags + 1) & (FILE_READ | FILE_WRITE);
	struct inode *inode = path->dentry->inode;
	/* whoever makes a file may do with it what it asks for, whatever its permissions */
	int err = IS_ENABLED(CONFIG_PROCESS) && made ? 0 : may_open(path, flags, access);

	if (err)
		return err;
	file->refs = 1;
	file->access = access;
	file->flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	file->path = *path;
	file->inode = inode;
	file->ops = ops_of(inode);
	if (!file->ops)
		return -ENXIO;
	file->pos = 0;
	file->data = NULL;
	err = writers_open(file, flags);
	if (err || !file->ops->open)
		return err;
	/* it is for open() alone */
	if (IS_ENABLED(CONFIG_PROCESS))
		file->flags |= flags & O_NOCTTY;
	err = file->ops->open(file);
	if (IS_ENABLED(CONFIG_PROCESS))
		file->flags &= ~O_NOCTTY;
	if (err)
		writers_close(file);
	return err;
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
	err = open_path(file, &w.path, flags, made);
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
#ifdef CONFIG_PROCESS
	if (unlikely(file->access & FILE_WATCHED))
		file_end_watch(file);
#endif
	if (file->ops->release)
		file->ops->release(file);
	writers_close(file);
	if (IS_ENABLED(CONFIG_PROCESS) && unlikely(!file->path.dentry))
		inode_put(file->inode);
	else
		path_put_inline(&file->path);
	kfree(file);
}

/* --- Reading and writing ---------------------------------------------------------------------- */

/* Up to where a regular file may reach. Its lock held. */
static int place_write(const struct file *file, struct iov *iov, u64 *pos)
{
	if (file->flags & O_APPEND)
		*pos = file->inode->size;
	if (*pos >= FILE_SIZE_MAX)
		return -EFBIG;
	iov->left = MIN(iov->left, (size_t)(FILE_SIZE_MAX - *pos));
	if (unlikely(has_seals(file->inode)) && seals_write(file->inode, *pos, &iov->left))
		return -EPERM;
	return file_limit_write(*pos, &iov->left);
}

/* At *@pos, which moves. The inode's lock is held where there is one. */
static inline ssize_t transfer_at(struct file *file, struct iov *iov, u64 *pos, u32 access)
{
	struct inode *inode = file->inode;
	ssize_t n;

	if (access == FILE_READ) {
		n = file->ops->read(file, iov, *pos);
		if (n > 0)
			*pos += (u64)n;
		return n;
	}
	n = file->ops->write(file, iov, *pos);
	if (n > 0) {
		*pos += (u64)n;
		/* what a device was given is not kept */
		if (IS_ENABLED(CONFIG_PROCESS) && !locks(inode))
			return n;
		permit_written(inode);
		inode->modified = time_real();
		inode->changed = inode->modified;
	}
	return n;
}

/* Reading and writing have this each, where system calls of programs go through it. */
#ifdef CONFIG_PROCESS
#define transfer_inline	__always_inline
#else
#define transfer_inline	__noinline
#endif

/* In one step, or what of it was done before a program's memory was missing. */
static __always_inline ssize_t transfer_step(struct file *file, struct iov *iov, u64 *pos,
					     u32 access, bool locked)
{
	struct inode *inode = file->inode;
	ssize_t n = 0;

	if (IS_ENABLED(CONFIG_PROCESS) && !locked)
		return transfer_at(file, iov, pos, access);
	if (locked)
		fs_lock(&inode->lock);
	if (locked && access == FILE_WRITE && iov->left)
		n = place_write(file, iov, pos);
	if (!n)
		n = transfer_at(file, iov, pos, access);
	if (locked)
		fs_unlock(&inode->lock);
	return n;
}

#ifdef CONFIG_PROCESS
/* Without the lock memory can be brought in, and the rest is another step. */
static __cold __noinline ssize_t transfer_on(struct file *file, struct iov *iov, u64 *pos,
					     u32 access, ssize_t n)
{
	ssize_t total = MAX(n, 0L);

	while (iov->faulted) {
		iov->faulted = false;
		if (user_fault_in((uaddr_t)iov->base, access == FILE_READ ? VMA_WRITE : VMA_READ))
			return total ? total : -EFAULT;
		n = transfer_step(file, iov, pos, access, true);
		if (n < 0 && !iov->faulted)
			return total ? total : n;
		total += MAX(n, 0L);
	}
	return total;
}
#endif

static transfer_inline ssize_t transfer(struct file *file, struct iov iov, u64 *pos, u32 access)
{
	bool hook = access == FILE_READ ? file->ops->read != NULL : file->ops->write != NULL;
	struct inode *inode = file->inode;
	bool locked = locks(inode);
	ssize_t n;

	if (unlikely(!(file->access & access)))
		return -EBADF;
	if (unlikely(!hook || (ssize_t)iov.left < 0))
		return S_ISDIR(inode->mode) ? -EISDIR : -EINVAL;
#ifdef CONFIG_PROCESS
	iov.may_fault = !locked;
#endif
	n = transfer_step(file, &iov, pos, access, locked);
#ifdef CONFIG_PROCESS
	if (unlikely(iov.faulted) && locked)
		return transfer_on(file, &iov, pos, access, n);
#endif
	return n;
}

static ssize_t read_at(struct file *file, void *buf, size_t n, u64 *pos)
{
	return transfer(file, (struct iov){ .base = buf, .left = n }, pos, FILE_READ);
}

static ssize_t write_at(struct file *file, const void *buf, size_t n, u64 *pos)
{
	struct iov iov = { .base = (u8 *)(uintptr_t)buf, .left = n };

	return transfer(file, iov, pos, FILE_WRITE);
}

ssize_t file_read(struct file *file, void *buf, size_t n)
{
	return read_at(file, buf, n, &file->pos);
}

ssize_t file_write(struct file *file, const void *buf, size_t n)
{
	return write_at(file, buf, n, &file->pos);
}

/* Whether a transfer may begin at the byte @pos. */
static int check_position(const struct file *file, s64 pos)
{
	if (pos < 0)
		return -EINVAL;
	return file->access & FILE_STREAM ? -ESPIPE : 0;
}

__cold ssize_t file_pread(struct file *file, void *buf, size_t n, s64 pos)
{
	int err = check_position(file, pos);

	return err ? err : read_at(file, buf, n, (u64 *)&pos);
}

__cold ssize_t file_pwrite(struct file *file, const void *buf, size_t n, s64 pos)
{
	int err = check_position(file, pos);

	return err ? err : write_at(file, buf, n, (u64 *)&pos);
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
			return -EINVAL;
		break;
	case SEEK_END:
		if (__builtin_add_overflow(size, offset, &pos))
			return -EINVAL;
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

__cold s64 file_seek(struct file *file, s64 offset, int whence)
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

int file_stat(struct file *file, struct file_stat *stat)
{
	inode_stat(file->inode, stat);
	return 0;
}

int fs_stat(const char *path, bool follow, struct file_stat *stat)
{
	struct path at;
	int err = IS_ENABLED(CONFIG_PROCESS) && walk_fast(path, &at) ? 0 :
		  walk_path(path, follow, &at);

	if (err)
		return err;
	inode_stat(at.dentry->inode, stat);
	path_put_inline(&at);
	return 0;
}

__cold int fs_set_attr(const char *path, const struct file_attr *attr)
{
	bool follow = !IS_ENABLED(CONFIG_PROCESS) || !(attr->set & FILE_LINK);
	struct inode *inode;
	struct path at;
	int err = walk_path(path, follow, &at);

	if (err)
		return err;
	inode = at.dentry->inode;
	err = at.mount->super.read_only ? -EROFS : 0;
	if (!err) {
		inode_lock(inode);
		err = attr_change(inode, attr);
		inode_unlock(inode);
	}
	path_put(&at);
	return err;
}

__cold ssize_t fs_readlink(const char *path, char *buf, size_t size)
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
