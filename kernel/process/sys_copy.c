/* SPDX-License-Identifier: MIT */
/* Calls that copy from one open file to another without the program's memory in between. */
#include <fs/file.h>
#include <fs/inode.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "pair.h"
#include "process.h"
#include "syscall.h"

#define PIECE	KIB(16)

long get_pair(struct pair *p, int in, int out)
{
	p->in = files_get(files_here(), in);
	p->out = files_get(files_here(), out);
	if (!p->in || !p->out || !(p->in->access & FILE_READ) || !(p->out->access & FILE_WRITE))
		return -EBADF;
	return 0;
}

void put_pair(const struct pair *p)
{
	if (p->in)
		file_put(p->in);
	if (p->out)
		file_put(p->out);
}

long get_position(struct file *file, uaddr_t from, s64 *pos)
{
	if (!from) {
		*pos = file_seek(file, 0, SEEK_CUR);
		return *pos < 0 ? (long)*pos : 0;
	}
	if (copy_from_user(pos, from, sizeof(*pos)))
		return -EFAULT;
	if (*pos < 0)
		return -EINVAL;
	return file->access & FILE_STREAM ? -ESPIPE : 0;
}

long put_position(struct file *file, uaddr_t to, s64 pos)
{
	if (to)
		return copy_to_user(to, &pos, sizeof(pos));
	pos = file_seek(file, pos, SEEK_SET);
	return pos < 0 ? (long)pos : 0;
}

/*
 * Copies up to @n bytes from @pos on; to the position @out_pos, or where @out stands (-1). What
 * could not be written counts as not read.
 */
static ssize_t copy(const struct pair *p, s64 pos, s64 out_pos, size_t n)
{
	u8 *piece = kmalloc(PIECE);
	ssize_t done = 0, err = piece ? 0 : -ENOMEM;

	while (!err && (size_t)done < n) {
		size_t want = MIN(n - (size_t)done, PIECE);
		ssize_t got = file_pread(p->in, piece, want, pos + done), put = got;

		if (got > 0)
			put = out_pos < 0 ? file_write(p->out, piece, (size_t)got) :
			      file_pwrite(p->out, piece, (size_t)got, out_pos + done);
		if (put <= 0)
			err = put;
		else
			done += put;
		if (put < got || got <= 0)
			break;
	}
	kfree(piece);
	return done ? done : err;
}

long sys_sendfile(int out, int in, uaddr_t offset, unsigned long n)
{
	struct pair p;
	s64 pos;
	long done = get_pair(&p, in, out), err;

	if (done)
		goto out_put;
	done = offset || !(p.in->access & FILE_STREAM) ? get_position(p.in, offset, &pos) : -EINVAL;
	if (done)
		goto out_put;
	done = -EINVAL;
	if (p.out->flags & O_APPEND || (ssize_t)n < 0 || S_ISDIR(p.in->inode->mode))
		goto out_put;
	done = copy(&p, pos, -1, MIN(n, READ_MAX));
	if (done < 0)
		goto out_put;
	err = put_position(p.in, offset, pos + done);
	if (err)
		done = err;
out_put:
	put_pair(&p);
	return done;
}

/* Why nothing is copied from one of @p to the other, or 0. */
static long may_copy_range(const struct pair *p, u64 in_pos, u64 out_pos, u64 n)
{
	if (S_ISDIR(p->in->inode->mode) || S_ISDIR(p->out->inode->mode))
		return -EISDIR;
	if (!S_ISREG(p->in->inode->mode) || !S_ISREG(p->out->inode->mode))
		return -EINVAL;
	if (p->out->flags & O_APPEND)
		return -EBADF;
	if (p->in->inode->super != p->out->inode->super)
		return -EXDEV;
	return in_pos + n < in_pos || out_pos + n < out_pos ? -EOVERFLOW : 0;
}

static ssize_t copy_range(const struct pair *p, s64 in_pos, s64 out_pos, u64 n)
{
	u64 size = p->in->inode->size;
	long err = may_copy_range(p, (u64)in_pos, (u64)out_pos, n);

	if (err)
		return err;
	/* only what is there is copied, so only that can overlap */
	n = (u64)in_pos < size ? MIN(n, size - (u64)in_pos) : 0;
	n = MIN(n, READ_MAX);
	if (p->in->inode == p->out->inode && in_pos < out_pos + (s64)n && out_pos < in_pos + (s64)n)
		return -EINVAL;
	return copy(p, in_pos, out_pos, n);
}

long sys_copy_file_range(int in, uaddr_t in_offset, int out, uaddr_t out_offset, unsigned long n,
			 unsigned long flags)
{
	s64 in_pos, out_pos;
	struct pair p;
	long done, err;

	if (flags)
		return -EINVAL;
	done = get_pair(&p, in, out);
	if (done)
		goto out_put;
	done = -EINVAL;
	if (p.in->access & FILE_STREAM || p.out->access & FILE_STREAM)
		goto out_put;
	done = get_position(p.in, in_offset, &in_pos);
	if (!done)
		done = get_position(p.out, out_offset, &out_pos);
	if (!done)
		done = copy_range(&p, in_pos, out_pos, n);
	if (done <= 0)
		goto out_put;
	err = put_position(p.in, in_offset, in_pos + done);
	if (!err)
		err = put_position(p.out, out_offset, out_pos + done);
	if (err)
		done = err;
out_put:
	put_pair(&p);
	return done;
}
