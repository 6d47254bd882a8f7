/* SPDX-License-Identifier: MIT */
/* What programs ask of open files, and the kernel's own commands only of paths. */
#include <lib/string.h>

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
