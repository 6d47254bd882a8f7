/* SPDX-License-Identifier: MIT */
/*
 * Unix sockets. Each has a queue of messages to be read, and its lock guards that; who sends puts
 * into the receiver's queue, and waits there while it is full. Bytes are copied with no lock but
 * that of readers (`reading`), which keeps the first message where it is.
 *
 * Two that are connected hold a use of one another, until one of them is closed: it gives up its
 * own use, and marks itself, so that the other one finds nobody when he looks.
 *
 * Locks, in this order: socket_names, reading, a queue's lock, never two of these.
 */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "socket.h"
#include "waiting.h"

#define LIMIT		212992	/* bytes, as Linux's wmem_default */
#define PIECE		KIB(16)	/* of what a stream is given at once */
#define DATAGRAMS	10	/* that wait for one receiver */

struct socket *socket_new(int type)
{
	struct socket *s = kzalloc(sizeof(*s));

	if (!s)
		return NULL;
	s->refs = 1;
	s->type = type;
	mutex_init(&s->reading);
	wait_queue_init(&s->queue);
	poll_queue_init(&s->polls);
	list_init(&s->messages);
	list_init(&s->embryos);
	list_init(&s->in_backlog);
	list_init(&s->bound);
	s->limit = LIMIT;
	s->send_timeout = s->receive_timeout = TIME_NEVER;
	return s;
}

void socket_get(struct socket *s)
{
	atomic_add_relaxed(&s->refs, 1);
}

void socket_put(struct socket *s)
{
	if (atomic_add_acq_rel(&s->refs, -1U) > 1)
		return;
	kfree(s);
}

void socket_cred_here(struct socket_cred *cred)
{
	const struct process *p = process_current();

	*cred = (struct socket_cred){ p->pid, p->cred.euid, p->cred.egid };
}

struct socket *socket_peer(struct socket *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	struct socket *peer = s->peer;

	if (peer)
		socket_get(peer);
	spin_unlock_irqrestore(&s->queue.lock, state);
	return peer;
}

void socket_pair(struct socket *a, struct socket *b)
{
	socket_get(a);
	socket_get(b);
	a->peer = b;
	b->peer = a;
	a->connected = b->connected = a->type != SOCK_DGRAM;
}

/* --- Ends ------------------------------------------------------------------------------------- */

/* From here on @s is shut so; @error is told of once, unless it is 0. */
static void shut(struct socket *s, unsigned int how, int error)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);

	s->shut |= (u8)how;
	if (error)
		s->error = error;
	socket_changed(s, state, ~0U);
}

/* What one end does not read the other one need not write, and the other way round. */
long socket_shutdown(struct socket *s, unsigned int how)
{
	struct socket *peer = s->type == SOCK_DGRAM ? NULL : socket_peer(s);

	shut(s, how, 0);
	if (!peer)
		return 0;
	shut(peer, (how & SHUT_READ ? SHUT_WRITE : 0) | (how & SHUT_WRITE ? SHUT_READ : 0), 0);
	socket_put(peer);
	return 0;
}

/* Nobody has @s any more: its messages go, and whoever is connected is told. */
void socket_close(struct socket *s)
{
	struct list messages = LIST_INIT(messages);
	struct socket *peer;
	unsigned long state;
	bool unread;

	socket_unbind(s);
	state = spin_lock_irqsave(&s->queue.lock);
	s->closed = true;
	s->shut = SHUT_READ | SHUT_WRITE;
	peer = s->peer;
	s->peer = NULL;
	unread = !list_empty(&s->messages) || s->accepts;
	while (!list_empty(&s->messages)) {
		struct list *link = s->messages.next;

		list_unlink(link);
		list_add_tail(&messages, link);
	}
	socket_changed(s, state, ~0U);
	socket_close_embryos(s);
	if (peer && s->type != SOCK_DGRAM)
		shut(peer, SHUT_READ | SHUT_WRITE, unread ? ECONNRESET : 0);
	if (peer)
		socket_put(peer);
	while (!list_empty(&messages)) {
		struct message *m = list_entry(messages.next, struct message, link);

		list_unlink(&m->link);
		message_free(m);
	}
	socket_put(s);
}

