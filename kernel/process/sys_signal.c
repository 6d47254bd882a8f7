/* SPDX-License-Identifier: MIT */
/* Calls about signals. */
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

#define UNBLOCKABLE	(BIT(SIGKILL - 1) | BIT(SIGSTOP - 1))

long sys_rt_sigaction(int signal, uaddr_t from, uaddr_t to, unsigned long size)
{
	struct process *p = process_current();
	struct abi_sigaction now, old;

	if (size != sizeof(u64) || signal < 1 || signal > SIGNALS ||
	    (from && (signal == SIGKILL || signal == SIGSTOP)))
		return -EINVAL;
	if (from && copy_from_user(&now, from, sizeof(now)))
		return -EFAULT;
	old = (struct abi_sigaction){
		.handler = p->actions[signal - 1].handler, .flags = p->actions[signal - 1].flags,
		.restorer = p->actions[signal - 1].restorer, .mask = p->actions[signal - 1].mask,
	};
	if (from)
		p->actions[signal - 1] = (struct signal_action){
			.handler = now.handler, .flags = now.flags, .restorer = now.restorer,
			.mask = now.mask & ~UNBLOCKABLE,
		};
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

long sys_rt_sigprocmask(int how, uaddr_t from, uaddr_t to, unsigned long size)
{
	struct task *t = task_current();
	u64 old = t->mask, set;

	if (size != sizeof(u64))
		return -EINVAL;
	if (from) {
		if (copy_from_user(&set, from, sizeof(set)))
			return -EFAULT;
		if (how == SIG_BLOCK)
			set |= old;
		else if (how == SIG_UNBLOCK)
			set = old & ~set;
		else if (how != SIG_SETMASK)
			return -EINVAL;
		t->mask = set & ~UNBLOCKABLE;
		/* what has waited is looked at on the way back */
		if (t->process->pending & ~t->mask)
			arch_context_work(&t->thread->context, WORK_SIGNAL);
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}
