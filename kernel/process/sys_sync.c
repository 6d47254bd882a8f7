/* SPDX-License-Identifier: MIT */
/* Calls about where the bytes of files are: reaching the medium, room for them, advice. */
#include <fs/inode.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

long sys_sync(void)
{
	fs_sync();
	return 0;
}

long sys_syncfs(int fd)
{
	struct file *file = files_get(files_here(), fd);

	if (!file)
		return -EBADF;
	file_put(file);
	/* what others have written reaches the media too, which costs time at most */
	return fs_sync();
}

/* -EINVAL for what has nothing that could be behind, as devices and pipes. */
static long sync_file(struct file *file)
{
	if (!S_ISREG(file->inode->mode) && !S_ISDIR(file->inode->mode) && !file->ops->sync)
		return -EINVAL;
	return file_sync(file);
}

long sys_fsync(int fd)
{
	struct file *file = files_get(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = sync_file(file);
	file_put(file);
	return err;
}

long sys_fdatasync(int fd)
{
	return sys_fsync(fd);
}

#define SYNC_FILE_RANGE_FLAGS	7UL	/* WAIT_BEFORE, WRITE, WAIT_AFTER */

long sys_sync_file_range(int fd, long offset, long n, unsigned long flags)
{
	struct file *file = files_get(files_here(), fd);
	long end, err = 0;

	if (!file)
		return -EBADF;
	if (flags & ~SYNC_FILE_RANGE_FLAGS || offset < 0 || n < 0 ||
	    __builtin_add_overflow(offset, n, &end))
		err = -EINVAL;
	else if (!S_ISREG(file->inode->mode) && !S_ISDIR(file->inode->mode) &&
		 !S_ISBLK(file->inode->mode))
		err = -ESPIPE;
	else
		err = file_sync(file);
	file_put(file);
	return err;
}

long sys_fallocate(int fd, unsigned long mode, long offset, long n)
{
	struct file *file = files_get(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = (u32)mode && offset >= 0 && n > 0 ? -EOPNOTSUPP : file_allocate(file, offset, n);
	file_put(file);
	return err;
}

#define ADVICE_END	6	/* POSIX_FADV_NORMAL to NOREUSE */

long sys_fadvise64(int fd, long offset __unused, long n, int advice)
{
	struct file *file = files_get(files_here(), fd);
	long err = 0;

	if (!file)
		return -EBADF;
	if (S_ISFIFO(file->inode->mode))
		err = -ESPIPE;
	else if (n < 0 || advice < 0 || advice >= ADVICE_END)
		err = -EINVAL;
	file_put(file);		/* all of it is in memory already */
	return err;
}

long sys_readahead(int fd, long offset __unused, unsigned long n __unused)
{
	struct file *file = files_get(files_here(), fd);
	long err = 0;

	if (!file)
		return -EBADF;
	if (!(file->access & FILE_READ))
		err = -EBADF;
	else if (!S_ISREG(file->inode->mode) && !S_ISBLK(file->inode->mode))
		err = -EINVAL;
	file_put(file);
	return err;
}
