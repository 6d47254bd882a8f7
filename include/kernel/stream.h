/* SPDX-License-Identifier: MIT */
/*
 * Streams: what a thread's output goes to and its input comes from. A thread has one of each
 * (struct thread: in, out), NULL for the terminal, and inherits them from the thread that makes it;
 * it gives them back when it ends. print() writes to the thread's output. With CONFIG_STREAMS.
 */
#ifndef KERNEL_STREAM_H
#define KERNEL_STREAM_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/thread.h>
#include <lib/types.h>

struct poller;
struct stream;

#define STREAM_READY	1U	/* to be read, or written */
#define STREAM_ENDED	2U	/* the other side has gone */

/* Every hook is called in thread context, and may sleep. */
struct stream_ops {
	/* Up to @len bytes, waiting for the first one; 0 at the end; a negative errno. */
	ssize_t (*read)(struct stream *s, void *buf, size_t len);
	/* All @len bytes, or an error: 0; -EPIPE when nobody will ever read them; any other. */
	int (*write)(struct stream *s, const void *buf, size_t len);
	/* The last user has gone: frees the stream. */
	void (*close)(struct stream *s);
#ifdef CONFIG_PROCESS
	/*
	 * What could be done without waiting: STREAM_READY, STREAM_ENDED; before it looks it has
	 * @poller wait in one queue at most (<kernel/poll.h>). NULL: it is always ready.
	 */
	unsigned int (*poll)(struct stream *s, struct poller *poller);
#endif
};

/* Embedded in what it is a stream of. */
struct stream {
	const struct stream_ops *ops;
	u32 users;		/* atomic */
	int error;		/* of a write, no -EPIPE or -EINTR; who tells of it clears it */
};

/* Makes @s a stream with one user. */
void stream_init(struct stream *s, const struct stream_ops *ops);

/* One more user of @s, which it returns; NULL is fine. */
static inline struct stream *stream_get(struct stream *s)
{
	if (s)
		atomic_add_relaxed(&s->users, 1);
	return s;
}

/* One user less; NULL is fine. Thread context. */
static inline void stream_put(struct stream *s)
{
	/* the last one sees what all others did to it */
	if (s && atomic_add_acq_rel(&s->users, (u32)-1) == 1)
		s->ops->close(s);
}

/* Reads from @s, as the hook; NULL is the terminal, of which it reads a line. */
ssize_t stream_read(struct stream *s, void *buf, size_t len);

/*
 * Writes to @s, as the hook; NULL is the terminal. Whoever writes what nobody will read (-EPIPE) is
 * told to end (thread_kill()), as a Unix program is by SIGPIPE. Any other error but -EINTR is kept
 * in @s->error, for who runs the writer.
 */
int stream_write(struct stream *s, const void *buf, size_t len);

/* A stream at whose end one is at once, and which swallows what is written. Lives for ever. */
extern struct stream stream_null;

/* What the calling thread reads from and writes to; NULL: the terminal. */
static inline struct stream *stream_in(void)
{
	return arch_current()->in;
}

static inline struct stream *stream_out(void)
{
	return arch_current()->out;
}

/* For thread_create() and thread_exit(): @t inherits the caller's streams, or gives them back. */
static inline void thread_streams_inherit(struct thread *t)
{
	t->in = stream_get(arch_current()->in);
	t->out = stream_get(arch_current()->out);
}

static inline void thread_streams_put(struct thread *t)
{
	stream_put(t->in);
	stream_put(t->out);
	t->in = NULL;
	t->out = NULL;
}

/*
 * Gives the calling thread other streams: takes the caller's references to *@in and *@out, and
 * leaves those that the thread had in them. Calling it again puts all back.
 */
void thread_streams_swap(struct stream **in, struct stream **out);

/*
 * Makes a pipe: what is written to *@write is read from *@read. The reader's end comes when all
 * writers have gone; a writer without any reader gets -EPIPE. 0, -ENOMEM.
 */
int pipe_create(struct stream **read, struct stream **write);

#endif
