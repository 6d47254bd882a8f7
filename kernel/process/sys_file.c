/* SPDX-License-Identifier: MIT */
/* Calls on open files: reading, writing, positions, descriptors, pipes. */
#include <fs/inode.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"

#define IOV_MAX		1024
#define READ_MAX	0x7ffff000UL	/* at one call, as Linux's MAX_RW_COUNT */

static inline struct files *files_here(void)
{
	return process_current()->files;
}

/* What file_read() and the like take: a program's address and its length, checked. */
static inline bool is_buffer(uaddr_t buf, size_t n)
{
	return arch_user_range_ok(buf, n);
}

long sys_read(int fd, uaddr_t buf, unsigned long n)
{
	bool held;
	struct file *file = file_borrow(files_here(), fd, &held);
	ssize_t done;

	if (unlikely(!file))
		return -EBADF;
	if (unlikely(!is_buffer(buf, n)))
		done = (ssize_t)n < 0 ? -EINVAL : -EFAULT;
	else
		done = file_read(file, (void *)buf, MIN(n, READ_MAX));
	file_return(file, held);
	return done;
}

long sys_write(int fd, uaddr_t buf, unsigned long n)
{
	bool held;
	struct file *file = file_borrow(files_here(), fd, &held);
	ssize_t done;

	if (unlikely(!file))
		return -EBADF;
	if (unlikely(!is_buffer(buf, n)))
		done = (ssize_t)n < 0 ? -EINVAL : -EFAULT;
	else
		done = file_write(file, (const void *)buf, MIN(n, READ_MAX));
	file_return(file, held);
	return done;
}

long sys_pread64(int fd, uaddr_t buf, unsigned long n, long pos)
{
	struct file *file = files_get(files_here(), fd);
	ssize_t done;

	if (!file)
		return -EBADF;
	if (pos < 0 || (ssize_t)n < 0)
		done = -EINVAL;
	else if (!is_buffer(buf, n))
		done = -EFAULT;
	else
		done = file_pread(file, (void *)buf, MIN(n, READ_MAX), pos);
	file_put(file);
	return done;
}

long sys_pwrite64(int fd, uaddr_t buf, unsigned long n, long pos)
{
	struct file *file = files_get(files_here(), fd);
	ssize_t done;

	if (!file)
		return -EBADF;
	if (pos < 0 || (ssize_t)n < 0)
		done = -EINVAL;
	else if (!is_buffer(buf, n))
		done = -EFAULT;
	else
		done = file_pwrite(file, (const void *)buf, MIN(n, READ_MAX), pos);
	file_put(file);
	return done;
}

/* One transfer after the other, until one gives less than it was asked for. */
static ssize_t transfer_each(struct file *file, const struct abi_iovec *iov, size_t count,
			     bool writes)
{
	ssize_t total = 0;

	for (size_t i = 0; i < count; i++) {
		ssize_t n;

		if (!iov[i].size)
			continue;
		if (writes)
			n = file_write(file, (const void *)iov[i].base, iov[i].size);
		else
			n = file_read(file, (void *)iov[i].base, iov[i].size);
		if (n < 0)
			return total ? total : n;
		total += n;
		if ((u64)n < iov[i].size)
			break;
	}
	return total;
}

/* Reads the vector: 0; -EINVAL, -EFAULT. */
static long check_vector(struct abi_iovec *iov, uaddr_t from, size_t count)
{
	size_t total = 0;

	if (copy_from_user(iov, from, count * sizeof(*iov)))
		return -EFAULT;
	for (size_t i = 0; i < count; i++) {
		if ((s64)iov[i].size < 0)
			return -EINVAL;
		if (!is_buffer(iov[i].base, iov[i].size))
			return -EFAULT;
		iov[i].size = MIN(iov[i].size, READ_MAX - total);
		total += iov[i].size;
	}
	return 0;
}

static long transfer_vector(int fd, uaddr_t vector, unsigned long count, bool writes)
{
	struct abi_iovec local[8], *iov = local;
	struct file *file = files_get(files_here(), fd);
	long n;

	if (!file)
		return -EBADF;
	n = -EINVAL;
	if (count > IOV_MAX)
		goto out_put;
	if (count > ARRAY_SIZE(local))
		iov = kmalloc(count * sizeof(*iov));
	n = iov ? check_vector(iov, vector, count) : -ENOMEM;
	if (!n)
		n = transfer_each(file, iov, count, writes);
	if (iov != local)
		kfree(iov);
out_put:
	file_put(file);
	return n;
}

long sys_readv(int fd, uaddr_t vector, unsigned long count)
{
	return transfer_vector(fd, vector, count, false);
}

long sys_writev(int fd, uaddr_t vector, unsigned long count)
{
	return transfer_vector(fd, vector, count, true);
}

long sys_lseek(int fd, long offset, unsigned int whence)
{
	struct file *file = files_get(files_here(), fd);
	long pos;

	if (!file)
		return -EBADF;
	pos = file_seek(file, offset, (int)whence);
	file_put(file);
	return pos;
}

long sys_ftruncate(int fd, long size)
{
	struct file *file = files_get(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = file_truncate(file, size);
	file_put(file);
	return err;
}

long sys_close(int fd)
{
	return files_close(files_here(), fd);
}

/* --- Descriptors ------------------------------------------------------------------------------ */

static long duplicate(int fd, int min, bool cloexec)
{
	struct file *file = files_get(files_here(), fd);
	int copy;

	if (!file)
		return -EBADF;
	copy = files_add(files_here(), file, min, cloexec);
	if (copy < 0)
		file_put(file);
	return copy;
}

long sys_dup(int fd)
{
	return duplicate(fd, 0, false);
}

long sys_dup3(int fd, int to, unsigned long flags)
{
	struct file *file;
	int err;

	if (flags & ~(unsigned long)O_CLOEXEC || fd == to)
		return -EINVAL;
	file = files_get(files_here(), fd);
	if (!file || to < 0) {
		if (file)
			file_put(file);
		return -EBADF;
	}
	err = files_set(files_here(), to, file, flags & O_CLOEXEC);
	if (err)
		file_put(file);
	return err ? err : to;
}

#define FLAGS_SETTABLE	(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

long sys_fcntl(int fd, unsigned int command, unsigned long argument)
{
	struct file *file = files_get(files_here(), fd);
	long result = 0;

	if (!file)
		return -EBADF;
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		result = argument >= files_here()->limit ? -EINVAL :
			 duplicate(fd, (int)argument, command == F_DUPFD_CLOEXEC);
		break;
	case F_GETFD:
		result = files_get_cloexec(files_here(), fd);
		break;
	case F_SETFD:
		result = files_set_cloexec(files_here(), fd, argument & FD_CLOEXEC);
		break;
	case F_GETFL:
		result = file->flags | O_LARGEFILE;
		break;
	case F_SETFL:
		file->flags = (file->flags & ~FLAGS_SETTABLE) | ((int)argument & FLAGS_SETTABLE);
		break;
	default:
		result = -EINVAL;
	}
	file_put(file);
	return result;
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
		if (file->ops->ioctl)
			result = file->ops->ioctl(file, (u32)request, argument);
	}
	file_put(file);
	return result;
}

long sys_pipe2(uaddr_t result, unsigned long flags)
{
	struct file *read, *write;
	int fd[2], err;

	if (flags & ~(unsigned long)(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
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