/* --- Sending ---------------------------------------------------------------------------------- */

/* Whether @to takes no more for now. to->queue.lock held. */
static bool is_full(const struct socket *s, const struct socket *to)
{
	return to->used >= s->limit || (s->type == SOCK_DGRAM && to->count > DATAGRAMS);
}

/* Puts @m into the queue of @to: 0, -EAGAIN, -EINTR, -EPIPE, -ECONNREFUSED. */
static long give(struct socket *s, struct socket *to, struct message *m, u64 deadline)
{
	unsigned long state;
	long err = message_depart(m, to);

	if (err)
		return err;
	state = spin_lock_irqsave(&to->queue.lock);
	while (!err) {
		if (to->closed)
			err = s->type == SOCK_DGRAM ? -ECONNREFUSED : -EPIPE;
		else if (to->shut & SHUT_READ)
			err = -EPIPE;
		else if (!is_full(s, to))
			break;
		else if (!deadline)
			err = -EAGAIN;
		else {
			err = wait_sleep(&to->queue, state, deadline);
			state = spin_lock_irqsave(&to->queue.lock);
			err = err == -ETIMEDOUT ? -EAGAIN : err;
		}
	}
	if (err) {
		spin_unlock_irqrestore(&to->queue.lock, state);
		message_arrive(m);
		return err;
	}
	list_add_tail(&to->messages, &m->link);
	to->used += m->size;
	to->count++;
	socket_changed(to, state, SOCKET_READABLE);
	return 0;
}

/* Copies @n bytes in: 0, -EFAULT. */
static long fill(struct message *m, struct parts *from, size_t n)
{
	for (size_t done = 0; done < n;) {
		size_t step = MIN(n - done, from->iov->left);

		if (step && iov_get(from->iov, m->data + done, step) < step)
			return -EFAULT;
		done += step;
		if (done < n && !from->iov->left)
			from->iov++;
	}
	from->total -= n;
	return 0;
}

/* @n bytes of @from, with what @first has, become a message in the queue of @to. */
static long send_piece(struct socket *s, struct socket *to, struct parts *from, size_t n,
		       struct message **first, u64 deadline)
{
	struct message *m = message_new(n);
	long err = m ? fill(m, from, n) : -ENOBUFS;

	if (err)
		goto out_free;
	socket_cred_here(&m->cred);
	if (*first && (*first)->cred.pid)
		m->cred = (*first)->cred;
	if (*first) {
		m->file = (*first)->file;
		m->file_count = (*first)->file_count;
		(*first)->file = NULL;
		(*first)->file_count = 0;
	}
	if (s->type == SOCK_DGRAM)
		m->name = s->name;
	err = give(s, to, m, deadline);
	if (!err)
		return 0;
out_free:
	if (m)
		message_free(m);
	return err;
}

/* A stream's bytes, in pieces. */
static ssize_t send_stream(struct socket *s, struct socket *to, struct parts *from, u64 deadline,
			   struct message **first)
{
	ssize_t done = 0;

	while (from->total) {
		size_t n = MIN(from->total, (size_t)PIECE);
		long err = send_piece(s, to, from, n, first, deadline);

		if (err)
			return done ? done : err;
		done += (ssize_t)n;
	}
	return done;
}

