/* SPDX-License-Identifier: MIT */
/*
 * timerfd_create(2): a timer that is a file. Who reads takes how often it has expired, and waits
 * while it has not. The kernel's timer does not run between the first time and the read of it, or
 * the next look: what would have come meanwhile is reckoned then, so no period is too short.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/mutex.h>
#include <kernel/poll.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"
#include "waiting.h"

#define TFD_TIMER_ABSTIME	1U
#define TFD_TIMER_CANCEL_ON_SET	2U

struct timerfd {
	int clock;
	/* timerfd_lock held: */
	struct list link;		/* on real_timers, or a list of one */
	bool cancel_on_set;
	struct timer timer;
	struct wait_queue queue;
	/* queue.lock held: */
	struct poll_queue polls;
	bool cancelled;			/* the time of day was set */
	bool expired;			/* the kernel's timer has come and was not started since */
	bool armed;
	u64 count;			/* expirations that nobody has read */
	u64 deadline, interval;		/* ns as time_now(); 0: once */
	u64 real;			/* of those on the list: the deadline as time of day */
};

/* Held by who sets a timer or the time of day; queue.lock is taken inside it. */
static struct mutex timerfd_lock = MUTEX_INIT(timerfd_lock);

/* Those that wait for a time of day. timerfd_lock held. */
static struct list real_timers = LIST_INIT(real_timers);

static void changed(struct timerfd *t)
{
	poll_wake(&t->polls);
	wait_wake_all(&t->queue);
}

static void expire(struct timer *timer __unused, void *arg)
{
	struct timerfd *t = arg;
	unsigned long state = spin_lock_irqsave(&t->queue.lock);

	t->expired = true;
	t->count++;
	changed(t);
	spin_unlock_irqrestore(&t->queue.lock, state);
}

/* What has come since the kernel's timer did is counted, and it runs again. queue.lock held. */
static void reckon(struct timerfd *t)
{
	u64 now = time_now(), n;

	if (!t->expired || !t->interval)
		return;
	n = (now - t->deadline) / t->interval;
	t->count += n;
	t->deadline += (n + 1) * t->interval;
	t->real += (n + 1) * t->interval;
	t->expired = false;
	timer_start(&t->timer, t->deadline, 0, 0);
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct timerfd *t = file->data;
	unsigned long state;
	u64 count;
	int err = 0;

	if (iov->left < sizeof(count))
		return -EINVAL;
	state = spin_lock_irqsave(&t->queue.lock);
	while (!t->count && !t->cancelled && !err) {
		err = -EAGAIN;
		if (file->flags & O_NONBLOCK)
			break;
		err = wait_sleep(&t->queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&t->queue.lock);
	}
	if (t->cancelled)
		err = -ECANCELED;
	else if (t->count)
		err = 0;
	reckon(t);
	count = t->count;
	if (!err || t->cancelled)
		t->count = 0;
	t->cancelled = false;
	spin_unlock_irqrestore(&t->queue.lock, state);
	if (err)
		return err;
	if (iov_put(iov, (u8 *)&count, sizeof(count)) < sizeof(count))
		return -EFAULT;
	return sizeof(count);
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct timerfd *t = file->data;
	unsigned long state;
	bool ready;

	poll_wait(poller, &t->polls, &t->queue.lock);
	state = spin_lock_irqsave(&t->queue.lock);
	ready = t->count || t->cancelled;
	spin_unlock_irqrestore(&t->queue.lock, state);
	return ready ? POLLIN : 0;
}

/* Nobody has the time of day set it any more, and the kernel's timer does not run. */
static void stop(struct timerfd *t)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);

	/* who reads does not start it again */
	t->expired = false;
	spin_unlock_irqrestore(&t->queue.lock, state);
	timer_cancel(&t->timer);
}

static void release(struct file *file)
{
	struct timerfd *t = file->data;

	mutex_lock_surely(&timerfd_lock);
	list_unlink(&t->link);
	mutex_unlock(&timerfd_lock);
	stop(t);
	kfree(t);
}

static const struct file_ops timerfd_ops = { .read = read, .poll = poll, .release = release };

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "[timerfd]" };
static struct super timerfds = { .type = &type, .ops = &super_ops, .device = 0xd };

