/* SPDX-License-Identifier: MIT */
/* Sets of files that are waited for (epoll.c). */
#ifndef PROCESS_EPOLL_H
#define PROCESS_EPOLL_H

#include <arch/user.h>
#include <fs/file.h>
#include <lib/types.h>

struct abi_epoll_event {
	u32 events;
	u32 pad;
	u64 data;
};
static_assert(sizeof(struct abi_epoll_event) == 16, "Linux's struct epoll_event on arm64");

#define EPOLL_CTL_ADD	1
#define EPOLL_CTL_DEL	2
#define EPOLL_CTL_MOD	3

/*
 * Does @what, EPOLL_CTL_ADD and so on, about @file, which is descriptor @fd, in the set that @set
 * is. 0; -EPERM for what cannot be polled; -EINVAL, also for what is no set; -EEXIST, -ENOENT,
 * -ELOOP, -ENOMEM.
 */
long epoll_control(struct file *set, int what, struct file *file, int fd,
		   const struct abi_epoll_event *event);

/*
 * Waits until something in the set that @set is is ready, or until @deadline (as time_now(); 0: not
 * at all): writes up to @n events to @to, and says how many. -EINVAL, -EINTR, -EFAULT.
 */
long epoll_wait_for(struct file *set, uaddr_t to, int n, u64 deadline);

/* @file, which nobody uses any more, leaves the sets that it is in. */
void epoll_file_gone(struct file *file);

#endif
