/* SPDX-License-Identifier: MIT */
/* Unix sockets: what their files share. How they work is told in socket.c. */
#ifndef PROCESS_SOCKET_H
#define PROCESS_SOCKET_H

#include <arch/user.h>
#include <fs/file.h>
#include <kernel/mutex.h>
#include <kernel/poll.h>
#include <kernel/wait.h>
#include <kernel/time.h>
#include <lib/list.h>
#include <mm/iov.h>
#include <uapi/ioctl.h>

#define AF_UNSPEC	0
#define AF_UNIX		1

#define SOCK_STREAM	1
#define SOCK_DGRAM	2
#define SOCK_RAW	3	/* the same here as SOCK_DGRAM */
#define SOCK_SEQPACKET	5

#define MSG_PEEK	0x2U
#define MSG_CTRUNC	0x8U
#define MSG_TRUNC	0x20U
#define MSG_DONTWAIT	0x40U
#define MSG_WAITALL	0x100U
#define MSG_OOB		0x1U
#define MSG_NOSIGNAL	0x4000U
#define MSG_CMSG_CLOEXEC 0x40000000U

#define SOCKET_READABLE	(POLLIN | POLLRDNORM)
#define SOCKET_WRITABLE	(POLLOUT | POLLWRNORM)

#define SHUT_READ	1U
#define SHUT_WRITE	2U

#define NAME_SIZE	110	/* struct sockaddr_un, of which the family is 2 bytes */
#define RIGHTS_MAX	253	/* files in a message */

struct socket_cred {
	s32 pid;
	u32 uid, gid;
};

struct socket_name {
	u32 size;		/* 0: it has none */
	u8 bytes[NAME_SIZE];	/* with the family */
};

/* What is sent at one call, or a piece of it. */
struct message {
	struct list link;
	size_t size, done;	/* bytes; those that were read */
	struct socket_cred cred;
	struct socket_name name;	/* the sender's, of datagrams */
	struct socket *holder;	/* in whose queue it is, for the account of sockets in flight */
	u32 file_count;
	struct file **file;	/* or NULL */
	u8 data[];
};

struct socket {
	u32 refs;		/* atomic */
	int type;
	struct mutex reading;	/* held by who takes something out of the queue */
	struct wait_queue queue;	/* who reads, and who writes to it, wait here */
	/* queue.lock held: */
	struct poll_queue polls;
	struct list messages;	/* to be read */
	size_t used;		/* bytes of them */
	u32 count;
	u8 shut;		/* SHUT_READ, SHUT_WRITE */
	bool closed;		/* nobody has it any more */
	int error;		/* what the next call says, once */
	struct socket *peer;	/* with a use; or NULL */
	bool connected;		/* has been, of streams and the like */
	bool listening;
	u32 backlog, pending;
	struct list embryos;	/* that nobody has accepted yet */
	struct list in_backlog;
	struct socket_cred peer_cred;
	/* socket_names held: */
	struct list bound;	/* to a name, or alone */
	struct file *place;	/* the name's, in the filesystem; or NULL */
	struct socket_name name;	/* set once */
	/* flight_lock held (socket_rights.c): */
	struct socket *accepts;	/* who will, if somebody, accept it */
	u32 holds;		/* sockets in its messages */
	u32 flights;		/* messages that it is in */
	/* options, looked at as they are: */
	bool wants_cred;
	size_t limit;		/* bytes that it sends ahead */
	u64 send_timeout, receive_timeout;	/* ns, or TIME_NEVER */
};

/* Parts of the caller's memory, one after the other. */
struct parts {
	struct iov *iov;
	size_t count, total;
};

/* What a receiver gets beside the bytes. */
struct received {
	u32 flags;		/* MSG_TRUNC */
	struct socket_cred cred;
	struct socket_name name;
	struct message *rights;	/* with the files that came, or NULL: the receiver's */
};

/* Those who wait for anything of @s look again. queue.lock held; it is released. */
static inline void socket_changed(struct socket *s, unsigned long state, unsigned int events)
{
	poll_wake_for(&s->polls, events);
	wait_wake_all(&s->queue);
	wait_unlock(&s->queue, state);
}

/* sys_sockopt.c: the socket that @fd is, and its file, with a use: 0, -EBADF, -ENOTSOCK. */
long socket_begin(int fd, struct file **file, struct socket **s);

/* socket.c */
struct socket *socket_new(int type);
void socket_get(struct socket *s);
void socket_put(struct socket *s);
void socket_cred_here(struct socket_cred *cred);
int socket_descriptor(struct socket *s, unsigned long flags);
void socket_close(struct socket *s);	/* nobody has it any more: gives it back */
struct socket *socket_of(const struct file *file);	/* NULL: it is none */
struct socket *socket_peer(struct socket *s);		/* with a use; NULL */
void socket_pair(struct socket *a, struct socket *b);
long socket_shutdown(struct socket *s, unsigned int how);

/*
 * Sends what @from has, and @m, which may be NULL, with its files and credentials, to @to or, NULL,
 * the peer. @m is used up. As send(2).
 */
ssize_t socket_send(struct socket *s, struct socket *to, struct parts *from, unsigned int flags,
		    bool waits, struct message *m);
/* socket_receive.c: as recv(2); what is not taken of *@got is the caller's. */
ssize_t socket_receive(struct socket *s, struct parts *to, unsigned int flags, bool waits,
		       struct received *got);

/* Until when a call waits that was told to, or not. */
static inline u64 socket_deadline(u64 timeout, bool waits)
{
	return !waits ? 0 : timeout == TIME_NEVER ? TIME_NEVER : time_now() + timeout;
}

/* socket_name.c: 0 and *@found, with a use, which has @name and is of that @type. */
long socket_find(const struct socket_name *name, int type, struct socket **found);
long socket_bind(struct socket *s, struct socket_name *name);
void socket_unbind(struct socket *s);

/* socket_connect.c */
long socket_listen(struct socket *s, int backlog);
long socket_connect(struct socket *s, const struct socket_name *name, bool waits);
long socket_accept(struct socket *s, bool waits, struct socket **accepted);
void socket_close_embryos(struct socket *s);

/* socket_rights.c: messages and the files in them. */
struct message *message_new(size_t size);
void message_free(struct message *m);

/* @m, with its files, is about to be put into @s's queue: 0; -ETOOMANYREFS. And is taken out. */
long message_depart(struct message *m, struct socket *s);
void message_arrive(struct message *m);

/* @s was an embryo, and is its accepter's now: what it holds counts for itself. */
void message_accepted(struct socket *s);

/* Reads the control data of @size bytes at @from into *@m, which is made if need be. */
long message_get_control(struct message **m, uaddr_t from, size_t size);

/*
 * Writes what came to the @size bytes at @to: how many of them; *@flags gets MSG_CTRUNC where they
 * are too few. What was not taken is closed.
 */
size_t message_put_control(struct socket *s, struct received *got, uaddr_t to, size_t size,
			   bool cloexec, u32 *flags);

#endif