long sys_timerfd_create(int clock, unsigned long flags)
{
	struct timerfd *t;

	if (flags & ~(unsigned long)(O_NONBLOCK | O_CLOEXEC))
		return -EINVAL;
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	t = kzalloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->clock = clock;
	list_init(&t->link);
	wait_queue_init(&t->queue);
	poll_queue_init(&t->polls);
	timer_init(&t->timer, expire, t);
	return anon_descriptor(&timerfds, &timerfd_ops, t, O_RDWR, flags);
}

/* --- Setting ---------------------------------------------------------------------------------- */

/* What is left of its time, and what follows. timerfd_lock held. */
static void get_left(struct timerfd *t, u64 *value, u64 *interval)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);
	u64 now;

	reckon(t);
	now = time_now();
	*interval = t->interval;
	*value = t->armed && t->deadline > now ? t->deadline - now : 0;
	spin_unlock_irqrestore(&t->queue.lock, state);
}

/* The time @real of day as time_now(). */
static u64 from_real(u64 real)
{
	u64 now = time_real();

	return time_now() + (real > now ? real - now : 0);
}

/* timerfd_lock held. */
static void set(struct timerfd *t, unsigned long flags, u64 value, u64 interval)
{
	bool real = t->clock == CLOCK_REALTIME && flags & TFD_TIMER_ABSTIME;
	unsigned long state;

	stop(t);
	list_unlink(&t->link);
	list_init(&t->link);
	t->cancel_on_set = real && flags & TFD_TIMER_CANCEL_ON_SET;
	if (real && (value || t->cancel_on_set))
		list_add_tail(&real_timers, &t->link);
	state = spin_lock_irqsave(&t->queue.lock);
	t->count = 0;
	t->cancelled = false;
	t->interval = interval;
	t->armed = value;
	t->real = value;
	t->deadline = real ? from_real(value) :
		      flags & TFD_TIMER_ABSTIME ? value : time_now() + value;
	if (value)
		timer_start(&t->timer, t->deadline, 0, 0);
	spin_unlock_irqrestore(&t->queue.lock, state);
}

void timerfd_real_set(void)
{
	mutex_lock_surely(&timerfd_lock);
	list_for_each (t, &real_timers, struct timerfd, link) {
		unsigned long state;

		state = spin_lock_irqsave(&t->queue.lock);
		if (t->cancel_on_set) {
			t->cancelled = true;
			changed(t);
		}
		if (!t->armed || t->count || t->expired) {
			spin_unlock_irqrestore(&t->queue.lock, state);
			continue;
		}
		spin_unlock_irqrestore(&t->queue.lock, state);
		stop(t);
		state = spin_lock_irqsave(&t->queue.lock);
		t->deadline = from_real(t->real);
		timer_start(&t->timer, t->deadline, 0, 0);
		spin_unlock_irqrestore(&t->queue.lock, state);
	}
	mutex_unlock(&timerfd_lock);
}

/* The timer that @fd is, and its file, with a reference: -EBADF, -EINVAL. */
static long find(int fd, struct file **file)
{
	*file = files_get(files_here(), fd);
	if (!*file)
		return -EBADF;
	if ((*file)->ops == &timerfd_ops)
		return 0;
	file_put(*file);
	return -EINVAL;
}

long sys_timerfd_settime(int fd, unsigned long flags, uaddr_t from, uaddr_t to)
{
	u64 value, interval, left, period;
	struct file *file;
	long err = get_itimerspec(from, &value, &interval);

	if (!err && flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		err = -EINVAL;
	if (!err)
		err = find(fd, &file);
	if (err)
		return err;
	mutex_lock_surely(&timerfd_lock);
	get_left(file->data, &left, &period);
	set(file->data, flags, value, interval);
	mutex_unlock(&timerfd_lock);
	file_put(file);
	return to ? put_itimerspec(to, left, period) : 0;
}

long sys_timerfd_gettime(int fd, uaddr_t to)
{
	u64 left, period;
	struct file *file;
	long err = find(fd, &file);

	if (err)
		return err;
	mutex_lock_surely(&timerfd_lock);
	get_left(file->data, &left, &period);
	mutex_unlock(&timerfd_lock);
	file_put(file);
	return put_itimerspec(to, left, period);
}
