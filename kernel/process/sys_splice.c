/* SPDX-License-Identifier: MIT */
/*
 * splice and tee: from and to pipes. Bytes are copied, by way of a piece of the kernel's memory:
 * what a file does not take goes back into the pipe.
 */
#include <fs/file.h>
#include <fs/inode.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "pair.h"
#include "pipe.h"
#include "process.h"
#include "syscall.h"

#define PIECE		KIB(16)
#define FLAGS_KNOWN	15UL
#define SPLICE_NONBLOCK	2UL

/* One call. A position of -1: the file has none. */
struct splice {
	struct pair pair;
	struct pipe *from, *to;	/* NULL: no pipe */
	s64 in_pos, out_pos;
	size_t n;
	bool wait;
	u8 *piece;
};

/* Writes @n bytes of the piece behind the @done ones. */
static ssize_t write_piece(const struct splice *s, size_t n, ssize_t done)
{
	if (s->to)
		return pipe_give(s->to, s->piece, n, s->wait);
	if (s->out_pos < 0)
		return file_write(s->pair.out, s->piece, n);
	return file_pwrite(s->pair.out, s->piece, n, s->out_pos + done);
}

/* What is in the pipe: only the first byte is waited for. */
static ssize_t from_pipe(const struct splice *s)
{
	ssize_t done = 0, got, put;

	do {
		got = pipe_take(s->from, s->piece, MIN(s->n - (size_t)done, PIECE),
				s->wait && !done);
		if (got <= 0)
			return done ? done : got;
		put = write_piece(s, (size_t)got, done);
		if (put < got)
			pipe_give_back(s->from, s->piece + MAX(put, 0L),
				       (size_t)(got - MAX(put, 0L)));
		if (put < 0)
			return done ? done : put;
		done += put;
	} while (put == got && (size_t)done < s->n);
	return done;
}

/* As much as there is room for. */
static ssize_t from_file(const struct splice *s, size_t room)
{
	size_t n = MIN(s->n, room);
	ssize_t done = 0, got, put;

	do {
		size_t want = MIN(n - (size_t)done, PIECE);

		got = s->in_pos < 0 ? file_read(s->pair.in, s->piece, want) :
		      file_pread(s->pair.in, s->piece, want, s->in_pos + done);
		if (got <= 0)
			return done ? done : got;
		/* what cannot be read again is written at once, or later */
		put = pipe_give(s->to, s->piece, (size_t)got, s->wait || s->in_pos < 0);
		if (put < 0)
			return done ? done : put;
		done += put;
	} while (put == got && (size_t)done < n);
	return done;
}

/* Into a pipe that there must be room in. */
static ssize_t to_pipe(struct splice *s)
{
	ssize_t room;

	if (!s->from) {
		room = pipe_wait_room(s->to, s->wait);
		return room < 0 ? room : from_file(s, (size_t)room);
	}
	/* first what is to be moved, and then where: as long as the one is waited for the other
	 * may change */
	room = pipe_look(s->from, s->piece, 1, s->wait);
	if (room > 0)
		room = pipe_wait_room(s->to, s->wait);
	if (room <= 0)
		return room;
	s->n = MIN(s->n, (size_t)room);
	return from_pipe(s);
}

/* Where a file that is no pipe is read or written. */
static long find_position(struct file *file, uaddr_t from, s64 *pos)
{
	*pos = -1;
	if (!(file->access & FILE_STREAM))
		return get_position(file, from, pos);
	return from ? -EINVAL : 0;
}

/* What the files are asked for cannot be, or 0. */
static long prepare(struct splice *s, uaddr_t in_offset, uaddr_t out_offset)
{
	struct file *in = s->pair.in, *out = s->pair.out;
	long err = 0;

	s->from = pipe_of(in);
	s->to = pipe_of(out);
	if ((s->from && in_offset) || (s->to && out_offset))
		return -ESPIPE;
	if ((!s->from && !s->to) || s->from == s->to)
		return -EINVAL;
	if (!s->from)
		err = S_ISDIR(in->inode->mode) ? -EINVAL :
		      find_position(in, in_offset, &s->in_pos);
	if (!s->to && !err)
		err = out->flags & O_APPEND ? -EINVAL :
		      find_position(out, out_offset, &s->out_pos);
	if (s->from && in->flags & O_NONBLOCK)
		s->wait = false;
	if (s->to && out->flags & O_NONBLOCK)
		s->wait = false;
	return err;
}

static long store_positions(const struct splice *s, uaddr_t in_offset, uaddr_t out_offset, long n)
{
	long err = 0;

	if (!s->from && s->in_pos >= 0)
		err = put_position(s->pair.in, in_offset, s->in_pos + n);
	if (!s->to && s->out_pos >= 0 && !err)
		err = put_position(s->pair.out, out_offset, s->out_pos + n);
	return err ? err : n;
}

long sys_splice(int in, uaddr_t in_offset, int out, uaddr_t out_offset, unsigned long n,
		unsigned long flags)
{
	struct splice s = { .n = MIN(n, READ_MAX), .wait = !(flags & SPLICE_NONBLOCK) };
	long result;

	if (!n)
		return 0;
	if ((u32)flags & ~FLAGS_KNOWN)
		return -EINVAL;
	result = get_pair(&s.pair, in, out);
	if (!result)
		result = prepare(&s, in_offset, out_offset);
	if (result)
		goto out_put;
	result = -ENOMEM;
	s.piece = kmalloc(PIECE);
	if (!s.piece)
		goto out_put;
	result = s.to ? to_pipe(&s) : from_pipe(&s);
	if (result > 0)
		result = store_positions(&s, in_offset, out_offset, result);
	kfree(s.piece);
out_put:
	put_pair(&s.pair);
	return result;
}

/* What is in one pipe, as far as another has room for it; it stays. */
static long duplicate(struct pipe *from, struct pipe *to, size_t n, bool wait)
{
	ssize_t room, got;
	u8 *piece;

	if (!from || !to || from == to)
		return -EINVAL;
	piece = kmalloc(PIPE_SIZE);
	if (!piece)
		return -ENOMEM;
	got = pipe_look(from, piece, 1, wait);
	room = got > 0 ? pipe_wait_room(to, wait) : got;
	if (room > 0) {
		n = MIN(n, (size_t)room);
		n = MIN(n, PIPE_SIZE);
		got = pipe_look(from, piece, n, wait);
		room = got > 0 ? pipe_give(to, piece, (size_t)got, wait) : got;
	}
	kfree(piece);
	return room;
}

long sys_tee(int in, int out, unsigned long n, unsigned long flags)
{
	struct pair p;
	long result;

	if ((u32)flags & ~FLAGS_KNOWN)
		return -EINVAL;
	if (!n)
		return 0;
	result = get_pair(&p, in, out);
	if (!result)
		result = duplicate(pipe_of(p.in), pipe_of(p.out), n,
				   !(flags & SPLICE_NONBLOCK) &&
				   !((p.in->flags | p.out->flags) & O_NONBLOCK));
	put_pair(&p);
	return result;
}
