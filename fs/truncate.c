/* SPDX-License-Identifier: MIT */
/* Files get another size: by their path, or open; and what programs have mapped of them. */
#include "permission.h"

__cold int inode_truncate(struct inode *inode, s64 size)
{
	bool shorter;
	int err;

	if (size < 0 || !S_ISREG(inode->mode) || !inode->ops->truncate)
		return -EINVAL;
	inode_lock(inode);
	shorter = (u64)size < inode->size;
	err = (u64)size > inode->size ? file_limit_size((u64)size) : 0;
	if (!err)
		err = seals_size(inode, (u64)size);
	if (!err)
		err = inode->ops->truncate(inode, (u64)size);
	if (!err) {
		permit_written(inode);
		inode->modified = time_real();
		inode->changed = inode->modified;
	}
	inode_unlock(inode);
	if (!err && shorter)
		mmap_cut(inode);
	return err;
}

__cold int file_truncate(struct file *file, s64 size)
{
	return file->access & FILE_WRITE ? inode_truncate(file->inode, size) : -EINVAL;
}

__cold int fs_truncate(const char *path, s64 size)
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
		err = permit(at.dentry->inode, MAY_WRITE);
	if (!err && inode_runs(at.dentry->inode))
		err = -ETXTBSY;
	if (!err)
		err = inode_truncate(at.dentry->inode, size);
	path_put(&at);
	return err;
}
