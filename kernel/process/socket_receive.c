/* SPDX-License-Identifier: MIT */
/*
 * Receiving from a unix socket. The first message stays where it is while its bytes are copied out,
 * for which the lock of readers is held, and is taken off when all of it was read.
 */
#include <fs/file.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"
#include "waiting.h"

/* Copies @n bytes out, from byte @at of @m: how many, fewer where memory is missing. */
static size_t empty(const struct message *m, size_t at, struct parts *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t step = MIN(n - done, to->iov->left), got = 0;

		if (step)
			got = iov_put(to->iov, m->data + at + done, step);
		done += got;
		if (got < step)
			break;
		if (done < n && !to->iov->left)
			to->iov++;
	}
	to->total -= done;
	return done;
}

/*
 * The first message, with `reading` held: 1; 0 at the end; -EAGAIN, -EINTR and others, without it.
 */
static long wait_for_message(struct socket *s, u64 deadline, struct message **m)
{
	unsigned long state;
	long err = 0;

	for (;;) {
		mutex_lock_surely(&s->reading);
		state = spin_lock_irqsave(&s->queue.lock);
		if (!list_empty(&s->messages)) {
			*m = list_entry(s->messages.next, struct message, link);
			spin_unlock_irqrestore(&s->queue.lock, state);
			return 1;
		}
		if (!err && s->error) {
			err = -s->error;
			s->error = 0;
		} else if (!err && s->shut & SHUT_READ) {
			err = 1;
		} else if (!err && s->type != SOCK_DGRAM && !s->connected) {
			err = s->type == SOCK_STREAM ? -EINVAL : -ENOTCONN;
		} else if (!err && !deadline) {
			err = -EAGAIN;
		}
		spin_unlock_irqrestore(&s->queue.lock, state);
		mutex_unlock(&s->reading);
		if (err)
			return err == 1 ? 0 : err == -ETIMEDOUT ? -EAGAIN : err;
		state = spin_lock_irqsave(&s->queue.lock);
		if (list_empty(&s->messages) && !s->error && !(s->shut & SHUT_READ))
			err = wait_sleep(&s->queue, state, deadline);
		else
			spin_unlock_irqrestore(&s->queue.lock, state);
	}
}

/* @m, the first one, was read to the end. `reading` held. */
static void take_off(struct socket *s, struct message *m)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	struct socket *peer;

	list_unlink(&m->link);
	s->used -= m->size;
	s->count--;
	/* who writes waits here as well; who polls, at his own end */
	socket_changed(s, state, 0);
	message_arrive(m);
	peer = socket_peer(s);
	if (!peer)
		return;
	state = spin_lock_irqsave(&peer->queue.lock);
	poll_wake_for(&peer->polls, SOCKET_WRITABLE);
	wait_unlock(&peer->queue, state);
	socket_put(peer);
}

/* The files of @m become the receiver's: those of a look stay, with one use more. */
static void take_rights(struct message *m, bool peek, struct received *got)
{
	struct message *r = m->file_count && !got->rights ? message_new(0) : NULL;

	if (!r)
		return;
	if (peek) {
		r->file = kcalloc(m->file_count, sizeof(*r->file));
		for (u32 i = 0; r->file && i < m->file_count; i++) {
			r->file[i] = m->file[i];
			file_get(r->file[i]);
		}
		r->file_count = r->file ? m->file_count : 0;
	} else {
		message_arrive(m);
		r->file = m->file;
		r->file_count = m->file_count;
		m->file = NULL;
		m->file_count = 0;
	}
	got->rights = r;
}

static bool same_cred(const struct socket_cred *a, const struct socket_cred *b)
{
	return a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

static ssize_t receive_stream(struct socket *s, struct parts *to, unsigned int flags, u64 deadline,
			      struct received *got)
{
	bool peek = flags & MSG_PEEK, more = true;
	ssize_t done = 0;

	while (to->total && more) {
		struct message *m;
		long there = wait_for_message(s, done && !(flags & MSG_WAITALL) ? 0 : deadline, &m);
		size_t n, copied;

		if (there <= 0)
			return done ? done : there;
		if (done && ((s->wants_cred && !same_cred(&m->cred, &got->cred)) ||
			     got->rights)) {
			mutex_unlock(&s->reading);
			break;
		}
		got->cred = m->cred;
		n = MIN(m->size - m->done, to->total);
		copied = empty(m, m->done, to, n);
		more = copied == n && !peek;
		if (copied || !n)
			take_rights(m, peek, got);
		if (!peek)
			m->done += copied;
		if (!peek && m->done == m->size) {
			take_off(s, m);
			mutex_unlock(&s->reading);
			message_free(m);
		} else {
			mutex_unlock(&s->reading);
		}
		done += (ssize_t)copied;
		if (!done)
			return -EFAULT;
	}
	return done;
}

static ssize_t receive_message(struct socket *s, struct parts *to, unsigned int flags,
			       u64 deadline, struct received *got)
{
	bool peek = flags & MSG_PEEK;
	struct message *m;
	long there = wait_for_message(s, deadline, &m);
	size_t n, copied;

	if (there <= 0)
		return there;
	n = MIN(m->size, to->total);
	got->cred = m->cred;
	got->name = m->name;
	if (n < m->size)
		got->flags |= MSG_TRUNC;
	copied = empty(m, 0, to, n);
	take_rights(m, peek, got);
	there = copied < n ? -EFAULT : (long)(flags & MSG_TRUNC ? m->size : n);
	if (!peek)
		take_off(s, m);
	mutex_unlock(&s->reading);
	if (!peek)
		message_free(m);
	return there;
}

ssize_t socket_receive(struct socket *s, struct parts *to, unsigned int flags, bool waits,
		       struct received *got)
{
	u64 deadline = socket_deadline(s->receive_timeout, waits);

	*got = (struct received){ .flags = 0 };
	return s->type == SOCK_STREAM ? receive_stream(s, to, flags, deadline, got) :
					receive_message(s, to, flags, deadline, got);
}
