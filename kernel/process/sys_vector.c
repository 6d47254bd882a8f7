/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing with several buffers at a call, one after the other. Small writes are put
 * together first, so that they are one step for others, as Linux has it for pipes and files. What
 * has no positions is read at once and then spread: who has filled one buffer with all there is
 * does not wait for what the next one could get.
 */
#include <fs/file.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

#define IOV_MAX		1024
#define GATHER_MAX	4096UL	/* bytes: PIPE_BUF */
#define SPREAD_MAX	KIB(16)	/* bytes of one read that is spread: a longer one is short */
#define HERE		(-1L)	/* at the file's own position, which moves */

struct vector {
	struct abi_iovec *iov;
	size_t count;
	size_t total;
	struct abi_iovec local[8];
};

static ssize_t transfer(struct file *file, const struct abi_iovec *iov, s64 pos, bool writes)
{
	void *buf = (void *)iov->base;

	if (pos == HERE)
		return writes ? file_write(file, buf, iov->size) : file_read(file, buf, iov->size);
	return writes ? file_pwrite(file, buf, iov->size, pos) :
			file_pread(file, buf, iov->size, pos);
}

/* One after the other, until one gives less than it was asked for. */
static ssize_t transfer_each(struct file *file, const struct vector *v, s64 pos, bool writes)
{
	ssize_t total = 0;

	for (size_t i = 0; i < v->count; i++) {
		const struct abi_iovec *iov = &v->iov[i];
		ssize_t n;

		if (!iov->size)
			continue;
		n = transfer(file, iov, pos == HERE ? HERE : pos + total, writes);
		if (n < 0)
			return total ? total : n;
		total += n;
		if ((u64)n < iov->size)
			break;
	}
	return total;
}

/* Writes all as one piece, or what of it comes before memory that is missing. */
static ssize_t write_gathered(struct file *file, const struct vector *v, s64 pos)
{
	u8 *text = kmalloc(v->total);
	size_t n = 0;
	ssize_t done = -EFAULT;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < v->count; i++) {
		if (copy_from_user(text + n, v->iov[i].base, v->iov[i].size))
			break;
		n += v->iov[i].size;
	}
	if (n)
		done = transfer(file, &(struct abi_iovec){ (u64)(uintptr_t)text, n }, pos, true);
	kfree(text);
	return done;
}

/* Reads as one piece. */
static ssize_t read_spread(struct file *file, const struct vector *v)
{
	size_t size = MIN(v->total, SPREAD_MAX), at = 0;
	u8 *text = kmalloc(size);
	ssize_t done;

	if (!text)
		return -ENOMEM;
	done = file_read(file, text, size);
	for (size_t i = 0; done > 0 && i < v->count && at < (size_t)done; i++) {
		size_t n = MIN(v->iov[i].size, (size_t)done - at);

		if (copy_to_user(v->iov[i].base, text + at, n))
			break;
		at += n;
	}
	kfree(text);
	return done > 0 ? (at ? (ssize_t)at : -EFAULT) : done;
}

/* Reads the vector: 0; -EINVAL, -EFAULT, -ENOMEM. Whatever it returns, drop_vector() is due. */
static long get_vector(struct vector *v, uaddr_t from, size_t count)
{
	v->iov = v->local;
	v->count = count;
	v->total = 0;
	if (count > IOV_MAX)
		return -EINVAL;
	if (count > ARRAY_SIZE(v->local))
		v->iov = kmalloc(count * sizeof(*v->iov));
	if (!v->iov)
		return -ENOMEM;
	if (copy_from_user(v->iov, from, count * sizeof(*v->iov)))
		return -EFAULT;
	for (size_t i = 0; i < count; i++) {
		if ((s64)v->iov[i].size < 0)
			return -EINVAL;
		if (!is_buffer(v->iov[i].base, v->iov[i].size))
			return -EFAULT;
		v->iov[i].size = MIN(v->iov[i].size, READ_MAX - v->total);
		v->total += v->iov[i].size;
	}
	return 0;
}

static void drop_vector(struct vector *v)
{
	if (v->iov != v->local)
		kfree(v->iov);
}

static long transfer_vector(int fd, uaddr_t from, unsigned long count, s64 pos, bool writes)
{
	struct file *file = files_get(files_here(), fd);
	struct vector v;
	long n;

	if (!file)
		return -EBADF;
	n = -ESPIPE;
	if (pos != HERE && file->access & FILE_STREAM)
		goto out_put;
	n = get_vector(&v, from, count);
	if (!n && !(file->access & (writes ? FILE_WRITE : FILE_READ)))
		n = -EBADF;
	if (n)
		goto out_drop;
	if (writes && v.count > 1 && v.total && v.total <= GATHER_MAX)
		n = write_gathered(file, &v, pos);
	else if (!writes && v.count > 1 && v.total && file->access & FILE_STREAM)
		n = read_spread(file, &v);
	else
		n = transfer_each(file, &v, pos, writes);
out_drop:
	drop_vector(&v);
out_put:
	file_put(file);
	return n;
}

long sys_readv(int fd, uaddr_t vector, unsigned long count)
{
	return transfer_vector(fd, vector, count, HERE, false);
}

long sys_writev(int fd, uaddr_t vector, unsigned long count)
{
	return transfer_vector(fd, vector, count, HERE, true);
}

/* The upper half of the position comes in a register of its own on machines of 32 bits only. */
long sys_preadv(int fd, uaddr_t vector, unsigned long count, long pos, long high __unused)
{
	return pos < 0 ? -EINVAL : transfer_vector(fd, vector, count, pos, false);
}

long sys_pwritev(int fd, uaddr_t vector, unsigned long count, long pos, long high __unused)
{
	return pos < 0 ? -EINVAL : transfer_vector(fd, vector, count, pos, true);
}

#define RWF_HIPRI	1U
#define RWF_DSYNC	2U
#define RWF_SYNC	4U

/* Flags that nothing has to be done for, and those of what was written. */
static long transfer_flags(int fd, uaddr_t vector, unsigned long count, long pos,
			   unsigned long flags, bool writes)
{
	struct file *file;
	long n;

	if (pos < HERE)
		return -EINVAL;
	if (flags & ~(unsigned long)(RWF_HIPRI | RWF_DSYNC | RWF_SYNC))
		return -EOPNOTSUPP;
	n = transfer_vector(fd, vector, count, pos, writes);
	if (n <= 0 || !writes || !(flags & (RWF_DSYNC | RWF_SYNC)))
		return n;
	file = files_get(files_here(), fd);
	if (file) {
		int err = file_sync(file);

		file_put(file);
		if (err)
			return err;
	}
	return n;
}

long sys_preadv2(int fd, uaddr_t vector, unsigned long count, long pos, long high __unused,
		 unsigned long flags)
{
	return transfer_flags(fd, vector, count, pos, flags, false);
}

long sys_pwritev2(int fd, uaddr_t vector, unsigned long count, long pos, long high __unused,
		  unsigned long flags)
{
	return transfer_flags(fd, vector, count, pos, flags, true);
}
