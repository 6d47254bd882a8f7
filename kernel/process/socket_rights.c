/* SPDX-License-Identifier: MIT */
/*
 * Messages, and the files that are sent in them (SCM_RIGHTS) or who has sent them
 * (SCM_CREDENTIALS).
 *
 * A socket in the queue of a socket in its own queue would be kept by itself for ever. So a socket
 * that has sockets in its queue is not sent, and one that is in a queue gets none: -ETOOMANYREFS,
 * where Linux looks for such circles. What has not been accepted counts for who will accept it.
 */
#include <fs/file.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"
#include "syscall.h"

#define SOL_SOCKET	1
#define SCM_RIGHTS	1
#define SCM_CREDENTIALS	2

#define CONTROL_MAX	20480	/* bytes at one call, as Linux's optmem_max */
#define FLIGHTS_MAX	16384	/* files that are on their way, in all */

struct abi_cmsghdr {
	u64 size;
	s32 level, type;
};

static struct spinlock flight_lock = SPINLOCK_INIT;
static u32 in_flight;	/* flight_lock held */

struct message *message_new(size_t size)
{
	struct message *m = kmalloc(sizeof(*m) + size);

	if (m)
		*m = (struct message){ .size = size };
	return m;
}

void message_free(struct message *m)
{
	message_arrive(m);
	for (u32 i = 0; i < m->file_count; i++)
		file_put(m->file[i]);
	kfree(m->file);
	kfree(m);
}

/* --- In flight -------------------------------------------------------------------------------- */

static struct socket *holder_of(struct socket *s)
{
	return s->accepts ? s->accepts : s;
}

/* All sockets in @m are @n times more in flight, for its holder. flight_lock held. */
static void count(const struct message *m, u32 n)
{
	struct socket *s = m->holder, *root = holder_of(s);

	in_flight += n * m->file_count;
	for (u32 i = 0; i < m->file_count; i++) {
		struct socket *sent = socket_of(m->file[i]);

		if (!sent)
			continue;
		sent->flights += n;
		s->holds += n;
		if (root != s)
			root->holds += n;
	}
}

long message_depart(struct message *m, struct socket *s)
{
	unsigned long state;
	struct socket *root;
	long err = 0;

	if (!m->file_count)
		return 0;
	state = spin_lock_irqsave(&flight_lock);
	root = holder_of(s);
	if (in_flight + m->file_count > FLIGHTS_MAX)
		err = -ETOOMANYREFS;
	for (u32 i = 0; i < m->file_count; i++) {
		const struct socket *sent = socket_of(m->file[i]);

		if (sent && (sent == root || sent == s || sent->holds || root->flights))
			err = -ETOOMANYREFS;
	}
	if (!err) {
		m->holder = s;
		count(m, 1);
	}
	spin_unlock_irqrestore(&flight_lock, state);
	return err;
}

void message_arrive(struct message *m)
{
	unsigned long state;

	if (!m->holder)
		return;
	state = spin_lock_irqsave(&flight_lock);
	count(m, -1U);
	m->holder = NULL;
	spin_unlock_irqrestore(&flight_lock, state);
}

void message_accepted(struct socket *s)
{
	unsigned long state = spin_lock_irqsave(&flight_lock);

	s->accepts->holds -= s->holds;
	s->accepts = NULL;
	spin_unlock_irqrestore(&flight_lock, state);
}

/* --- Sent ------------------------------------------------------------------------------------- */

