/* SPDX-License-Identifier: MIT */
/*
 * fork, vfork and clone: a child with a copy of the caller's space, whose pages both share until
 * one of them writes; and of everything else a process has, or the same, as the flags say.
 */
#include <arch/atomic.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <uapi/errno.h>
#include <uapi/sched.h>
#include <uapi/wait.h>

#include "pidfd.h"
#include "process.h"
#include "strace.h"

static int copy_parts(struct process *child, struct process *p, u64 flags)
{
	child->files = p->files;
	child->fs = p->fs;
	child->exe = p->exe;
	if (child->exe)
		file_get(child->exe);
	if (flags & CLONE_FS)
		fs_context_get(child->fs);
	else
		child->fs = fs_context_copy();
	if (flags & CLONE_FILES)
		atomic_add_relaxed(&child->files->users, 1);
	else
		child->files = files_copy(p->files);
	return child->fs && child->files ? 0 : -ENOMEM;
}

static void inherit(struct process *child, const struct process *p, u64 flags)
{
	const struct task *self = task_current();

	memcpy(child->name, p->name, sizeof(child->name));
	child->cred = p->cred;
	memcpy(child->limits, p->limits, sizeof(child->limits));
	memcpy(child->actions, p->actions, sizeof(child->actions));
	if (unlikely(flags & CLONE_CLEAR_SIGHAND))
		signal_reset_actions(child);
	child->task.mask = self->mask;
	child->exit_signal = (int)(flags & CLONE_SIGNAL);
	if (!(flags & CLONE_VM) || flags & CLONE_VFORK)
		child->task.alt = self->alt;
	if (unlikely(p->traced))
		syscall_trace_inherit(child, p);
	child->no_new_privs = p->no_new_privs;
	child->dumpable = p->dumpable;
	child->personality = p->personality;
	child->oom_score_adj = p->oom_score_adj;
	child->oom_score_adj_min = p->oom_score_adj_min;
	child->timer_slack = p->timer_slack;
	if (!self->reset_on_fork) {
		child->task.policy = self->policy;
		child->task.rt_priority = self->rt_priority;
	}
	child->vfork = flags & CLONE_VFORK;
}

bool process_may_fork(const struct process *p)
{
	const struct task *self = task_current();
	unsigned long state;
	u64 count = 0;

	if (atomic_load_relaxed(&process_count) >= PROCESSES_MAX)
		return false;
	/* a period of its own cannot be had twice */
	if (self->policy == ABI_SCHED_DEADLINE && !self->reset_on_fork)
		return false;
	if (!p->cred.uid || capable(CAP_SYS_RESOURCE) || capable(CAP_SYS_ADMIN))
		return true;
	state = spin_lock_irqsave(&process_lock);
	list_for_each (q, &process_list, struct process, all)
		count += q->cred.uid == p->cred.uid ? q->task_count : 0;
	spin_unlock_irqrestore(&process_lock, state);
	return count < p->limits[RLIMIT_NPROC].now;
}

static int join_tree(struct process *child, struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = process_enlist(child);

	if (unlikely(err)) {
		spin_unlock_irqrestore(&process_lock, state);
		return err;
	}
	child->pgid = p->pgid;
	child->sid = p->sid;
	child->parent = p;
	spin_lock(&p->children_changed.lock);
	list_add_tail(&p->children, &child->sibling);
	spin_unlock(&p->children_changed.lock);
	spin_unlock_irqrestore(&process_lock, state);
	return 0;
}

static void leave_tree(struct process *child, struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);

	spin_lock(&p->children_changed.lock);
	list_unlink(&child->sibling);
	spin_unlock(&p->children_changed.lock);
	list_del(&child->all);
	spin_unlock_irqrestore(&process_lock, state);
}

static void wait_for_vfork(const struct process *p, struct process *child)
{
	unsigned long state = spin_lock_irqsave(&child->ended.lock);

	while (child->vfork) {
		/* who is to end does not wait for that; other signals come later */
		if (wait_sleep(&child->ended, state, TIME_NEVER)) {
			if (signal_ends_soon(p))
				return;
			thread_revive();
		}
		state = spin_lock_irqsave(&child->ended.lock);
	}
	spin_unlock_irqrestore(&child->ended.lock, state);
}

/* A descriptor of @child, whose number goes to @to. */
static int put_pidfd(const struct process *child, uaddr_t to)
{
	int fd = pidfd_descriptor(child->pid, child->begun, 0);

	if (fd >= 0 && copy_to_user(to, &fd, sizeof(fd))) {
		files_close(files_here(), fd);
		return -EFAULT;
	}
	return fd;
}

long process_fork(const struct arch_frame *frame, u64 flags, uaddr_t stack, uaddr_t tls,
		  uaddr_t parent_tid, uaddr_t child_tid, uaddr_t pidfd)
{
	struct process *p = process_current(), *child;
	int pid, fd = -1, err = -ENOMEM;
	u32 tid;

	if (!process_may_fork(p))
		return -EAGAIN;
	child = process_allocate();
	if (!child)
		return -ENOMEM;
	inherit(child, p, flags);
	err = copy_parts(child, p, flags);
	if (err)
		goto out_free;
	if (flags & CLONE_VM)
		space_get(p->space);
	child->space = flags & CLONE_VM ? p->space : space_fork(p->space);
	err = -ENOMEM;
	if (!child->space)
		goto out_free;
	arch_user_copy(&child->task.user, &child->task.start, &task_current()->user, frame, 0);
	child->task.user.space = &child->space->arch;
	if (stack)
		arch_frame_set_sp(&child->task.start, stack);
	if (flags & CLONE_SETTLS)
		arch_user_set_tls(&child->task.user, tls);
	if (flags & CLONE_CHILD_CLEARTID)
		child->task.clear_tid = child_tid;
	err = join_tree(child, p);
	if (unlikely(err))
		goto out_put_space;
	pid = child->pid;
	tid = (u32)pid;
	if (unlikely(flags & CLONE_PIDFD)) {
		fd = put_pidfd(child, pidfd);
		err = fd;
		if (err < 0)
			goto out_leave;
	}
	if (flags & CLONE_PARENT_SETTID)
		copy_to_user(parent_tid, &tid, sizeof(tid));
	if (flags & CLONE_CHILD_SETTID)
		child->task.set_tid = child_tid;
	err = task_start(&child->task, task_run, &child->task);
	if (err)
		goto out_close;
	if (flags & CLONE_VFORK)
		wait_for_vfork(p, child);
	return pid;
out_close:
	if (fd >= 0)
		files_close(p->files, fd);
out_leave:
	leave_tree(child, p);
out_put_space:
	space_put(child->space);
out_free:
	process_drop_parts(child);
	process_free(child);
	return err;
}
