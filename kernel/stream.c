/* SPDX-License-Identifier: MIT */
/* Streams (see <kernel/stream.h>): the terminal as one, the null stream, and what a thread has. */
#include <arch/cpu.h>
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <uapi/errno.h>

void stream_init(struct stream *s, const struct stream_ops *ops)
{
	s->ops = ops;
	s->users = 1;
	s->error = 0;
}

ssize_t stream_read(struct stream *s, void *buf, size_t len)
{
	return s ? s->ops->read(s, buf, len) : tty_read_some(buf, len);
}

int stream_write(struct stream *s, const void *buf, size_t len)
{
	int err;

	if (!s) {
		tty_write(buf, len);
		return 0;
	}
	err = s->ops->write(s, buf, len);
	if (likely(!err))
		return 0;
#ifdef CONFIG_THREADS
	if (err == -EPIPE)
		thread_kill(arch_current());
#endif
	/* whoever was told to end knows of it; the rest is said by whoever has the stream */
	if (err != -EPIPE && err != -EINTR)
		s->error = err;
	return err;
}

static ssize_t null_read(struct stream *s __unused, void *buf __unused, size_t len __unused)
{
	return 0;
}

static int null_write(struct stream *s __unused, const void *buf __unused, size_t len __unused)
{
	return 0;
}

static void null_close(struct stream *s __unused)
{
	panic("the null stream has no user any more: one too many gave it back");
}

static const struct stream_ops null_ops = {
	.read = null_read, .write = null_write, .close = null_close,
};

struct stream stream_null = { .ops = &null_ops, .users = 1 };

void thread_streams_swap(struct stream **in, struct stream **out)
{
	struct thread *t = arch_current();
	struct stream *old_in = t->in, *old_out = t->out;

	t->in = *in;
	t->out = *out;
	*in = old_in;
	*out = old_out;
}
