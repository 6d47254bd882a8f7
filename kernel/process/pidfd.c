/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of processes: pidfd_open(2), clone(2) with CLONE_PIDFD. One knows its process by the
 * number and the time at which it began, so it keeps nothing: when the process has gone, none is
 * found, though another one may have its number. All who wait for one to end wait in one queue, and
 * look again when any has.
 */
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/poll.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "pidfd.h"
#include "process.h"
#include "syscall.h"

struct pidfd {
	int pid;
	u64 begun;
};

/* process_lock held: */
static struct poll_queue polls = { LIST_INIT(polls.waiters) };

void pidfd_wake(void)
{
	poll_wake_for(&polls, POLLIN | POLLRDNORM);
}

/* process_lock held. NULL: it has gone. */
static struct process *find(const struct pidfd *f)
{
	struct process *p = process_find(f->pid);

	return p && p->begun == f->begun ? p : NULL;
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	unsigned long state;
	struct process *p;
	bool runs;

	poll_wait(poller, &polls, &process_lock);
	state = spin_lock_irqsave(&process_lock);
	p = find(file->data);
	runs = p && p->state == PROCESS_RUNS;
	spin_unlock_irqrestore(&process_lock, state);
	return runs ? 0 : POLLIN | POLLRDNORM;
}

static void release(struct file *file)
{
	kfree(file->data);
}

static const struct file_ops pidfd_ops = { .poll = poll, .release = release };

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "[pidfd]" };
static struct super pidfds = { .type = &type, .ops = &super_ops, .device = 0xd };

int pidfd_descriptor(int pid, u64 begun, unsigned long flags)
{
	struct pidfd *f = kmalloc(sizeof(*f));

	if (!f)
		return -ENOMEM;
	*f = (struct pidfd){ pid, begun };
	return anon_descriptor(&pidfds, &pidfd_ops, f, O_RDWR, flags | O_CLOEXEC);
}

int pidfd_pid(int fd, bool *waits)
{
	struct file *file = files_get(files_here(), fd);
	int pid = -EBADF;

	if (!file)
		return pid;
	if (file->ops == &pidfd_ops) {
		const struct pidfd *f = file->data;
		unsigned long state = spin_lock_irqsave(&process_lock);

		pid = find(f) ? f->pid : -ESRCH;
		spin_unlock_irqrestore(&process_lock, state);
		*waits = !(file->flags & O_NONBLOCK);
	}
	file_put(file);
	return pid;
}

long sys_pidfd_open(int pid, unsigned long flags)
{
	unsigned long state;
	struct task *t;
	u64 begun = 0;
	int err = 0;

	if ((u32)flags & ~(u32)O_NONBLOCK || pid <= 0)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	t = task_find(pid);
	if (process_find(pid))
		begun = process_find(pid)->begun;
	else
		err = t ? -EINVAL : -ESRCH;
	spin_unlock_irqrestore(&process_lock, state);
	return err ? err : pidfd_descriptor(pid, begun, flags);
}
