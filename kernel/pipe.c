/* SPDX-License-Identifier: MIT */
/*
 * Pipes: a ring of bytes between two streams. Readers sleep while it is empty and writers while it
 * is full, never both at once, so one queue serves them; its lock guards all of the pipe. An end is
 * closed when its stream has no user any more, and the pipe goes with the second one.
 */
#include <arch/cpu.h>
#include <kernel/poll.h>
#include <kernel/stream.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

struct pipe {
	struct stream read, write;
	struct wait_queue queue;
	/* queue.lock held: */
	struct poll_queue polls;
	bool read_open, write_open;
	size_t head;		/* where the next byte is read; counted on and on */
	size_t tail;		/* where the next one is written */
	char ring[CONFIG_PIPE_SIZE];
};

/* Copies @len bytes at @data into the ring; there is room. */
static void put(struct pipe *p, const char *data, size_t len)
{
	size_t at = p->tail % CONFIG_PIPE_SIZE, run = MIN(len, CONFIG_PIPE_SIZE - at);

	memcpy(p->ring + at, data, run);
	memcpy(p->ring, data + run, len - run);
	p->tail += len;
}

/* Copies @len bytes out of the ring; they are there. */
static void take(struct pipe *p, char *data, size_t len)
{
	size_t at = p->head % CONFIG_PIPE_SIZE, run = MIN(len, CONFIG_PIPE_SIZE - at);

	memcpy(data, p->ring + at, run);
	memcpy(data + run, p->ring, len - run);
	p->head += len;
}

/* Something has changed. */
static inline void wake_locked(struct pipe *p)
{
	wait_wake_all(&p->queue);
	poll_wake(&p->polls);
}

static ssize_t pipe_read(struct stream *s, void *buf, size_t len)
{
	struct pipe *p = container_of(s, struct pipe, read);
	unsigned long state = spin_lock_irqsave(&p->queue.lock);
	ssize_t n = 0;

	while (len && p->head == p->tail && p->write_open && !n) {
		n = wait_sleep(&p->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&p->queue.lock);
	}
	if (!n) {
		n = (ssize_t)MIN(len, p->tail - p->head);
		take(p, buf, (size_t)n);
		wake_locked(p);
	}
	wait_unlock(&p->queue, state);
	return n;
}

static int pipe_write(struct stream *s, const void *buf, size_t len)
{
	struct pipe *p = container_of(s, struct pipe, write);
	unsigned long state = spin_lock_irqsave(&p->queue.lock);
	const char *data = buf;
	int err = 0;

	while (len && !err) {
		size_t n = MIN(len, CONFIG_PIPE_SIZE - (p->tail - p->head));

		if (!p->read_open) {
			err = -EPIPE;
		} else if (n) {
			put(p, data, n);
			data += n;
			len -= n;
			wake_locked(p);
		} else {
			err = wait_sleep(&p->queue, state, TIME_NEVER);
			state = spin_lock_irqsave(&p->queue.lock);
		}
	}
	wait_unlock(&p->queue, state);
	return err;
}

/* One end is closed. */
static void end(struct pipe *p, bool *open)
{
	unsigned long state = spin_lock_irqsave(&p->queue.lock);
	bool last;

	*open = false;
	last = !p->read_open && !p->write_open;
	wake_locked(p);
	wait_unlock(&p->queue, state);
	if (last)
		kfree(p);
}

static void close_read(struct stream *s)
{
	struct pipe *p = container_of(s, struct pipe, read);

	end(p, &p->read_open);
}

static void close_write(struct stream *s)
{
	struct pipe *p = container_of(s, struct pipe, write);

	end(p, &p->write_open);
}

static ssize_t no_read(struct stream *s __unused, void *buf __unused, size_t len __unused)
{
	return -EBADF;
}

static int no_write(struct stream *s __unused, const void *buf __unused, size_t len __unused)
{
	return -EBADF;
}

#ifdef CONFIG_PROCESS
static unsigned int poll_read(struct stream *s, struct poller *poller)
{
	struct pipe *p = container_of(s, struct pipe, read);
	unsigned int ready = 0;
	unsigned long state;

	poll_wait(poller, &p->polls, &p->queue.lock);
	state = spin_lock_irqsave(&p->queue.lock);
	if (p->head != p->tail)
		ready |= STREAM_READY;
	if (!p->write_open)
		ready |= STREAM_ENDED;
	spin_unlock_irqrestore(&p->queue.lock, state);
	return ready;
}

static unsigned int poll_write(struct stream *s, struct poller *poller)
{
	struct pipe *p = container_of(s, struct pipe, write);
	unsigned int ready = 0;
	unsigned long state;

	poll_wait(poller, &p->polls, &p->queue.lock);
	state = spin_lock_irqsave(&p->queue.lock);
	if (p->tail - p->head < CONFIG_PIPE_SIZE)
		ready |= STREAM_READY;
	if (!p->read_open)
		ready |= STREAM_ENDED;
	spin_unlock_irqrestore(&p->queue.lock, state);
	return ready;
}
#endif

static const struct stream_ops read_ops = {
	.read = pipe_read, .write = no_write, .close = close_read,
#ifdef CONFIG_PROCESS
	.poll = poll_read,
#endif
};
static const struct stream_ops write_ops = {
	.read = no_read, .write = pipe_write, .close = close_write,
#ifdef CONFIG_PROCESS
	.poll = poll_write,
#endif
};

int pipe_create(struct stream **read, struct stream **write)
{
	struct pipe *p = kmalloc(sizeof(*p));

	if (!p)
		return -ENOMEM;
	stream_init(&p->read, &read_ops);
	stream_init(&p->write, &write_ops);
	wait_queue_init(&p->queue);
	poll_queue_init(&p->polls);
	p->read_open = p->write_open = true;
	p->head = p->tail = 0;
	*read = &p->read;
	*write = &p->write;
	return 0;
}
