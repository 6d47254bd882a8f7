/* SPDX-License-Identifier: MIT */
/*
 * Pipes as files: found by their inode while anybody has them open. Who opens one end of a pipe
 * that has a name (mkfifo) waits for the other.
 */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <kernel/time.h>
#include <uapi/errno.h>

#include "pipe.h"
#include "process.h"

/* The ends that @file is go, or come. */
static void count_ends(struct pipe *p, const struct file *file, u32 change)
{
	u32 reads = file->access & FILE_READ ? change : 0;
	u32 writes = file->access & FILE_WRITE ? change : 0;
	unsigned long state = pipe_lock(p);

	p->readers += reads;
	p->writers += writes;
	if (change == 1) {
		p->reads += reads;
		p->writes += writes;
	}
	pipe_unlock(p, state);
}

static void fifo_release(struct file *file)
{
	struct pipe *p = file->data;

	count_ends(p, file, -1U);
	/* a kill does not end this wait: the pipe has to be given back */
	inode_lock(file->inode);
	if (!--p->users) {
		file->inode->data = NULL;
		pipe_free(p);
	}
	inode_unlock(file->inode);
}

/*
 * Waits for who opens the other end, if only shortly: until @ends, which count those, are some, or
 * @opened, which counts how often, is no more @before.
 */
static int wait_for_end(struct pipe *p, const u32 *ends, const u32 *opened, u32 before)
{
	unsigned long state = pipe_lock(p);
	int err = 0;

	while (!*ends && *opened == before && !err) {
		err = wait_sleep(&p->queue, state, TIME_NEVER);
		state = pipe_lock(p);
	}
	spin_unlock_irqrestore(&p->queue.lock, state);
	return err;
}

/* The pipe of @file's inode, of which it is a user now: NULL: no memory. */
static struct pipe *fifo_of(struct file *file)
{
	struct pipe *p;

	inode_lock(file->inode);
	p = file->inode->data;
	if (!p)
		p = pipe_make();
	file->inode->data = p;
	if (p)
		p->users++;
	inode_unlock(file->inode);
	return p;
}

static int fifo_open(struct file *file)
{
	struct pipe *p = fifo_of(file);
	u32 reads, writes;
	int err = 0;

	if (!p)
		return -ENOMEM;
	file->data = p;
	file->access |= FILE_STREAM;
	reads = atomic_load_relaxed(&p->reads);
	writes = atomic_load_relaxed(&p->writes);
	count_ends(p, file, 1);
	/* one without a name waits for nobody: it is opened by that of a descriptor in /proc */
	if (file->inode->super == &pipe_super)
		return 0;
	if (file->flags & O_NONBLOCK) {
		if (!(file->access & FILE_READ) && !atomic_load_relaxed(&p->readers))
			err = -ENXIO;
	} else if (!(file->access & FILE_WRITE)) {
		err = wait_for_end(p, &p->writers, &p->writes, writes);
	} else if (!(file->access & FILE_READ)) {
		err = wait_for_end(p, &p->readers, &p->reads, reads);
	}
	if (err)
		fifo_release(file);
	return err;
}

static unsigned int fifo_poll(struct file *file, struct poller *poller)
{
	unsigned int events = 0;

	if (file->access & FILE_READ)
		events |= pipe_poll_read(file, poller);
	if (file->access & FILE_WRITE)
		events |= pipe_poll_write(file, poller);
	return events;
}

const struct file_ops fifo_file_ops = {
	.open = fifo_open, .release = fifo_release, .read = pipe_read, .write = pipe_write,
	.poll = fifo_poll, .ioctl = pipe_ioctl,
};
