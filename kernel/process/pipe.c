/* SPDX-License-Identifier: MIT */
/*
 * Pipes between programs: a ring of bytes in pages, which are there from the first write on.
 * Readers sleep while it is empty and writers while there is no room, never both at once, so one
 * queue serves them, and its lock guards all of the pipe. It is held while bytes are copied, a
 * page's worth at a time: where a program's memory is missing it is released, and the memory
 * brought in.
 *
 * What is written at one call and is no longer than PIPE_BUF comes out in one piece, whoever else
 * writes.
 */
#include <fs/inode.h>
#include <kernel/poll.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <mm/page.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "pipe.h"
#include "process.h"

#define PIPE_SIZE_MAX	MIB(1)		/* as Linux's pipe-max-size */
#define PIPE_BUF	4096

static inline u32 filled(const struct pipe *p)
{
	return p->tail - p->head;
}

static inline u32 room(const struct pipe *p)
{
	return p->size - filled(p);
}

/* Copies out up to a page's worth. Less than there is to copy: memory is missing. */
static inline size_t take(struct pipe *p, struct iov *iov)
{
	u32 at = p->head & (p->size - 1);
	size_t there = MIN((size_t)filled(p), iov->left);
	size_t n = MIN(there, PAGE_SIZE - at % PAGE_SIZE), got;

	got = iov_put(iov, p->page[at >> PAGE_SHIFT] + at % PAGE_SIZE, n);
	p->head += (u32)got;
	return got;
}

/* The page of the ring that byte @at is on; NULL: no memory. */
static inline u8 *page_at(struct pipe *p, u32 at)
{
	u8 **page = &p->page[at >> PAGE_SHIFT];
	struct page *fresh;

	if (likely(*page))
		return *page;
	fresh = page_alloc(0, PAGE_USE_KERNEL);
	if (fresh)
		*page = page_to_virt(fresh);
	return *page;
}

/*
 * Copies in up to @n bytes at a place @ahead of the tail, to the end of a page: how many, fewer
 * when memory is missing; -ENOMEM.
 */
static inline ssize_t put(struct pipe *p, struct iov *iov, size_t n, u32 ahead)
{
	u32 at = (p->tail + ahead) & (p->size - 1);
	u8 *page = page_at(p, at);

	if (unlikely(!page))
		return -ENOMEM;
	return (ssize_t)iov_get(iov, page + at % PAGE_SIZE, MIN(n, PAGE_SIZE - at % PAGE_SIZE));
}

static inline ssize_t read_from(struct pipe *p, struct iov *iov, int flags)
{
	unsigned long state;
	ssize_t done = 0;
	int err;

	iov->may_fault = false;
	while (iov->left) {
		state = pipe_lock(p);
		if (filled(p)) {
			done += (ssize_t)take(p, iov);
			pipe_unlock_for(p, state, POLLOUT | POLLWRNORM);
			if (likely(!iov->faulted))
				continue;
			iov->faulted = false;
			if (user_fault_in((uaddr_t)iov->base, VMA_WRITE))
				return done ? done : -EFAULT;
			continue;
		}
		if (done || !p->writers || flags & O_NONBLOCK) {
			err = !done && p->writers ? -EAGAIN : 0;
			spin_unlock_irqrestore(&p->queue.lock, state);
			return done ? done : err;
		}
		err = wait_sleep(&p->queue, state, TIME_NEVER);
		if (err)
			return err;
	}
	return done;
}

ssize_t pipe_read(struct file *file, struct iov *iov, u64 pos __unused)
{
	return read_from(file->data, iov, file->flags);
}

ssize_t pipe_take(struct pipe *p, void *to, size_t n, bool wait)
{
	struct iov iov = { .base = to, .left = n };

	return read_from(p, &iov, wait ? 0 : O_NONBLOCK);
}

ssize_t pipe_look(struct pipe *p, void *to, size_t n, bool wait)
{
	struct iov iov = { .base = to };
	unsigned long state = pipe_lock(p);
	ssize_t err;
	u32 head;

	while (!filled(p)) {
		err = !p->writers ? 0 : wait ? 1 : -EAGAIN;
		if (err <= 0) {
			spin_unlock_irqrestore(&p->queue.lock, state);
			return err;
		}
		err = wait_sleep(&p->queue, state, TIME_NEVER);
		if (err)
			return err;
		state = pipe_lock(p);
	}
	n = MIN(n, (size_t)filled(p));
	iov.left = n;
	head = p->head;
	while (iov.left)
		take(p, &iov);
	p->head = head;
	spin_unlock_irqrestore(&p->queue.lock, state);
	return (ssize_t)n;
}

/*
 * Writes up to @n bytes, which there is room for: all of them are there at once for whoever reads,
 * or none. How many; 0: memory is missing; -ENOMEM.
 */
