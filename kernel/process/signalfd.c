/* SPDX-License-Identifier: MIT */
/*
 * signalfd(2): a set of signals that is a file. Who reads takes those that were sent to him, or to
 * his process, whoever has made the file. Those that are not blocked go to their handlers.
 *
 * What polls waits in one of a few queues, by its process: so none of them ever goes away, as a
 * process does; and who waits there may be woken for nothing, by another process's signals.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/poll.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"
#include "waiting.h"

/* struct signalfd_siginfo */
struct abi_signalfd {
	u32 signo;
	s32 err, code;
	u32 pid, uid;
	s32 fd;
	u32 tid, band, overrun, trapno;
	s32 status, value;
	u64 pointer, utime, stime, address;
	u16 address_lsb;
	u8 pad[46];
};
static_assert(sizeof(struct abi_signalfd) == 128, "Linux's struct signalfd_siginfo");

struct signalfd {
	u64 set;	/* atomic */
};

/* --- Polling ---------------------------------------------------------------------------------- */

#define QUEUES	8U

static struct queue {
	struct spinlock lock;
	struct poll_queue polls;	/* lock held */
} queues[QUEUES];

static u32 ready;	/* atomic: queues can be used: somebody has made such a file */

static struct queue *queue_of(const struct process *p)
{
	return &queues[(uintptr_t)p / sizeof(*p) % QUEUES];
}

void signalfd_wake(const struct process *p)
{
	struct queue *q = queue_of(p);

	if (likely(!atomic_load_relaxed(&ready)))
		return;
	spin_lock(&q->lock);
	poll_wake(&q->polls);
	spin_unlock(&q->lock);
}

static void begin(void)
{
	static struct mutex beginning = MUTEX_INIT(beginning);

	if (likely(atomic_load_acquire(&ready)))
		return;
	mutex_lock_surely(&beginning);
	for (unsigned int i = 0; i < QUEUES && !ready; i++)
		poll_queue_init(&queues[i].polls);
	atomic_store_release(&ready, 1);
	mutex_unlock(&beginning);
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	const struct signalfd *s = file->data;
	struct process *p = process_current();
	struct queue *q = queue_of(p);
	u64 sent;

	poll_wait(poller, &q->polls, &q->lock);
	sent = atomic_load_relaxed(&p->pending.set) |
	       atomic_load_relaxed(&task_current()->pending.set);
	return sent & atomic_load_relaxed(&s->set) ? POLLIN : 0;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* What is known of a signal depends on which it is, and on who has sent it. */
static void fill(struct abi_signalfd *to, const struct abi_siginfo *info)
{
	const u64 faults = SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) |
			   SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGTRAP);
	bool by_kernel = info->code > 0 && info->code < SI_KERNEL;

	*to = (struct abi_signalfd){
		.signo = (u32)info->signo, .err = info->err, .code = info->code,
	};
	if (info->code == SI_TIMER) {
		to->tid = (u32)info->timer.id;
		to->overrun = (u32)info->timer.overrun;
		to->pointer = info->timer.value;
		to->value = (s32)info->timer.value;
		return;
	}
	if (by_kernel && SIGNAL_BIT(info->signo) & faults) {
		to->address = info->address;
		return;
	}
	to->pid = (u32)info->user.pid;
	to->uid = info->user.uid;
	if (by_kernel && info->signo == SIGCHLD) {
		to->status = info->child.status;
		to->utime = (u64)info->child.utime;
		to->stime = (u64)info->child.stime;
	} else if (info->code < 0) {
		to->pointer = info->user.value;
		to->value = (s32)info->user.value;
	}
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	const struct signalfd *s = file->data;
	u64 deadline = file->flags & O_NONBLOCK ? 0 : TIME_NEVER;
	struct abi_signalfd out;
	struct abi_siginfo info;
	ssize_t done = 0;
	long signal;

	if (iov->left < sizeof(out))
		return -EINVAL;
	while (iov->left >= sizeof(out)) {
		signal = signal_wait(atomic_load_relaxed(&s->set), &info, done ? 0 : deadline);
		if (signal < 0)
			return done ? done : signal;
		fill(&out, &info);
		if (iov_put(iov, (u8 *)&out, sizeof(out)) < sizeof(out))
			return done ? done : -EFAULT;
		done += (ssize_t)sizeof(out);
	}
	return done;
}

static void release(struct file *file)
{
	kfree(file->data);
}

static const struct file_ops signalfd_ops = { .read = read, .poll = poll, .release = release };

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "[signalfd]" };
static struct super signalfds = { .type = &type, .ops = &super_ops, .device = 0xd };

/* The file @fd is about @set from now on: @fd, -EBADF, -EINVAL. */
static long change(int fd, u64 set)
{
	struct file *file = files_get(files_here(), fd);
	struct process *p = process_current();
	struct signalfd *s;
	unsigned long state;

	if (!file)
		return -EBADF;
	if (file->ops != &signalfd_ops) {
		file_put(file);
		return -EINVAL;
	}
	s = file->data;
	atomic_store_relaxed(&s->set, set);
	state = spin_lock_irqsave(&p->signals.lock);
	signalfd_wake(p);
	spin_unlock_irqrestore(&p->signals.lock, state);
	file_put(file);
	return fd;
}

long sys_signalfd4(int fd, uaddr_t from, unsigned long size, unsigned long flags)
{
	struct signalfd *s;
	u64 set;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, from, sizeof(set)))
		return -EFAULT;
	if (flags & ~(unsigned long)(O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	set &= ~UNBLOCKABLE;
	if (fd != -1)
		return change(fd, set);
	begin();
	s = kzalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->set = set;
	return anon_descriptor(&signalfds, &signalfd_ops, s, O_RDWR, flags);
}
