/* SPDX-License-Identifier: MIT */
/* The calls of epoll (epoll.c): their arguments, times and signal masks. */
#include <kernel/time.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "epoll.h"
#include "process.h"
#include "syscall.h"

long sys_epoll_ctl(int set, int what, int fd, uaddr_t from)
{
	struct abi_epoll_event event = { 0 };
	struct file *s, *file = NULL;
	long err = -EBADF;

	if (what != EPOLL_CTL_DEL && copy_from_user(&event, from, sizeof(event)))
		return -EFAULT;
	/* nobody needs to ask for these; after an event that is told of once they do not come */
	event.events |= POLLERR | POLLHUP;
	s = files_get(files_here(), set);
	if (!s)
		return -EBADF;
	file = files_get(files_here(), fd);
	if (file) {
		err = epoll_control(s, what, file, fd, &event);
		file_put(file);
	}
	file_put(s);
	return err;
}

/* Waits until @deadline (as time_now(); 0: not at all). */
static long wait_for_set(int set, uaddr_t to, int n, u64 deadline)
{
	struct file *file;
	long result;

	if (n <= 0 || n > INT32_MAX / (int)sizeof(struct abi_epoll_event))
		return -EINVAL;
	if (!arch_user_range_ok(to, (size_t)n * sizeof(struct abi_epoll_event)))
		return -EFAULT;
	file = files_get(files_here(), set);
	if (!file)
		return -EBADF;
	result = epoll_wait_for(file, to, n, deadline);
	file_put(file);
	return result;
}

static long wait_masked(int set, uaddr_t to, int n, u64 deadline, uaddr_t mask, unsigned long size)
{
	long result;
	u64 signals;

	if (!mask)
		return wait_for_set(set, to, n, deadline);
	if (size != sizeof(signals))
		return -EINVAL;
	if (copy_from_user(&signals, mask, sizeof(signals)))
		return -EFAULT;
	signal_mask_swap(signals);
	result = wait_for_set(set, to, n, deadline);
	signal_mask_restore(result == -EINTR);
	return result;
}

long sys_epoll_pwait(int set, uaddr_t to, int n, int ms, uaddr_t mask, unsigned long size)
{
	u64 deadline = ms < 0 ? TIME_NEVER : ms ? time_now() + (u64)ms * NS_PER_MS : 0;

	return wait_masked(set, to, n, deadline, mask, size);
}

long sys_epoll_pwait2(int set, uaddr_t to, int n, uaddr_t timeout, uaddr_t mask,
		      unsigned long size)
{
	u64 deadline = TIME_NEVER, ns;
	struct abi_timespec t;
	long err = timeout ? get_time(&t, timeout) : 0;

	if (err)
		return err;
	if (timeout && !t.sec && !t.nsec)
		deadline = 0;
	else if (timeout && !__builtin_mul_overflow((u64)t.sec, NS_PER_SEC, &ns) &&
		 !__builtin_add_overflow(ns, (u64)t.nsec + time_now(), &ns))
		deadline = ns;
	return wait_masked(set, to, n, deadline, mask, size);
}