static ssize_t put_pieces(struct pipe *p, struct iov *iov, size_t n)
{
	const struct iov before = *iov;
	size_t done = 0;

	while (done < n) {
		ssize_t got = put(p, iov, n - done, (u32)done);

		if (unlikely(got < 0 || iov->faulted)) {
			bool faulted = iov->faulted;

			*iov = before;
			iov->faulted = faulted;
			return MIN(got, 0L);
		}
		done += (size_t)got;
	}
	p->tail += (u32)done;
	return (ssize_t)done;
}

/* The same, the shorter way where all of it comes to one page. */
static inline ssize_t put_whole(struct pipe *p, struct iov *iov, size_t n)
{
	u32 at = p->tail & (p->size - 1);
	u8 *page = p->page[at >> PAGE_SHIFT];
	size_t got;

	if (unlikely(!page || n > PAGE_SIZE - at % PAGE_SIZE))
		return put_pieces(p, iov, n);
	got = iov_get(iov, page + at % PAGE_SIZE, n);
	if (unlikely(got < n)) {
		iov->base -= got;
		iov->left += got;
		return 0;
	}
	p->tail += (u32)n;
	return (ssize_t)n;
}

/* Has all of what is written next be in memory, as far as it is written in one piece. */
static int bring_in(const struct iov *iov)
{
	uaddr_t at = (uaddr_t)iov->base, end = at + MIN(iov->left, (size_t)PIPE_BUF);
	int err = 0;

	for (; at < end && !err; at = ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE)
		err = user_fault_in(at, VMA_READ);
	return err;
}

static inline ssize_t write_to(struct pipe *p, struct iov *iov, int flags)
{
	size_t least = MIN(iov->left, (size_t)PIPE_BUF), fits;
	ssize_t done = 0, n = 0;
	unsigned long state;

	/* of a longer one each piece may come on its own */
	if (iov->left > PIPE_BUF)
		least = 1;
	iov->may_fault = false;
	while (iov->left) {
		state = pipe_lock(p);
		fits = room(p);
		if (unlikely(!p->readers)) {
			spin_unlock_irqrestore(&p->queue.lock, state);
			task_signal(SIGPIPE);
			return done ? done : -EPIPE;
		}
		if (fits >= least) {
			fits = MIN(fits, iov->left);
			n = put_whole(p, iov, MIN(fits, (size_t)PIPE_BUF));
			pipe_unlock_for(p, state, POLLIN | POLLRDNORM);
			if (likely(n > 0)) {
				done += n;
				continue;
			}
			iov->faulted = false;
			if (n || bring_in(iov))
				return done ? done : n ? n : -EFAULT;
			continue;
		}
		if (flags & O_NONBLOCK) {
			spin_unlock_irqrestore(&p->queue.lock, state);
			return done ? done : -EAGAIN;
		}
		n = wait_sleep(&p->queue, state, TIME_NEVER);
		if (n)
			return done ? done : n;
	}
	return done;
}

ssize_t pipe_write(struct file *file, struct iov *iov, u64 pos __unused)
{
	return write_to(file->data, iov, file->flags);
}

ssize_t pipe_give(struct pipe *p, const void *from, size_t n, bool wait)
{
	struct iov iov = { .base = (u8 *)(uintptr_t)from, .left = n };

	return write_to(p, &iov, wait ? 0 : O_NONBLOCK);
}

ssize_t pipe_wait_room(struct pipe *p, bool wait)
{
	unsigned long state = pipe_lock(p);
	ssize_t n = 0;

	while (p->readers && !room(p) && !n) {
		if (!wait) {
			n = -EAGAIN;
			break;
		}
		n = wait_sleep(&p->queue, state, TIME_NEVER);
		state = pipe_lock(p);
	}
	if (!p->readers)
		n = -EPIPE;
	else if (!n)
		n = room(p);
	spin_unlock_irqrestore(&p->queue.lock, state);
	if (n == -EPIPE)
		task_signal(SIGPIPE);
	return n;
}

void pipe_give_back(struct pipe *p, const u8 *from, size_t n)
{
	unsigned long state = pipe_lock(p);

	for (; n && room(p); n--) {
		u32 at = (p->head - 1) & (p->size - 1);
		u8 *page = page_at(p, at);

		if (!page)
			break;
		page[at % PAGE_SIZE] = from[n - 1];
		p->head--;
	}
	pipe_unlock(p, state);
}

static void free_ring(u8 **page, u32 size)
{
	for (u32 i = 0; i < size >> PAGE_SHIFT; i++)
		if (page[i])
			page_put(virt_to_page(page[i]));
}

void pipe_free(struct pipe *p)
{
	free_ring(p->page, p->size);
	if (p->page != p->own)
		kfree(p->page);
	kfree(p);
}

