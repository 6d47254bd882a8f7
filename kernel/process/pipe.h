/* SPDX-License-Identifier: MIT */
/* Pipes, as far as those with a name (fifo.c) and those without one (pipe.c) share them. */
#ifndef PROCESS_PIPE_H
#define PROCESS_PIPE_H

#include <fs/file.h>
#include <kernel/poll.h>
#include <kernel/wait.h>
#include <lib/types.h>
#include <mm/page.h>

#define PIPE_SIZE	KIB(64)		/* unless F_SETPIPE_SZ says otherwise: a power of two */
#define PIPE_PAGES	(PIPE_SIZE / PAGE_SIZE)

struct pipe {
	struct wait_queue queue;
	/* queue.lock held: */
	u32 head;		/* where the next byte is read, counted on and on */
	u32 tail;		/* where the next one is written */
	u32 readers, writers;	/* ends that are open */
	u32 reads, writes;	/* how often they were opened, of a pipe with a name */
	u32 users;		/* files that are ends of it; its inode's lock held */
	struct poll_queue polls;
	u32 size;
	u8 **page;		/* of the ring: own, or from the heap */
	u8 *own[PIPE_PAGES];
};

static inline unsigned long pipe_lock(struct pipe *p)
{
	return spin_lock_irqsave(&p->queue.lock);
}

/* Something has changed, @events: those who sleep look at the pipe again. */
static inline void pipe_unlock_for(struct pipe *p, unsigned long state, unsigned int events)
{
	if (unlikely(poll_is_waited(&p->polls)))
		poll_wake_for(&p->polls, events);
	else if (list_empty(&p->queue.waiters)) {
		/* a call less, where nobody was woken */
		spin_unlock_irqrestore(&p->queue.lock, state);
		return;
	}
	if (!list_empty(&p->queue.waiters))
		wait_wake_all(&p->queue);
	wait_unlock(&p->queue, state);
}

static inline void pipe_unlock(struct pipe *p, unsigned long state)
{
	pipe_unlock_for(p, state, ~0U);
}

/* Of those without a name: inode->data is the pipe, as of those that have one. */
extern struct super pipe_super;

/* One that nobody has open; NULL: no memory; and back. */
struct pipe *pipe_make(void);
void pipe_free(struct pipe *p);

/* The pipe that @file is an end of; NULL: it is no pipe, or opened by its path alone. */
struct pipe *pipe_of(const struct file *file);

/*
 * For splice() and tee(): up to @n bytes that are there, taken out or only looked at, and where
 * there are none the first one if @wait; 0 when nobody will write any. Bytes given: all of them if
 * @wait, or as many as there is room for. -EAGAIN, -EINTR; -EPIPE, and SIGPIPE, where nobody will
 * read them. From and to the kernel's memory; they sleep.
 */
ssize_t pipe_take(struct pipe *p, void *to, size_t n, bool wait);
ssize_t pipe_look(struct pipe *p, void *to, size_t n, bool wait);
ssize_t pipe_give(struct pipe *p, const void *from, size_t n, bool wait);

/* The room there is, in bytes; waits for some if @wait. Errors as above. */
ssize_t pipe_wait_room(struct pipe *p, bool wait);

/*
 * The last @n bytes that were taken are the next ones again. Those that find no room any more are
 * gone, as they are for whoever reads, and then cannot write.
 */
void pipe_give_back(struct pipe *p, const u8 *from, size_t n);

/* A file's hooks; its data is the pipe. */
ssize_t pipe_read(struct file *file, struct iov *iov, u64 pos);
ssize_t pipe_write(struct file *file, struct iov *iov, u64 pos);
unsigned int pipe_poll_read(struct file *file, struct poller *poller);
unsigned int pipe_poll_write(struct file *file, struct poller *poller);
long pipe_ioctl(struct file *file, unsigned int request, u64 argument);

#endif