ssize_t socket_send(struct socket *s, struct socket *to, struct parts *from, unsigned int flags,
		    bool waits, struct message *first)
{
	u64 deadline = socket_deadline(s->send_timeout, waits);
	struct socket *peer = to ? NULL : socket_peer(s);
	size_t n = from->total;
	ssize_t sent;

	if (s->shut & SHUT_WRITE)
		sent = -EPIPE;
	else if (!to && !peer)
		sent = -ENOTCONN;
	else if (s->type == SOCK_STREAM)
		sent = send_stream(s, peer, from, deadline, &first);
	else if (n > s->limit - 32)
		sent = -EMSGSIZE;
	else
		sent = send_piece(s, to ? to : peer, from, n, &first, deadline);
	if (!sent && s->type != SOCK_STREAM)
		sent = (ssize_t)n;
	if (peer)
		socket_put(peer);
	if (first)
		message_free(first);
	if (sent == -EPIPE && s->type != SOCK_DGRAM && !(flags & MSG_NOSIGNAL))
		task_signal(SIGPIPE);
	return sent;
}

/* --- As files --------------------------------------------------------------------------------- */

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct parts to = { iov, 1, iov->left };
	struct received got;
	ssize_t n = socket_receive(file->data, &to, 0, !(file->flags & O_NONBLOCK), &got);

	if (got.rights)
		message_free(got.rights);
	return n;
}

static ssize_t write(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct parts from = { iov, 1, iov->left };

	return socket_send(file->data, NULL, &from, 0, !(file->flags & O_NONBLOCK), NULL);
}

/* What can be done now, but for writing. */
static unsigned int look(struct socket *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	unsigned int events = 0;

	if (s->error)
		events |= POLLERR;
	if (s->shut == (SHUT_READ | SHUT_WRITE) ||
	    (s->type != SOCK_DGRAM && !s->connected && !s->listening))
		events |= POLLHUP;
	if (s->shut & SHUT_READ)
		events |= POLLRDHUP | SOCKET_READABLE;
	if (!list_empty(&s->messages) || !list_empty(&s->embryos))
		events |= SOCKET_READABLE;
	spin_unlock_irqrestore(&s->queue.lock, state);
	return events;
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct socket *s = file->data, *peer;
	unsigned int events;
	unsigned long state;

	poll_wait(poller, &s->polls, &s->queue.lock);
	events = look(s);
	peer = socket_peer(s);
	if (!peer)
		return s->listening ? events : events | SOCKET_WRITABLE;
	state = spin_lock_irqsave(&peer->queue.lock);
	if (peer->used * 4 <= s->limit && (s->type != SOCK_DGRAM || peer->count <= DATAGRAMS))
		events |= SOCKET_WRITABLE;
	spin_unlock_irqrestore(&peer->queue.lock, state);
	socket_put(peer);
	return events;
}

static long control(struct file *file, unsigned int request, u64 argument)
{
	struct socket *s = file->data;
	unsigned long state;
	u32 n = 0;

	if (request != FIONREAD)
		return -ENOTTY;
	if (s->listening)
		return -EINVAL;
	state = spin_lock_irqsave(&s->queue.lock);
	list_for_each (m, &s->messages, struct message, link)
		if (s->type != SOCK_DGRAM || m->link.prev == &s->messages)
			n += (u32)(m->size - m->done);
	spin_unlock_irqrestore(&s->queue.lock, state);
	return copy_to_user(argument, &n, sizeof(n));
}

static void release(struct file *file)
{
	socket_close(file->data);
}

static const struct file_ops socket_ops = {
	.read = read, .write = write, .poll = poll, .ioctl = control, .release = release,
};

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "sockfs" };
static struct super sockets = { .type = &type, .ops = &super_ops, .device = 8 };

struct socket *socket_of(const struct file *file)
{
	return file->ops == &socket_ops ? file->data : NULL;
}

int socket_descriptor(struct socket *s, unsigned long flags)
{
	struct inode *inode = anon_inode(&sockets, S_IFSOCK | 0777, NULL, s);
	struct file *file = NULL;
	int fd;

	if (inode) {
		file = anon_file(inode, &socket_ops, O_RDWR | (int)(flags & O_NONBLOCK));
		inode_put(inode);
	}
	if (!file) {
		socket_close(s);
		return -ENOMEM;
	}
	fd = files_add(files_here(), file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}
