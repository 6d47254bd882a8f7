/* SPDX-License-Identifier: MIT */
/* Options of sockets. */
#include <kernel/time.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"
#include "syscall.h"

long socket_begin(int fd, struct file **file, struct socket **s)
{
	*file = files_get(files_here(), fd);
	if (!*file)
		return -EBADF;
	*s = socket_of(*file);
	if (*s)
		return 0;
	file_put(*file);
	return -ENOTSOCK;
}

#define SOL_SOCKET	1
#define SO_REUSEADDR	2
#define SO_TYPE		3
#define SO_ERROR	4
#define SO_SNDBUF	7
#define SO_RCVBUF	8
#define SO_KEEPALIVE	9
#define SO_PASSCRED	16
#define SO_PEERCRED	17
#define SO_RCVTIMEO	20
#define SO_SNDTIMEO	21
#define SO_ACCEPTCONN	30
#define SO_PROTOCOL	38
#define SO_DOMAIN	39

#define LIMIT_MIN	4608U
#define LIMIT_MAX	(2 * 212992U)

static long set_timeout(u64 *timeout, uaddr_t from, int size)
{
	struct abi_timeval t;
	u64 ns;

	if ((size_t)size < sizeof(t))
		return -EINVAL;
	if (copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	if (t.usec < 0 || t.usec >= 1000000)
		return -EDOM;
	ns = (u64)t.usec * NS_PER_US;
	if (t.sec < 0)
		ns = 1;		/* as if it were over already */
	else if (t.sec > INT32_MAX || (!t.sec && !t.usec))
		ns = TIME_NEVER;
	else
		ns += (u64)t.sec * NS_PER_SEC;
	*timeout = ns;
	return 0;
}

static long set_option(struct socket *s, int option, uaddr_t from, int size)
{
	s32 value;

	if (option == SO_RCVTIMEO || option == SO_SNDTIMEO)
		return set_timeout(option == SO_RCVTIMEO ? &s->receive_timeout : &s->send_timeout,
				   from, size);
	if ((size_t)size < sizeof(value))
		return -EINVAL;
	if (copy_from_user(&value, from, sizeof(value)))
		return -EFAULT;
	switch (option) {
	case SO_REUSEADDR:
	case SO_KEEPALIVE:
	case SO_RCVBUF:
		return 0;
	case SO_SNDBUF:
		s->limit = MAX(MIN((u32)value, LIMIT_MAX / 2) * 2, LIMIT_MIN);
		return 0;
	case SO_PASSCRED:
		s->wants_cred = value;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

long sys_setsockopt(int fd, int level, int option, uaddr_t from, int size)
{
	struct socket *s;
	struct file *file;
	long err;

	if (size < 0)
		return -EINVAL;
	err = socket_begin(fd, &file, &s);
	if (err)
		return err;
	err = level == SOL_SOCKET ? set_option(s, option, from, size) : -EOPNOTSUPP;
	file_put(file);
	return err;
}

static struct abi_timeval timeval_of(u64 ns)
{
	if (ns == TIME_NEVER)
		ns = 0;
	return (struct abi_timeval){ (s64)(ns / NS_PER_SEC), (s64)(ns % NS_PER_SEC / NS_PER_US) };
}

/* What an option is: how many bytes, or -ENOPROTOOPT. */
static long get_option(struct socket *s, int option, void *to)
{
	s32 *number = to;

	*number = 0;
	switch (option) {
	case SO_TYPE:
		*number = s->type;
		break;
	case SO_ERROR: {
		unsigned long state = spin_lock_irqsave(&s->queue.lock);

		*number = s->error;
		s->error = 0;
		spin_unlock_irqrestore(&s->queue.lock, state);
		break;
	}
	case SO_SNDBUF:
		*number = (s32)s->limit;
		break;
	case SO_RCVBUF:
		*number = 212992;
		break;
	case SO_PASSCRED:
		*number = s->wants_cred;
		break;
	case SO_ACCEPTCONN:
		*number = s->listening;
		break;
	case SO_DOMAIN:
		*number = AF_UNIX;
		break;
	case SO_REUSEADDR:
	case SO_KEEPALIVE:
	case SO_PROTOCOL:
		break;
	case SO_PEERCRED: {
		struct socket_cred none = { 0, UINT32_MAX, UINT32_MAX };

		*(struct socket_cred *)to = s->peer_cred.pid ? s->peer_cred : none;
		return sizeof(none);
	}
	case SO_RCVTIMEO:
		*(struct abi_timeval *)to = timeval_of(s->receive_timeout);
		return sizeof(struct abi_timeval);
	case SO_SNDTIMEO:
		*(struct abi_timeval *)to = timeval_of(s->send_timeout);
		return sizeof(struct abi_timeval);
	default:
		return -ENOPROTOOPT;
	}
	return sizeof(*number);
}

long sys_getsockopt(int fd, int level, int option, uaddr_t to, uaddr_t size_at)
{
	u64 value[2];
	struct socket *s;
	struct file *file;
	s32 size;
	long n = socket_begin(fd, &file, &s);

	if (n)
		return n;
	if (level != SOL_SOCKET)
		n = -EOPNOTSUPP;
	else if (copy_from_user(&size, size_at, sizeof(size)))
		n = -EFAULT;
	else if (size < 0)
		n = -EINVAL;
	else
		n = get_option(s, option, value);
	file_put(file);
	if (n < 0)
		return n;
	size = MIN(size, (s32)n);
	if (copy_to_user(to, value, (size_t)size))
		return -EFAULT;
	return copy_to_user(size_at, &size, sizeof(size));
}
