/* SPDX-License-Identifier: MIT */
/* Calls on open files: reading, writing, positions, pipes, ioctl. */
#include <fs/inode.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"

/* Why nothing comes of a buffer that no program can have. */
static long bad_buffer(const struct file *file, u32 access)
{
	return file->access & access ? -EFAULT : -EBADF;
}

static __noinline long read_slow(int fd, uaddr_t buf, unsigned long n)
{
	struct file *file = files_get(files_here(), fd);
	ssize_t done;

	if (!file)
		return -EBADF;
	if (!is_buffer(buf, n))
		done = bad_buffer(file, FILE_READ);
	else
		done = file_read(file, (void *)buf, MIN(n, READ_MAX));
	file_put(file);
	return done;
}

/* Most have a table of their own, and nothing is to be done behind the read. */
long sys_read(int fd, uaddr_t buf, unsigned long n)
{
	struct file *file = file_borrow(files_here(), fd);

	if (unlikely(!file) || unlikely(!is_buffer(buf, n)))
		return read_slow(fd, buf, n);
	return file_read(file, (void *)buf, MIN(n, READ_MAX));
}

static __noinline long write_slow(int fd, uaddr_t buf, unsigned long n)
{
	struct file *file = files_get(files_here(), fd);
	ssize_t done;

	if (!file)
		return -EBADF;
	if (!is_buffer(buf, n))
		done = bad_buffer(file, FILE_WRITE);
	else
		done = file_write(file, (const void *)buf, MIN(n, READ_MAX));
	file_put(file);
	return done;
}

long sys_write(int fd, uaddr_t buf, unsigned long n)
{
	struct file *file = file_borrow(files_here(), fd);

	if (unlikely(!file) || unlikely(!is_buffer(buf, n)))
		return write_slow(fd, buf, n);
	return file_write(file, (const void *)buf, MIN(n, READ_MAX));
}

/* Behind what a position can be. */
static bool goes_too_far(unsigned long n, long pos)
{
	return n <= INT64_MAX && pos > INT64_MAX - (long)n;
}

long sys_pread64(int fd, uaddr_t buf, unsigned long n, long pos)
{
	struct file *file;
	ssize_t done;

	if (pos < 0)
		return -EINVAL;
	file = files_get(files_here(), fd);
	if (!file)
		return -EBADF;
	if (file->access & FILE_STREAM)
		done = -ESPIPE;
	else if (goes_too_far(n, pos))
		done = -EINVAL;
	else if (!is_buffer(buf, n))
		done = bad_buffer(file, FILE_READ);
	else
		done = file_pread(file, (void *)buf, MIN(n, READ_MAX), pos);
	file_put(file);
	return done;
}

long sys_pwrite64(int fd, uaddr_t buf, unsigned long n, long pos)
{
	struct file *file;
	ssize_t done;

	if (pos < 0)
		return -EINVAL;
	file = files_get(files_here(), fd);
	if (!file)
		return -EBADF;
	if (file->access & FILE_STREAM)
		done = -ESPIPE;
	else if (goes_too_far(n, pos))
		done = -EINVAL;
	else if (!is_buffer(buf, n))
		done = bad_buffer(file, FILE_WRITE);
	else
		done = file_pwrite(file, (const void *)buf, MIN(n, READ_MAX), pos);
	file_put(file);
	return done;
}

/* /dev/null, /dev/zero and their like stay where they are, wherever one goes. */
static bool is_endless(const struct file *file)
{
	return S_ISCHR(file->inode->mode) && NODE_MAJOR(file->inode->device) == 1;
}

long sys_lseek(int fd, long offset, unsigned int whence)
{
	struct file *file = files_get(files_here(), fd);
	long pos;

	if (!file)
		return -EBADF;
	if (is_endless(file))
		pos = whence > SEEK_HOLE ? -EINVAL : 0;
	else
		pos = file_seek(file, offset, (int)whence);
	file_put(file);
	return pos;
}

long sys_ftruncate(int fd, long size)
{
	struct file *file;
	long err;

	if (size < 0)
		return -EINVAL;
	file = files_get(files_here(), fd);
	if (!file)
		return -EBADF;
	err = file_truncate(file, size);
	file_put(file);
	return err;
}

/* What is left of a file, cut to an int. */
static long put_left(const struct file *file, uaddr_t to)
{
	const u32 left = (u32)(file->inode->size - file->pos);

	return copy_to_user(to, &left, sizeof(left));
}

long sys_ioctl(int fd, unsigned long request, uaddr_t argument)
{
	struct file *file = files_get(files_here(), fd);
	long result = -ENOTTY;
	u32 on;

	if (!file)
		return -EBADF;
	switch ((u32)request) {
	case FIOCLEX:
	case FIONCLEX:
		result = files_set_cloexec(files_here(), fd, request == FIOCLEX);
		break;
	case FIONBIO:
		result = copy_from_user(&on, argument, sizeof(on));
		if (!result)
			file->flags = (file->flags & ~O_NONBLOCK) | (on ? O_NONBLOCK : 0);
		break;
	default:
		if ((u32)request == FIONREAD && S_ISREG(file->inode->mode))
			result = put_left(file, argument);
		else if (file->ops->ioctl)
			result = file->ops->ioctl(file, (u32)request, argument);
	}
	file_put(file);
	return result;
}

long sys_pipe2(uaddr_t result, unsigned long flags)
{
	struct file *read, *write;
	int fd[2], err;

	/* with O_DIRECT each write would be a packet, and none is better than a stream */
	if (flags & ~(unsigned long)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = pipe_files(&read, &write, (int)flags);
	if (err)
		return err;
	fd[0] = files_add(files_here(), read, 0, flags & O_CLOEXEC);
	if (fd[0] < 0) {
		file_put(read);
		file_put(write);
		return fd[0];
	}
	fd[1] = files_add(files_here(), write, 0, flags & O_CLOEXEC);
	if (fd[1] < 0) {
		files_close(files_here(), fd[0]);
		file_put(write);
		return fd[1];
	}
	err = copy_to_user(result, fd, sizeof(fd));
	if (err) {
		files_close(files_here(), fd[0]);
		files_close(files_here(), fd[1]);
	}
	return err;
}