unsigned int pipe_poll_read(struct file *file, struct poller *poller)
{
	struct pipe *p = file->data;

	poll_wait(poller, &p->polls, &p->queue.lock);
	return (filled(p) ? POLLIN | POLLRDNORM : 0) |
	       (p->writers ? 0 : POLLHUP);
}

unsigned int pipe_poll_write(struct file *file, struct poller *poller)
{
	struct pipe *p = file->data;

	poll_wait(poller, &p->polls, &p->queue.lock);
	return (room(p) >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0) |
	       (p->readers ? 0 : POLLERR);
}

long pipe_ioctl(struct file *file, unsigned int request, u64 argument)
{
	u32 n = filled(file->data);

	return request == FIONREAD ? copy_to_user(argument, &n, sizeof(n)) : -ENOTTY;
}

struct pipe *pipe_of(const struct file *file)
{
	return file->ops == &fifo_file_ops ? file->data : NULL;
}

/* Copies what is in the ring to one of other pages and size: 0, -ENOMEM. Pipe locked. */
static int copy_ring(const struct pipe *p, u8 **page, u32 size)
{
	u32 n;

	for (u32 pos = p->head; pos != p->tail; pos += n) {
		u32 from = pos & (p->size - 1), to = pos & (size - 1);
		u8 **fresh = &page[to >> PAGE_SHIFT];

		/* both rings are whole pages, so a place has the same offset in either */
		n = MIN(p->tail - pos, (u32)(PAGE_SIZE - from % PAGE_SIZE));
		if (!*fresh) {
			struct page *new = page_alloc(0, PAGE_USE_KERNEL);

			if (!new)
				return -ENOMEM;
			*fresh = page_to_virt(new);
		}
		memcpy(*fresh + to % PAGE_SIZE, p->page[from >> PAGE_SHIFT] + from % PAGE_SIZE, n);
	}
	return 0;
}

/* The ring becomes @page, of @size; what is to be freed is in both then. */
static int resize(struct pipe *p, u8 ***page, u32 *size)
{
	unsigned long state = pipe_lock(p);
	u8 **old = p->page;
	u32 old_size = p->size;
	int err = filled(p) > *size ? -EBUSY : copy_ring(p, *page, *size);

	if (!err) {
		p->page = *page;
		p->size = *size;
		*page = old;
		*size = old_size;
	}
	pipe_unlock(p, state);
	return err;
}

long pipe_get_size(const struct file *file)
{
	const struct pipe *p = pipe_of(file);

	return p ? (long)p->size : -EBADF;
}

long pipe_set_size(struct file *file, unsigned long wanted)
{
	u32 size = MAX((u32)PAGE_SIZE, 4096U), rest;
	struct pipe *p = pipe_of(file);
	u8 **page;
	int err;

	if (!p)
		return -EBADF;
	if ((u32)wanted > BIT(31))
		return -EINVAL;
	if (wanted > PIPE_SIZE_MAX)
		return process_current()->cred.euid ? -EPERM : -ENOMEM;
	while (size < wanted)
		size *= 2;
	page = kcalloc(size >> PAGE_SHIFT, sizeof(*page));
	if (!page)
		return -ENOMEM;
	rest = size;
	err = resize(p, &page, &rest);
	free_ring(page, rest);
	if (page != p->own)
		kfree(page);
	else
		memset(p->own, 0, sizeof(p->own));
	return err ? err : (long)size;
}

struct pipe *pipe_make(void)
{
	struct pipe *p = kzalloc(sizeof(*p));

	if (!p)
		return NULL;
	wait_queue_init(&p->queue);
	poll_queue_init(&p->polls);
	p->size = PIPE_SIZE;
	p->page = p->own;
	return p;
}

static const struct super_ops super_ops;

struct super pipe_super = { .ops = &super_ops, .device = 0xf };

/* A file of one end; the pipe counts it. */
static struct file *open_end(struct inode *inode, struct pipe *p, int flags, u32 *ends)
{
	struct file *file = anon_file(inode, &fifo_file_ops, flags);

	if (file) {
		++*ends;
		p->users++;
	}
	return file;
}

int pipe_files(struct file **read, struct file **write, int flags)
{
	struct pipe *p = pipe_make();
	struct inode *inode = p ? anon_inode(&pipe_super, S_IFIFO | 0600, NULL, p) : NULL;
	int err = -ENOMEM;

	if (!inode)
		goto out_free;
	flags &= O_NONBLOCK;
	*read = open_end(inode, p, O_RDONLY | flags, &p->readers);
	if (!*read)
		goto out_free;
	*write = open_end(inode, p, O_WRONLY | flags, &p->writers);
	if (*write)
		err = 0;
	else
		file_put(*read);	/* and the pipe with it */
	inode_put(inode);
	return err;
out_free:
	if (inode)
		inode_put(inode);
	if (p)
		pipe_free(p);
	return err;
}
