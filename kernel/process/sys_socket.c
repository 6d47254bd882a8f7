/* SPDX-License-Identifier: MIT */
/* Calls about sockets: their arguments and names. There are unix sockets alone. */
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"
#include "syscall.h"

#define PARTS_MAX	1024
#define FAMILIES	46	/* that Linux has numbers for */

struct abi_msghdr {
	u64 name;
	s32 name_size;
	u32 pad;
	u64 parts, part_count;
	u64 control, control_size;
	u32 flags, pad2;
};
static_assert(sizeof(struct abi_msghdr) == 56, "Linux's struct user_msghdr");

/* --- Making ----------------------------------------------------------------------------------- */

/* What a caller wants: 0 and *@type; an errno. */
static long check_kind(int family, unsigned int wanted, int protocol, int *type)
{
	unsigned int kind = wanted & 0xf;

	if (wanted & ~(0xfU | O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	if (family != AF_UNIX)
		return -EAFNOSUPPORT;
	if (kind > 10)
		return -EINVAL;
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	*type = kind == SOCK_RAW ? SOCK_DGRAM : (int)kind;
	if (kind == SOCK_STREAM || kind == SOCK_DGRAM || kind == SOCK_RAW ||
	    kind == SOCK_SEQPACKET)
		return 0;
	return -ESOCKTNOSUPPORT;
}

long sys_socket(int family, unsigned int kind, int protocol)
{
	struct socket *s;
	int type;
	long err = check_kind(family, kind, protocol, &type);

	if (err)
		return err;
	s = socket_new(type);
	return s ? socket_descriptor(s, kind) : -ENOMEM;
}

long sys_socketpair(int family, unsigned int kind, int protocol, uaddr_t to)
{
	struct socket *a, *b;
	int type, fds[2];
	long err = check_kind(family, kind, protocol, &type);

	if (err)
		return err;
	a = socket_new(type);
	b = a ? socket_new(type) : NULL;
	if (!b) {
		if (a)
			socket_put(a);
		return -ENOMEM;
	}
	socket_cred_here(&a->peer_cred);
	b->peer_cred = a->peer_cred;
	socket_pair(a, b);
	fds[0] = socket_descriptor(a, kind);
	if (fds[0] < 0) {
		socket_close(b);
		return fds[0];
	}
	fds[1] = socket_descriptor(b, kind);
	err = fds[1] < 0 ? fds[1] : copy_to_user(to, fds, sizeof(fds));
	if (err) {
		files_close(files_here(), fds[0]);
		if (fds[1] >= 0)
			files_close(files_here(), fds[1]);
	}
	return err;
}

/* --- Names ------------------------------------------------------------------------------------ */

/* An address of @size bytes: 0; -EINVAL, -EFAULT. */
static long get_name(struct socket_name *name, uaddr_t from, int size)
{
	*name = (struct socket_name){ .size = (u32)size };
	if (size < 0 || size > 128)
		return -EINVAL;
	if (copy_from_user(name->bytes, from, MIN((size_t)size, sizeof(name->bytes))))
		return -EFAULT;
	if (size < 2 || size > NAME_SIZE)
		return -EINVAL;
	return name->bytes[0] == AF_UNIX && !name->bytes[1] ? 0 : -EINVAL;
}

/* As much of @name as there is room for; its size in any case. */
static long put_name(const struct socket_name *name, uaddr_t to, uaddr_t size_at)
{
	const u8 none[2] = { AF_UNIX, 0 };
	s32 room, size = name->size ? (s32)name->size : 2;

	if (copy_from_user(&room, size_at, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(to, name->size ? name->bytes : none, (size_t)MIN(room, size)))
		return -EFAULT;
	return copy_to_user(size_at, &size, sizeof(size));
}

long sys_bind(int fd, uaddr_t from, int size)
{
	struct socket_name name;
	struct socket *s;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err)
		return err;
	err = get_name(&name, from, size);
	if (!err)
		err = socket_bind(s, &name);
	file_put(file);
	return err;
}

long sys_listen(int fd, int backlog)
{
	struct socket *s;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err)
		return err;
	err = socket_listen(s, backlog);
	file_put(file);
	return err;
}

long sys_connect(int fd, uaddr_t from, int size)
{
	struct socket_name name;
	struct socket *s;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err)
		return err;
	err = get_name(&name, from, size);
	if (err == -EINVAL && s->type == SOCK_DGRAM && size >= 2 && !name.bytes[0])
		err = 0;	/* AF_UNSPEC */
	else if (!err && size == 2)
		err = -EINVAL;
	if (!err)
		err = socket_connect(s, &name, !(file->flags & O_NONBLOCK));
	file_put(file);
	return err;
}

