/* SPDX-License-Identifier: MIT */
/*
 * Connecting unix sockets. Who connects makes the other end himself, an embryo, and puts it into
 * the listener's backlog: from then on he can write to it, before anybody has accepted it.
 */
#include <arch/atomic.h>
#include <kernel/time.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"

long socket_listen(struct socket *s, int backlog)
{
	unsigned long state;
	long err = 0;

	if (s->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (!s->name.size)
		return -EINVAL;
	state = spin_lock_irqsave(&s->queue.lock);
	if (s->connected) {
		err = -EINVAL;
	} else {
		s->listening = true;
		s->backlog = MIN((u32)backlog, 4096U);
		socket_cred_here(&s->peer_cred);
	}
	socket_changed(s, state, ~0U);
	return err;
}

/* Puts @embryo into the backlog of @to: 0, -ECONNREFUSED, -EAGAIN, -EINTR. */
static long enter_backlog(struct socket *to, struct socket *embryo, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&to->queue.lock);
	long err = 0;

	while (!err) {
		if (to->closed || !to->listening || to->shut & SHUT_READ) {
			err = -ECONNREFUSED;
		} else if (to->pending <= to->backlog) {
			break;
		} else if (!deadline) {
			err = -EAGAIN;
		} else {
			err = wait_sleep(&to->queue, state, deadline);
			state = spin_lock_irqsave(&to->queue.lock);
			err = err == -ETIMEDOUT ? -EAGAIN : err;
		}
	}
	if (err) {
		spin_unlock_irqrestore(&to->queue.lock, state);
		return err;
	}
	to->pending++;
	list_add_tail(&to->embryos, &embryo->in_backlog);
	socket_changed(to, state, ~0U);
	return 0;
}

/* @s gets @peer, unless it has one: 0, -EISCONN, -EINVAL. Takes the use of it. */
static long take_peer(struct socket *s, struct socket *peer)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	long err = s->connected ? -EISCONN : s->listening ? -EINVAL : 0;

	if (!err) {
		s->peer = peer;
		s->connected = true;
	}
	spin_unlock_irqrestore(&s->queue.lock, state);
	return err;
}

static void lose_peer(struct socket *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);

	s->peer = NULL;
	s->connected = false;
	spin_unlock_irqrestore(&s->queue.lock, state);
}

static long connect_stream(struct socket *s, struct socket *to, bool waits)
{
	struct socket *embryo = socket_new(s->type);
	long err;

	if (!embryo)
		return -ENOMEM;
	embryo->name = to->name;
	embryo->connected = true;
	embryo->accepts = to;
	socket_cred_here(&embryo->peer_cred);
	socket_get(embryo);
	err = take_peer(s, embryo);
	if (err) {
		socket_put(embryo);
		socket_put(embryo);
		return err;
	}
	s->peer_cred = to->peer_cred;
	socket_get(s);
	embryo->peer = s;
	err = enter_backlog(to, embryo, socket_deadline(s->send_timeout, waits));
	if (!err)
		return 0;
	lose_peer(s);
	socket_put(s);
	socket_put(embryo);
	socket_put(embryo);
	return err;
}

/* @to may be NULL: from now on @s sends to nobody in particular. */
static void connect_datagrams(struct socket *s, struct socket *to)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	struct socket *old = s->peer;

	if (to)
		socket_get(to);
	s->peer = to;
	socket_changed(s, state, ~0U);
	if (old)
		socket_put(old);
}

long socket_connect(struct socket *s, const struct socket_name *name, bool waits)
{
	struct socket *to = NULL;
	long err;

	if (s->type == SOCK_DGRAM && name->bytes[0] == AF_UNSPEC) {
		connect_datagrams(s, NULL);
		return 0;
	}
	err = socket_find(name, s->type, &to);
	if (err)
		return err;
	if (s->type == SOCK_DGRAM)
		connect_datagrams(s, to);
	else
		err = connect_stream(s, to, waits);
	socket_put(to);
	return err;
}

long socket_accept(struct socket *s, bool waits, struct socket **accepted)
{
	u64 deadline = socket_deadline(s->receive_timeout, waits);
	unsigned long state;
	struct socket *embryo;
	long err = 0;

	if (s->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	state = spin_lock_irqsave(&s->queue.lock);
	while (!err && list_empty(&s->embryos)) {
		if (!s->listening || s->shut & SHUT_READ) {
			err = -EINVAL;
		} else if (!deadline) {
			err = -EAGAIN;
		} else {
			err = wait_sleep(&s->queue, state, deadline);
			state = spin_lock_irqsave(&s->queue.lock);
			err = err == -ETIMEDOUT ? -EAGAIN : err;
		}
	}
	if (list_empty(&s->embryos)) {
		spin_unlock_irqrestore(&s->queue.lock, state);
		return err;
	}
	embryo = list_entry(s->embryos.next, struct socket, in_backlog);
	list_unlink(&embryo->in_backlog);
	s->pending--;
	/* who waits for a place in it */
	socket_changed(s, state, ~0U);
	message_accepted(embryo);
	*accepted = embryo;
	return 0;
}

void socket_close_embryos(struct socket *s)
{
	struct socket *embryo;

	for (;;) {
		unsigned long state = spin_lock_irqsave(&s->queue.lock);

		embryo = NULL;
		if (!list_empty(&s->embryos)) {
			embryo = list_entry(s->embryos.next, struct socket, in_backlog);
			list_unlink(&embryo->in_backlog);
		}
		spin_unlock_irqrestore(&s->queue.lock, state);
		if (!embryo)
			return;
		socket_close(embryo);
	}
}