static long get_rights(struct message *m, uaddr_t from, size_t size)
{
	size_t n = size / sizeof(s32);
	struct file **all;

	if (m->file_count + n > RIGHTS_MAX)
		return -EINVAL;
	all = kcalloc(m->file_count + n + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	if (m->file)
		memcpy(all, m->file, m->file_count * sizeof(*all));
	kfree(m->file);
	m->file = all;
	for (size_t i = 0; i < n; i++) {
		struct file *file;
		s32 fd;

		if (copy_from_user(&fd, from + i * sizeof(fd), sizeof(fd)))
			return -EFAULT;
		file = files_get_any(files_here(), fd);
		if (!file)
			return -EBADF;
		all[m->file_count++] = file;
	}
	return 0;
}

/* Who says that he is another one has to be allowed to. */
static long get_cred(struct message *m, uaddr_t from, size_t size)
{
	const struct process *p = process_current();
	const struct credentials *c = &p->cred;

	if (size != sizeof(m->cred))
		return -EINVAL;
	if (copy_from_user(&m->cred, from, sizeof(m->cred)))
		return -EFAULT;
	if (m->cred.pid != p->pid && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (m->cred.uid != c->uid && m->cred.uid != c->euid && m->cred.uid != c->suid &&
	    !capable(CAP_SETUID))
		return -EPERM;
	if (m->cred.gid != c->gid && m->cred.gid != c->egid && m->cred.gid != c->sgid &&
	    !capable(CAP_SETGID))
		return -EPERM;
	return 0;
}

long message_get_control(struct message **m, uaddr_t from, size_t size)
{
	struct abi_cmsghdr h;
	size_t at = 0;
	long err = 0;

	if (size > CONTROL_MAX)
		return -ENOBUFS;
	if (size >= sizeof(h) && !*m)
		*m = message_new(0);
	if (size >= sizeof(h) && !*m)
		return -ENOMEM;
	while (!err && at < size && size - at >= sizeof(h)) {
		uaddr_t data = from + at + sizeof(h);

		if (copy_from_user(&h, from + at, sizeof(h)))
			return -EFAULT;
		if (h.size < sizeof(h) || h.size > size - at)
			return -EINVAL;
		at += ALIGN_UP(h.size, 8UL);
		if (h.level != SOL_SOCKET)
			continue;
		h.size -= sizeof(h);
		if (h.type == SCM_RIGHTS)
			err = get_rights(*m, data, h.size);
		else if (h.type == SCM_CREDENTIALS)
			err = get_cred(*m, data, h.size);
		else
			err = -EINVAL;
	}
	return err;
}

/* --- Received --------------------------------------------------------------------------------- */

/* Writes one piece behind *@at: true; false where there is no room or no memory for it. */
static bool put_piece(uaddr_t to, size_t room, size_t *at, int what, const void *data, size_t n)
{
	struct abi_cmsghdr h = { sizeof(h) + n, SOL_SOCKET, what };

	if (*at > room || room - *at < h.size)
		return false;
	if (copy_to_user(to + *at, &h, sizeof(h)) ||
	    copy_to_user(to + *at + sizeof(h), data, n))
		return false;
	*at = MIN(*at + ALIGN_UP(h.size, 8UL), room);
	return true;
}

/* As many files of @m as there is room for get descriptors. */
static void put_rights(struct message *m, uaddr_t to, size_t room, size_t *at, bool cloexec,
		       u32 *flags)
{
	size_t space = *at < room ? room - *at : 0, n = 0;
	s32 fds[RIGHTS_MAX];

	space = space > sizeof(struct abi_cmsghdr) ? space - sizeof(struct abi_cmsghdr) : 0;
	while (n < m->file_count && (n + 1) * sizeof(s32) <= space) {
		int fd = files_add(files_here(), m->file[n], 0, cloexec);

		if (fd < 0)
			break;
		file_get(m->file[n]);	/* the descriptor's */
		fds[n++] = fd;
	}
	if (n < m->file_count)
		*flags |= MSG_CTRUNC;
	if (!n || put_piece(to, room, at, SCM_RIGHTS, fds, n * sizeof(s32)))
		return;
	while (n--)
		files_close(files_here(), fds[n]);
}

size_t message_put_control(struct socket *s, struct received *got, uaddr_t to, size_t size,
			   bool cloexec, u32 *flags)
{
	size_t at = 0;

	if (s->wants_cred && !put_piece(to, size, &at, SCM_CREDENTIALS, &got->cred,
					sizeof(got->cred)))
		*flags |= MSG_CTRUNC;
	if (got->rights) {
		put_rights(got->rights, to, size, &at, cloexec, flags);
		message_free(got->rights);
		got->rights = NULL;
	}
	return at;
}
