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

#include "process.h"

/* A new process's thread, when it has nothing but a frame to go on from. */
static int run_child(void *arg)
{
	struct process *p = arg;
	struct thread *t = arch_current();
	struct arch_frame *frame = arch_user_frame(t->stack);

	t->fs = p->fs;
	t->cred = &p->cred;
	*frame = p->start;
	if (p->set_tid) {
		const u32 tid = (u32)p->pid;

		copy_to_user(p->set_tid, &tid, sizeof(tid));
	}
	arch_user_return(frame);
}

int process_start(struct process *p, int (*entry)(void *arg), void *arg)
{
	struct thread_attr attr = {
		.name = p->name, .detached = true, .user = &p->task.user,
		.sched = arch_current()->params,
	};
	/* the shell's own urgency is no program's, and what is lent neither */
	if (!p->rt_priority) {
		attr.sched.priority = MIN(attr.sched.priority, PRIORITY_DEFAULT);
		if (IS_ENABLED(CONFIG_SCHED_PRIORITY))
			attr.sched.slice = PROCESS_SLICE;
	}
	if (task_is_here() && process_current()->reset_on_fork) {
		attr.sched.priority = MIN(attr.sched.priority, PRIORITY_DEFAULT);
		attr.sched.nice = MAX(attr.sched.nice, 0);
		attr.sched.runtime = attr.sched.deadline = attr.sched.period = 0;
	}
	return thread_create(&p->task.thread, &attr, entry, arg);
}

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
	memcpy(child->name, p->name, sizeof(child->name));
	child->cred = p->cred;
	memcpy(child->limits, p->limits, sizeof(child->limits));
	memcpy(child->actions, p->actions, sizeof(child->actions));
	child->task.mask = p->task.mask;
	child->exit_signal = (int)(flags & CLONE_SIGNAL);
	if (!(flags & CLONE_VM) || flags & CLONE_VFORK)
		child->task.alt = p->task.alt;
	syscall_trace_begin(child, p->traced ? TRACED_CHILD : TRACED_NOT);
	child->no_new_privs = p->no_new_privs;
	child->dumpable = p->dumpable;
	child->personality = p->personality;
	child->timer_slack = p->timer_slack;
	if (!p->reset_on_fork) {
		child->policy = p->policy;
		child->rt_priority = p->rt_priority;
	}
	child->vfork = flags & CLONE_VFORK;
}

/* Whether there may be one process more, and its user have one more. */
static bool may_fork(const struct process *p)
{
	unsigned long state;
	u64 count = 0;

	if (atomic_load_relaxed(&process_count) >= PROCESSES_MAX)
		return false;
	/* a period of its own cannot be had twice */
	if (p->policy == ABI_SCHED_DEADLINE && !p->reset_on_fork)
		return false;
	if (!p->cred.uid || capable(CAP_SYS_RESOURCE) || capable(CAP_SYS_ADMIN))
		return true;
	state = spin_lock_irqsave(&process_lock);
	list_for_each (q, &process_list, struct process, all)
		count += q->cred.uid == p->cred.uid;
	spin_unlock_irqrestore(&process_lock, state);
	return count < p->limits[RLIMIT_NPROC].now;
}

static void join_tree(struct process *child, struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);

	child->pgid = p->pgid;
	child->sid = p->sid;
	process_enlist(child);
	child->parent = p;
	spin_lock(&p->children_changed.lock);
	list_add_tail(&p->children, &child->sibling);
	spin_unlock(&p->children_changed.lock);
	spin_unlock_irqrestore(&process_lock, state);
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

static void wait_for_vfork(struct process *child)
{
	unsigned long state = spin_lock_irqsave(&child->ended.lock);

	while (child->vfork) {
		wait_sleep(&child->ended, state, TIME_NEVER);
		state = spin_lock_irqsave(&child->ended.lock);
	}
	spin_unlock_irqrestore(&child->ended.lock, state);
}

long process_fork(const struct arch_frame *frame, u64 flags, uaddr_t stack, uaddr_t tls,
		  uaddr_t parent_tid, uaddr_t child_tid)
{
	struct process *p = process_current(), *child;
	int pid, err = -ENOMEM;
	u32 tid;

	if (!may_fork(p))
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
	arch_user_copy(&child->task.user, &child->start, &p->task.user, frame, 0);
	child->task.user.space = &child->space->arch;
	if (stack)
		arch_frame_set_sp(&child->start, stack);
	if (flags & CLONE_SETTLS)
		arch_user_set_tls(&child->task.user, tls);
	if (flags & CLONE_CHILD_CLEARTID)
		child->task.clear_tid = child_tid;
	join_tree(child, p);
	pid = child->pid;
	tid = (u32)pid;
	if (flags & CLONE_PARENT_SETTID)
		copy_to_user(parent_tid, &tid, sizeof(tid));
	if (flags & CLONE_CHILD_SETTID)
		child->set_tid = child_tid;
	err = process_start(child, run_child, child);
	if (err)
		goto out_leave;
	if (flags & CLONE_VFORK)
		wait_for_vfork(child);
	return pid;
out_leave:
	leave_tree(child, p);
	space_put(child->space);
out_free:
	process_drop_parts(child);
	process_free(child);
	return err;
}
