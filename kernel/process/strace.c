/* SPDX-License-Identifier: MIT */
/*
 * /proc/<pid>/strace: a line for each system call of a process that runs, as `strace -p` prints
 * them, for as long as somebody has the file open; and for those of the threads and children that
 * it makes meanwhile. No line is lost while he reads: who makes calls waits for him. It ends when
 * the last of the processes has. It is a pipe by its kind, since it has no positions.
 */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <kernel/poll.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "proc.h"
#include "strace.h"

#define ROOM		8192	/* bytes that wait to be read, a power of 2 */
#define END_ROOM	80	/* of them kept for the last line of each process: it cannot wait */
#define ENDS_MOST	50U	/* processes that it is kept for */

struct strace {
	u32 refs;			/* atomic */
	struct wait_queue queue;	/* of who reads, and of who writes */
	/* queue.lock held: */
	struct poll_queue polls;
	u32 processes;
	bool closed;
	u64 lost;			/* lines, since the last one that was not */
	size_t at, used;		/* where the next byte is, and how many there are */
	char ring[ROOM];
};

void strace_get(struct strace *s)
{
	atomic_add_relaxed(&s->refs, 1);
}

void strace_put(struct strace *s)
{
	if (atomic_add_acq_rel(&s->refs, -1U) == 1)
		kfree(s);
}

/* Those who wait look again; releases the lock. */
static void changed(struct strace *s, unsigned long state)
{
	poll_wake(&s->polls);
	wait_wake_all(&s->queue);
	wait_unlock(&s->queue, state);
}

void strace_join(struct strace *s)
{
	unsigned long state;

	strace_get(s);
	state = spin_lock_irqsave(&s->queue.lock);
	s->processes++;
	spin_unlock_irqrestore(&s->queue.lock, state);
}

void strace_leave(struct strace *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);

	s->processes--;
	changed(s, state);
	strace_put(s);
}

/* There is room for @length bytes. Lock held. */
static void put(struct strace *s, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		s->ring[(s->at + s->used++) % ROOM] = text[i];
}

void strace_write(struct strace *s, const char *line, size_t length, bool waits)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	size_t more = 0, most = ROOM;
	char before[64];
	int err = 0;

	if (s->lost)
		more = (size_t)snprintf(before, sizeof(before), "+++ %lu lines lost +++\n",
					s->lost);
	if (waits)
		most -= (size_t)MIN(s->processes, ENDS_MOST) * END_ROOM;
	while (waits && !s->closed && s->used + more + length > most && !err) {
		err = wait_sleep(&s->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&s->queue.lock);
	}
	if (s->used + more + length > most) {
		s->lost++;
	} else {
		put(s, before, more);
		put(s, line, length);
		s->lost = 0;
	}
	changed(s, state);
}

static int open(struct file *file)
{
	struct strace *s = kzalloc(sizeof(*s));
	struct process *p;
	unsigned long state;
	int err;

	if (!s)
		return -ENOMEM;
	s->refs = 1;
	wait_queue_init(&s->queue);
	poll_queue_init(&s->polls);
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(file->inode);
	err = p ? syscall_trace_attach(p, s) : -ESRCH;
	spin_unlock_irqrestore(&process_lock, state);
	if (err)
		strace_put(s);
	else
		file->data = s;
	file->access |= FILE_STREAM;
	return err;
}

static void release(struct file *file)
{
	struct strace *s = file->data;
	unsigned long state = spin_lock_irqsave(&s->queue.lock);

	s->closed = true;
	changed(s, state);
	syscall_trace_detach(s);
	strace_put(s);
}

/* Waits until there is something to read: how much, 0 when nothing will come; -EAGAIN, -EINTR. */
static ssize_t wait_for_text(struct strace *s, bool waits)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	ssize_t n;
	int err = 0;

	while (!s->used && s->processes && !err) {
		if (!waits) {
			err = -EAGAIN;
			break;
		}
		err = wait_sleep(&s->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&s->queue.lock);
	}
	n = s->used ? (ssize_t)s->used : err;
	spin_unlock_irqrestore(&s->queue.lock, state);
	return n;
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct strace *s = file->data;
	char text[256];
	size_t done = 0;
	ssize_t n = wait_for_text(s, !(file->flags & O_NONBLOCK));
	unsigned long state;

	while (n > 0 && iov->left) {
		size_t room = MIN(sizeof(text), iov->left);

		state = spin_lock_irqsave(&s->queue.lock);
		n = (ssize_t)MIN(s->used, room);
		for (size_t i = 0; i < (size_t)n; i++)
			text[i] = s->ring[(s->at + i) % ROOM];
		s->at += (size_t)n;
		s->used -= (size_t)n;
		changed(s, state);
		if (iov_put(iov, text, (size_t)n) < (size_t)n)
			return done ? (ssize_t)done : -EFAULT;
		done += (size_t)n;
	}
	return done ? (ssize_t)done : n;
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct strace *s = file->data;
	unsigned int events = 0;
	unsigned long state;

	poll_wait(poller, &s->polls, &s->queue.lock);
	state = spin_lock_irqsave(&s->queue.lock);
	if (s->used || !s->processes)
		events |= POLLIN | POLLRDNORM;
	if (!s->processes)
		events |= POLLHUP;
	spin_unlock_irqrestore(&s->queue.lock, state);
	return events;
}

const struct file_ops strace_file_ops = {
	.open = open, .release = release, .read = read, .poll = poll,
};