long sys_accept4(int fd, uaddr_t to, uaddr_t size, unsigned long flags)
{
	struct socket *s, *accepted, *peer;
	struct socket_name name = { .size = 0 };
	struct file *file;
	long err;
	int new;

	if (flags & ~(unsigned long)(O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	err = socket_begin(fd, &file, &s);
	if (err)
		return err;
	err = socket_accept(s, !(file->flags & O_NONBLOCK), &accepted);
	file_put(file);
	if (err)
		return err;
	peer = socket_peer(accepted);
	if (peer) {
		name = peer->name;
		socket_put(peer);
	}
	new = socket_descriptor(accepted, flags);
	if (new < 0 || !to)
		return new;
	err = put_name(&name, to, size);
	if (err)
		files_close(files_here(), new);
	return err ? err : new;
}

long sys_accept(int fd, uaddr_t to, uaddr_t size)
{
	return sys_accept4(fd, to, size, 0);
}

static long tell_name(int fd, uaddr_t to, uaddr_t size, bool of_peer)
{
	struct socket *s, *peer = NULL;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err)
		return err;
	if (of_peer)
		peer = socket_peer(s);
	err = of_peer && !peer ? -ENOTCONN : put_name(peer ? &peer->name : &s->name, to, size);
	if (peer)
		socket_put(peer);
	file_put(file);
	return err;
}

long sys_getsockname(int fd, uaddr_t to, uaddr_t size)
{
	return tell_name(fd, to, size, false);
}

long sys_getpeername(int fd, uaddr_t to, uaddr_t size)
{
	return tell_name(fd, to, size, true);
}

/* --- Sending and receiving -------------------------------------------------------------------- */

struct call {
	struct parts parts;
	struct iov local[8];
	struct iov *all;
};

/* The parts that @n entries at @from tell of: 0, -EMSGSIZE, -EFAULT, -EINVAL, -ENOMEM. */
static long get_parts(struct call *c, uaddr_t from, u64 n)
{
	c->all = c->local;
	c->parts = (struct parts){ c->local, n, 0 };
	if (n > PARTS_MAX)
		return -EMSGSIZE;
	if (n > ARRAY_SIZE(c->local))
		c->all = kcalloc(n, sizeof(*c->all));
	if (!c->all)
		return -ENOMEM;
	c->parts.iov = c->all;
	for (u64 i = 0; i < n; i++) {
		struct abi_iovec v;

		if (copy_from_user(&v, from + i * sizeof(v), sizeof(v)))
			return -EFAULT;
		if ((s64)v.size < 0)
			return -EINVAL;
		if (!is_buffer(v.base, v.size))
			return -EFAULT;
		v.size = MIN(v.size, READ_MAX - c->parts.total);
		c->all[i] = (struct iov){ .base = (u8 *)v.base, .left = v.size, .may_fault = true };
		c->parts.total += v.size;
	}
	return 0;
}

static void drop_parts(struct call *c)
{
	if (c->all != c->local)
		kfree(c->all);
}

static long send(int fd, struct call *c, unsigned int flags, uaddr_t name_at, int size,
		 struct message *m)
{
	struct socket *s, *to = NULL;
	struct socket_name name;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err) {
		if (m)
			message_free(m);
		return err;
	}
	if (flags & MSG_OOB)
		err = -EOPNOTSUPP;
	else if (name_at && size && s->type == SOCK_STREAM)
		err = s->connected ? -EISCONN : -EOPNOTSUPP;
	else if (name_at && size && s->type == SOCK_DGRAM)
		err = get_name(&name, name_at, size);
	if (!err && name_at && size && s->type == SOCK_DGRAM)
		err = size == 2 ? -EINVAL : socket_find(&name, SOCK_DGRAM, &to);
	if (!err) {
		bool waits = !(file->flags & O_NONBLOCK) && !(flags & MSG_DONTWAIT);

		err = socket_send(s, to, &c->parts, flags, waits, m);
		m = NULL;
	}
	if (m)
		message_free(m);
	if (to)
		socket_put(to);
	file_put(file);
	return err;
}

static void one_part(struct call *c, uaddr_t at, size_t size)
{
	size = MIN(size, READ_MAX);
	c->local[0] = (struct iov){ .base = (u8 *)at, .left = size, .may_fault = true };
	c->all = c->local;
	c->parts = (struct parts){ c->local, 1, size };
}

