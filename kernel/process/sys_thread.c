/* SPDX-License-Identifier: MIT */
/* Calls that C libraries make for threads, besides clone() and futex(). */
#include <arch/atomic.h>
#include <kernel/cpu.h>
#include <lib/string.h>
#include <uapi/errno.h>
#include <uapi/futex.h>
#include <uapi/sched.h>
#include <uapi/wait.h>

#include "process.h"
#include "syscall.h"

long sys_gettid(void)
{
	return task_current()->tid;
}

long sys_set_tid_address(unsigned long address)
{
	struct task *t = task_current();

	t->clear_tid = address;
	return t->tid;
}

long sys_set_robust_list(unsigned long head, unsigned long size)
{
	if (size != sizeof(struct abi_robust_list))
		return -EINVAL;
	task_current()->robust = head;
	return 0;
}

long sys_get_robust_list(int tid, uaddr_t head_to, uaddr_t size_to)
{
	const u64 size = sizeof(struct abi_robust_list);
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct task *t = tid ? task_find(tid) : task_current();
	u64 head = t ? t->robust : 0;
	long err = t ? 0 : -ESRCH;

	/* where a thread's memory is, is for those alone who may look at it */
	if (t && t->process != process_current() && !capable(CAP_SYS_PTRACE))
		err = -EPERM;
	spin_unlock_irqrestore(&process_lock, state);
	if (!err)
		err = copy_to_user(size_to, &size, sizeof(size));
	return err ? err : copy_to_user(head_to, &head, sizeof(head));
}

/* --- clone3 ----------------------------------------------------------------------------------- */

/* What is beyond the structure that is known must be zero. */
static long get_clone_args(struct abi_clone_args *args, uaddr_t from, size_t size)
{
	memset(args, 0, sizeof(*args));
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	for (size_t at = sizeof(*args); at < size; at++) {
		u8 more;

		if (copy_from_user(&more, from + at, 1))
			return -EFAULT;
		if (more)
			return -E2BIG;
	}
	return copy_from_user(args, from, MIN(size, sizeof(*args)));
}

long sys_clone3(uaddr_t from, unsigned long size)
{
	const u64 never = CLONE_DETACHED | CLONE_SIGNAL, clear = CLONE_CLEAR_SIGHAND;
	struct abi_clone_args a;
	long err = get_clone_args(&a, from, size);

	if (err)
		return err;
	if (a.flags & never || a.exit_signal > SIGNALS || a.set_tid || a.set_tid_size || a.cgroup)
		return -EINVAL;
	if (a.flags & ~(u64)(UINT32_MAX | clear))
		return -EINVAL;
	if (a.flags & CLONE_PIDFD && a.flags & CLONE_PARENT_SETTID && a.pidfd == a.parent_tid)
		return -EINVAL;
	if (a.flags & CLONE_THREAD && a.exit_signal)
		return -EINVAL;
	if ((a.flags & (CLONE_SIGHAND | clear)) == (CLONE_SIGHAND | clear))
		return -EINVAL;
	if (!a.stack != !a.stack_size || !arch_user_range_ok(a.stack, a.stack_size))
		return -EINVAL;
	return process_clone(a.flags | a.exit_signal, a.stack + a.stack_size, a.parent_tid, a.tls,
			     a.child_tid, a.pidfd);
}

/* --- membarrier ------------------------------------------------------------------------------- */

#define MEMBARRIER_CMDS \
	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)

static void fence(void *arg __unused)
{
	atomic_fence();
}

long sys_membarrier(int command, unsigned int flags, int cpu __unused)
{
	struct process *p = process_current();

	if (flags)
		return -EINVAL;
	switch (command) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_CMDS;
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
		p->barriers = true;
		return 0;
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		if (!p->barriers)
			return -EPERM;
		break;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		break;
	default:
		return -EINVAL;
	}
	atomic_fence();
	/* whoever is in the kernel meanwhile has had one on the way */
	cpu_others(fence, NULL);
	atomic_fence();
	return 0;
}
