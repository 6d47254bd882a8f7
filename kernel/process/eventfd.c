/* SPDX-License-Identifier: MIT */
/*
 * eventfd(2): a number in the kernel that is a file. Who reads takes it, or one of it, and waits
 * while it is 0; who writes adds to it, and waits while the sum would be too large.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/poll.h>
#include <kernel/time.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"

#define EFD_SEMAPHORE	1U
#define COUNT_MAX	(UINT64_MAX - 1)

struct eventfd {
	struct wait_queue queue;
	struct poll_queue polls;	/* queue.lock held */
	u64 count;			/* queue.lock held */
	bool semaphore;
};

/* Those who wait for @events, or for either, look again. */
static void changed(struct eventfd *e, unsigned long state, unsigned int events)
{
	poll_wake_for(&e->polls, events);
	wait_wake_all(&e->queue);
	wait_unlock(&e->queue, state);
}

/* Takes what a read gives: 0, -EAGAIN, -EINTR. */
static int take(struct eventfd *e, bool waits, u64 *value)
{
	unsigned long state = spin_lock_irqsave(&e->queue.lock);
	int err = 0;

	while (!e->count && !err) {
		if (!waits) {
			err = -EAGAIN;
			break;
		}
		err = wait_sleep(&e->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&e->queue.lock);
	}
	if (e->count)
		err = 0;
	*value = e->semaphore ? 1 : e->count;
	if (err) {
		spin_unlock_irqrestore(&e->queue.lock, state);
		return err;
	}
	e->count -= *value;
	changed(e, state, POLLOUT);
	return 0;
}

static int add(struct eventfd *e, bool waits, u64 value)
{
	unsigned long state = spin_lock_irqsave(&e->queue.lock);
	int err = 0;

	while (value > COUNT_MAX - e->count && !err) {
		if (!waits) {
			err = -EAGAIN;
			break;
		}
		err = wait_sleep(&e->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&e->queue.lock);
	}
	if (value <= COUNT_MAX - e->count)
		err = 0;
	if (err) {
		spin_unlock_irqrestore(&e->queue.lock, state);
		return err;
	}
	e->count += value;
	changed(e, state, POLLIN);
	return 0;
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	u64 value;
	int err;

	if (iov->left < sizeof(value))
		return -EINVAL;
	err = take(file->data, !(file->flags & O_NONBLOCK), &value);
	if (err)
		return err;
	if (iov_put(iov, (u8 *)&value, sizeof(value)) < sizeof(value))
		return -EFAULT;
	return sizeof(value);
}

static ssize_t write(struct file *file, struct iov *iov, u64 pos __unused)
{
	u64 value;
	int err;

	if (iov->left < sizeof(value))
		return -EINVAL;
	if (iov_get(iov, (u8 *)&value, sizeof(value)) < sizeof(value))
		return -EFAULT;
	if (value > COUNT_MAX)
		return -EINVAL;
	err = add(file->data, !(file->flags & O_NONBLOCK), value);
	return err ? err : (ssize_t)sizeof(value);
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct eventfd *e = file->data;
	unsigned int events = 0;
	unsigned long state;

	poll_wait(poller, &e->polls, &e->queue.lock);
	state = spin_lock_irqsave(&e->queue.lock);
	if (e->count)
		events |= POLLIN;
	if (e->count < COUNT_MAX)
		events |= POLLOUT;
	spin_unlock_irqrestore(&e->queue.lock, state);
	return events;
}

static void release(struct file *file)
{
	kfree(file->data);
}

static const struct file_ops eventfd_ops = {
	.read = read, .write = write, .poll = poll, .release = release,
};

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "[eventfd]" };
static struct super eventfds = { .type = &type, .ops = &super_ops, .device = 0xd };

long sys_eventfd2(unsigned int count, unsigned long flags)
{
	struct eventfd *e;

	if (flags & ~(unsigned long)(EFD_SEMAPHORE | O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	e = kzalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	wait_queue_init(&e->queue);
	poll_queue_init(&e->polls);
	e->count = count;
	e->semaphore = flags & EFD_SEMAPHORE;
	return anon_descriptor(&eventfds, &eventfd_ops, e, O_RDWR, flags);
}
