/* SPDX-License-Identifier: MIT */
/*
 * Pipes between programs: a ring of bytes in pages, which are there from the first write on. What
 * is written at one call and is no longer than PIPE_BUF comes out in one piece, whoever else
 * writes. A mutex guards the ring while it is copied to and from, since a program's memory may have
 * to be brought in; those who find it empty or full sleep in a queue of their side.
 */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <kernel/mutex.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <mm/page.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"

#define PIPE_SIZE	KIB(64)
#define PIPE_BUF	4096
#define PIPE_PAGES	(PIPE_SIZE / PAGE_SIZE)

struct pipe {
	struct mutex lock;
	/* lock held: */
	u32 head;		/* where the next byte is read, counted on and on */
	u32 tail;		/* where the next one is written */
	u8 *page[PIPE_PAGES];
	u32 readers, writers;	/* ends that are open; written with readable.lock held */
	struct wait_queue readable, writable;
};

static int lock(struct pipe *p)
{
	return mutex_lock(&p->lock, TIME_NEVER);
}

/* Goes to sleep until the other side has done something, with the pipe not locked meanwhile. */
static int wait(struct pipe *p, struct wait_queue *q, bool (*ready)(const struct pipe *p, u32 n),
		u32 n)
{
	unsigned long state;
	int err = 0;

	mutex_unlock(&p->lock);
	state = spin_lock_irqsave(&q->lock);
	while (!ready(p, n) && !err) {
		err = wait_sleep(q, state, TIME_NEVER);
		state = spin_lock_irqsave(&q->lock);
	}
	spin_unlock_irqrestore(&q->lock, state);
	return err ? err : lock(p);
}

static void wake(struct wait_queue *q)
{
	/* the lock also has whoever is on his way to sleep see what was done before */
	unsigned long state = spin_lock_irqsave(&q->lock);

	if (unlikely(!list_empty(&q->waiters)))
		wait_wake_all(q);
	wait_unlock(q, state);
}

static u32 filled(const struct pipe *p)
{
	return atomic_load_relaxed(&p->tail) - atomic_load_relaxed(&p->head);
}

static bool can_read(const struct pipe *p, u32 n __unused)
{
	return filled(p) || !atomic_load_relaxed(&p->writers);
}

static bool can_write(const struct pipe *p, u32 n)
{
	return PIPE_SIZE - filled(p) >= n || !atomic_load_relaxed(&p->readers);
}

/* Copies out what is there: the number of bytes, -EFAULT. */
static ssize_t take(struct pipe *p, struct iov *iov)
{
	ssize_t done = 0;

	while (iov->left && filled(p)) {
		u32 at = p->head % PIPE_SIZE;
		size_t there = MIN((size_t)filled(p), iov->left);
		size_t n = MIN(there, PAGE_SIZE - at % PAGE_SIZE);
		size_t got = iov_put(iov, p->page[at >> PAGE_SHIFT] + at % PAGE_SIZE, n);

		atomic_store_relaxed(&p->head, p->head + (u32)got);
		done += (ssize_t)got;
		if (got < n)
			return done ? done : -EFAULT;
	}
	return done;
}

static ssize_t put(struct pipe *p, struct iov *iov)
{
	ssize_t done = 0;

	while (iov->left && filled(p) < PIPE_SIZE) {
		u32 at = p->tail % PIPE_SIZE;
		size_t room = MIN(PIPE_SIZE - filled(p), iov->left);
		size_t n = MIN(room, PAGE_SIZE - at % PAGE_SIZE), got;
		u8 **page = &p->page[at >> PAGE_SHIFT];

		if (!*page) {
			struct page *fresh = page_alloc(0, PAGE_USE_KERNEL);

			if (!fresh)
				return done ? done : -ENOMEM;
			*page = page_to_virt(fresh);
		}
		got = iov_get(iov, *page + at % PAGE_SIZE, n);
		atomic_store_relaxed(&p->tail, p->tail + (u32)got);
		done += (ssize_t)got;
		if (got < n)
			return done ? done : -EFAULT;
	}
	return done;
}

