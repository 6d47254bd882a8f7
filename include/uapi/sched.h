/* SPDX-License-Identifier: MIT */
/* Scheduling calls: Linux's numbers and layouts (linux/sched.h, linux/sched/types.h). */
#ifndef UAPI_SCHED_H
#define UAPI_SCHED_H

#include <lib/types.h>

/* With a prefix: the scheduler has names of its own. */
#define ABI_SCHED_OTHER		0
#define ABI_SCHED_FIFO		1
#define ABI_SCHED_RR		2
#define ABI_SCHED_BATCH		3
#define ABI_SCHED_IDLE		5
#define ABI_SCHED_DEADLINE		6
#define SCHED_RESET_ON_FORK	0x40000000

#define RT_PRIORITY_MIN		1
#define RT_PRIORITY_MAX		99

#define SCHED_FLAG_RESET_ON_FORK	1U
#define SCHED_FLAG_KEEP_POLICY		8U
#define SCHED_FLAG_KEEP_PARAMS		16U

#define PRIO_PROCESS		0
#define PRIO_PGRP		1
#define PRIO_USER		2

#define SCHED_ATTR_SIZE_VER0	48
#define SCHED_ATTR_SIZE_VER1	56

struct abi_sched_attr {
	u32 size;
	u32 policy;
	u64 flags;
	s32 nice;
	u32 priority;
	u64 runtime, deadline, period;	/* ns */
	u32 util_min, util_max;
};
static_assert(sizeof(struct abi_sched_attr) == SCHED_ATTR_SIZE_VER1, "Linux's struct sched_attr");

/* clone3(2)'s. */
#define CLONE_ARGS_SIZE_VER0	64

struct abi_clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	u64 set_tid, set_tid_size, cgroup;
};
static_assert(sizeof(struct abi_clone_args) == 88, "Linux's struct clone_args");

#endif