long sys_sendto(int fd, uaddr_t from, unsigned long size, unsigned long flags, uaddr_t name,
		int name_size)
{
	struct call c;

	if (!is_buffer(from, MIN(size, READ_MAX)))
		return -EFAULT;
	one_part(&c, from, size);
	return send(fd, &c, (unsigned int)flags, name, name_size, NULL);
}

long sys_recvfrom(int fd, uaddr_t to, unsigned long size, unsigned long flags, uaddr_t name,
		  uaddr_t name_size)
{
	struct received got;
	struct socket *s;
	struct file *file;
	struct call c;
	long n;

	if (!is_buffer(to, MIN(size, READ_MAX)))
		return -EFAULT;
	n = socket_begin(fd, &file, &s);
	if (n)
		return n;
	one_part(&c, to, size);
	n = flags & MSG_OOB ? -EOPNOTSUPP :
	    socket_receive(s, &c.parts, (unsigned int)flags,
			   !(file->flags & O_NONBLOCK) && !(flags & MSG_DONTWAIT), &got);
	if (!(flags & MSG_OOB) && got.rights)
		message_free(got.rights);
	file_put(file);
	if (n >= 0 && name) {
		s32 none = 0;
		long err = got.name.size ? put_name(&got.name, name, name_size) :
					   copy_to_user(name_size, &none, sizeof(none));

		return err ? err : n;
	}
	return n;
}

long sys_sendmsg(int fd, uaddr_t from, unsigned long flags)
{
	struct message *m = NULL;
	struct abi_msghdr h;
	struct call c;
	long err;

	if (copy_from_user(&h, from, sizeof(h)))
		return -EFAULT;
	err = get_parts(&c, h.parts, h.part_count);
	if (!err && h.control && h.control_size)
		err = message_get_control(&m, h.control, h.control_size);
	if (!err)
		err = send(fd, &c, (unsigned int)flags, h.name, h.name_size, m);
	else if (m)
		message_free(m);
	drop_parts(&c);
	return err;
}

/* What came is told to the caller's header at @to. */
static long put_header(struct socket *s, struct received *got, uaddr_t to, struct abi_msghdr *h,
		       unsigned int flags)
{
	s32 name_size = (s32)got->name.size;

	h->flags = got->flags | (flags & MSG_CMSG_CLOEXEC);
	h->control_size = message_put_control(s, got, h->control, h->control_size,
					      flags & MSG_CMSG_CLOEXEC, &h->flags);
	if (h->name) {
		if (copy_to_user(h->name, got->name.bytes,
				 (size_t)MIN(MAX(h->name_size, 0), name_size)))
			return -EFAULT;
		if (copy_to_user(to + offsetof(struct abi_msghdr, name_size), &name_size,
				 sizeof(name_size)))
			return -EFAULT;
	}
	if (copy_to_user(to + offsetof(struct abi_msghdr, flags), &h->flags, sizeof(h->flags)))
		return -EFAULT;
	return copy_to_user(to + offsetof(struct abi_msghdr, control_size), &h->control_size,
			    sizeof(h->control_size));
}

long sys_recvmsg(int fd, uaddr_t at, unsigned long flags)
{
	struct received got;
	struct abi_msghdr h;
	struct socket *s;
	struct file *file;
	struct call c;
	long n, err;

	if (copy_from_user(&h, at, sizeof(h)))
		return -EFAULT;
	n = get_parts(&c, h.parts, h.part_count);
	if (n)
		goto out_drop;
	n = socket_begin(fd, &file, &s);
	if (n)
		goto out_drop;
	n = flags & MSG_OOB ? -EOPNOTSUPP :
	    socket_receive(s, &c.parts, (unsigned int)flags,
			   !(file->flags & O_NONBLOCK) && !(flags & MSG_DONTWAIT), &got);
	if (n >= 0) {
		err = put_header(s, &got, at, &h, (unsigned int)flags);
		n = err ? err : n;
	} else if (!(flags & MSG_OOB) && got.rights) {
		message_free(got.rights);
	}
	file_put(file);
out_drop:
	drop_parts(&c);
	return n;
}

long sys_shutdown(int fd, int how)
{
	struct socket *s;
	struct file *file;
	long err = socket_begin(fd, &file, &s);

	if (err)
		return err;
	err = how < 0 || how > 2 ? -EINVAL : socket_shutdown(s, (unsigned int)how + 1);
	file_put(file);
	return err;
}