static ssize_t pipe_read(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct pipe *p = file->data;
	ssize_t n = iov->left ? lock(p) : -EAGAIN;

	if (n)
		return iov->left ? n : 0;
	while (!filled(p)) {
		if (!p->writers)
			break;
		n = file->flags & O_NONBLOCK ? -EAGAIN : wait(p, &p->readable, can_read, 0);
		if (n == -EAGAIN)
			break;
		if (n)
			return n;
	}
	if (!n)
		n = take(p, iov);
	mutex_unlock(&p->lock);
	if (n > 0)
		wake(&p->writable);
	return n;
}

static ssize_t pipe_write(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct pipe *p = file->data;
	u32 whole = iov->left <= PIPE_BUF ? (u32)iov->left : 1;
	ssize_t done = 0, n = iov->left ? lock(p) : -EAGAIN;

	if (n)
		return iov->left ? n : 0;
	while (iov->left) {
		if (!p->readers) {
			n = -EPIPE;
			break;
		}
		if (can_write(p, whole)) {
			n = put(p, iov);
			if (n < 0)
				break;
			done += n;
			wake(&p->readable);
			continue;
		}
		n = file->flags & O_NONBLOCK ? -EAGAIN : wait(p, &p->writable, can_write, whole);
		if (n == -EAGAIN)
			break;
		if (n)
			return done ? done : n;
	}
	mutex_unlock(&p->lock);
	if (n == -EPIPE)
		process_signal(process_current(), SIGPIPE);
	return done ? done : n;
}

static void free_pipe(struct pipe *p)
{
	for (unsigned int i = 0; i < PIPE_PAGES; i++)
		if (p->page[i])
			page_put(virt_to_page(p->page[i]));
	kfree(p);
}

/* One end less, of those that @count counts; the other side hears of the last one. */
static void end(struct pipe *p, u32 *count, struct wait_queue *others)
{
	unsigned long state;
	bool last;

	/* one lock for both counts, so that one of two that go at once sees that it is the last */
	state = spin_lock_irqsave(&p->readable.lock);
	atomic_store_relaxed(count, *count - 1);
	last = !p->readers && !p->writers;
	spin_unlock_irqrestore(&p->readable.lock, state);
	if (last)
		free_pipe(p);
	else
		wake(others);
}

static void release_read(struct file *file)
{
	struct pipe *p = file->data;

	end(p, &p->readers, &p->writable);
}

static void release_write(struct file *file)
{
	struct pipe *p = file->data;

	end(p, &p->writers, &p->readable);
}

static unsigned int poll_read(struct file *file)
{
	const struct pipe *p = file->data;

	return (filled(p) ? POLLIN | POLLRDNORM : 0) |
	       (atomic_load_relaxed(&p->writers) ? 0 : POLLHUP);
}

static unsigned int poll_write(struct file *file)
{
	const struct pipe *p = file->data;

	return (PIPE_SIZE - filled(p) >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0) |
	       (atomic_load_relaxed(&p->readers) ? 0 : POLLERR);
}

static long pipe_ioctl(struct file *file, unsigned int request, u64 argument)
{
	u32 n = filled(file->data);

	return request == FIONREAD ? copy_to_user(argument, &n, sizeof(n)) : -ENOTTY;
}

static const struct file_ops read_ops = {
	.release = release_read, .read = pipe_read, .poll = poll_read, .ioctl = pipe_ioctl,
};
static const struct file_ops write_ops = {
	.release = release_write, .write = pipe_write, .poll = poll_write, .ioctl = pipe_ioctl,
};

int pipe_files(struct file **read, struct file **write, int flags)
{
	struct pipe *p = kzalloc(sizeof(*p));

	if (!p)
		return -ENOMEM;
	mutex_init(&p->lock);
	wait_queue_init(&p->readable);
	wait_queue_init(&p->writable);
	p->readers = p->writers = 1;
	flags &= O_NONBLOCK | O_DIRECT;
	*read = anon_file(&read_ops, S_IFIFO | 0600, O_RDONLY | flags, p);
	if (!*read) {
		free_pipe(p);
		return -ENOMEM;
	}
	*write = anon_file(&write_ops, S_IFIFO | 0600, O_WRONLY | flags, p);
	if (!*write) {
		p->writers = 0;
		file_put(*read);
		return -ENOMEM;
	}
	return 0;
}
