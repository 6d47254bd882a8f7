/* SPDX-License-Identifier: MIT */
/*
 * Tasks: the threads of a process. They come by clone() with CLONE_THREAD and end one by one, or
 * all at once: when one of them ends the process, and when one of them becomes another program,
 * which goes on alone, as the leader. Who is to end finds out on the way back to its program
 * (user_work()), which it is made to take.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <fs/fs.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/sched.h>
#include <uapi/wait.h>

#include "process.h"

struct task *task_find(int tid)
{
	list_for_each (p, &process_list, struct process, all) {
		list_for_each (t, &p->tasks, struct task, link)
			if (t->tid == tid)
				return t;
	}
	return NULL;
}

/* --- Beginning -------------------------------------------------------------------------------- */

int task_run(void *arg)
{
	struct task *t = arg;
	struct process *p = t->process;
	struct thread *thread = arch_current();
	struct arch_frame *frame = arch_user_frame(thread->stack);

	thread->fs = p->fs;
	thread->cred = &p->cred;
	*frame = t->start;
	if (t->set_tid) {
		const u32 tid = (u32)t->tid;

		copy_to_user(t->set_tid, &tid, sizeof(tid));
	}
	/* what was to be done before there was a thread to be told: the other half of sending's */
	atomic_fence();
	if (unlikely((t->pending.set | p->pending.set) & ~t->mask) || unlikely(p->halt))
		arch_context_work(&thread->context, WORK_SIGNAL);
	arch_user_return(frame);
}

int task_start(struct task *t, int (*entry)(void *arg), void *arg)
{
	struct thread_attr attr = {
		.name = t->process->name, .detached = true, .user = &t->user,
		.sched = arch_current()->params,
	};
	/* the shell's own urgency is no program's, and what is lent neither */
	if (!t->rt_priority) {
		attr.sched.priority = MIN(attr.sched.priority, PRIORITY_DEFAULT);
		if (IS_ENABLED(CONFIG_SCHED_PRIORITY))
			attr.sched.slice = PROCESS_SLICE;
	}
	if (task_is_here() && task_current()->reset_on_fork) {
		attr.sched.priority = MIN(attr.sched.priority, PRIORITY_DEFAULT);
		attr.sched.nice = MAX(attr.sched.nice, 0);
		attr.sched.runtime = attr.sched.deadline = attr.sched.period = 0;
	}
	return thread_create(&t->thread, &attr, entry, arg);
}

/* Gives @t a number and makes it one of its process's: 0; -EAGAIN where that ends. */
static int join(struct task *t)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = -EAGAIN;

	spin_lock(&p->signals.lock);
	if (!(p->halt & (HALT_END | HALT_CORE)))
		err = process_new_id();
	if (err > 0) {
		t->tid = err;
		err = 0;
		list_add_tail(&p->tasks, &t->link);
		p->task_count++;
		if (p->halt & HALT_STOP)
			p->to_stop++;
	}
	spin_unlock(&p->signals.lock);
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

/* Takes @t off its process's list. Its locks held. */
static void leave_locked(struct task *t)
{
	struct process *p = t->process;

	t->thread = NULL;
	p->task_count--;
	if (t != &p->task) {
		list_del(&t->link);
		signal_forget(p, &t->pending, ~0UL);
	}
	/* what it would have taken is another one's */
	if (p->pending.set)
		signal_retarget(p);
	/* who waits for that */
	if (p->execs || p->halt & HALT_CORE)
		wait_wake_all(&p->signals);
}

/* What each task but the leader holds of its process, one use more or one less. */
static void get_parts(struct process *p)
{
	atomic_add_relaxed(&p->files->users, 1);
	fs_context_get(p->fs);
	space_get(p->space);
}

static void put_parts(struct files *files, struct fs_context *fs, struct space *space)
{
	files_put(files);
	fs_context_put(fs);
	space_put(space);
}

static struct task *copy_task(const struct task *from, const struct arch_frame *frame)
{
	struct task *t = kzalloc(sizeof(*t));

	if (!t)
		return NULL;
	task_init(t, from->process);
	arch_user_copy(&t->user, &t->start, &from->user, frame, 0);
	t->user.space = from->user.space;
	t->mask = from->mask;
	if (!from->reset_on_fork) {
		t->policy = from->policy;
		t->rt_priority = from->rt_priority;
	}
	return t;
}

long task_clone(const struct arch_frame *frame, u64 flags, uaddr_t stack, uaddr_t tls,
		uaddr_t parent_tid, uaddr_t child_tid)
{
	struct task *t;
	struct process *p = process_current();
	unsigned long state;
	int tid, err;

	if (!process_may_fork(p))
		return -EAGAIN;
	t = copy_task(task_current(), frame);
	if (!t)
		return -ENOMEM;
	if (stack)
		arch_frame_set_sp(&t->start, stack);
	if (flags & CLONE_SETTLS)
		arch_user_set_tls(&t->user, tls);
	if (flags & CLONE_CHILD_CLEARTID)
		t->clear_tid = child_tid;
	if (flags & CLONE_CHILD_SETTID)
		t->set_tid = child_tid;
	get_parts(p);
	err = join(t);
	if (err)
		goto out_put;
	atomic_add_relaxed(&process_count, 1);
	tid = t->tid;
	if (flags & CLONE_PARENT_SETTID) {
		const u32 id = (u32)tid;

		copy_to_user(parent_tid, &id, sizeof(id));
	}
	err = task_start(t, task_run, t);
	if (!err)
		return tid;
	state = spin_lock_irqsave(&process_lock);
	spin_lock(&p->signals.lock);
	leave_locked(t);
	if (p->halt & HALT_STOP)
		p->to_stop--;
	spin_unlock(&p->signals.lock);
	spin_unlock_irqrestore(&process_lock, state);
	atomic_add_relaxed(&process_count, -1U);
out_put:
	put_parts(p->files, p->fs, p->space);
	kfree(t);
	return err;
}

/* --- Ending ----------------------------------------------------------------------------------- */

void task_kick_all(struct process *p)
{
	list_for_each (t, &p->tasks, struct task, link)
		if (t->thread && t->thread != arch_current())
			task_kick(t);
}

/* The rest of the process's tasks are to end as well: how it ends, @wait unless that was said. */
static __cold int end_others(struct process *p, int wait)
{
	unsigned long state = spin_lock_irqsave(&p->signals.lock);

	if (!(p->halt & HALT_END)) {
		p->halt |= HALT_END;
		p->end_status = wait;
		task_kick_all(p);
	}
	wait = p->end_status;
	spin_unlock(&p->signals.lock);
	sched_irq_restore(state);
	return wait;
}

/* The calling task is one less. True: it was the last one; *@wait is how the process ends. */
static __cold bool leave(struct task *t, int *wait)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&process_lock);
	bool last, tell;

	spin_lock(&p->signals.lock);
	last = p->task_count == 1;
	tell = (p->halt & HALT_STOP) && p->to_stop && !--p->to_stop && !last;
	leave_locked(t);
	if (p->halt & HALT_END)
		*wait = p->end_status;
	if (!last) {
		p->used.run += thread_cpu_time();
		usage_add_switches(&p->used, arch_current());
	}
	spin_unlock(&p->signals.lock);
	if (tell)
		signal_tell_stop(p);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	return last;
}

void task_leave_program(void)
{
	struct thread *thread = arch_current();

	thread->fs = NULL;
	thread->cred = NULL;
	arch_user_leave(&thread->context);
}

static __cold __noreturn void exit_of_several(struct task *t, int wait)
{
	struct process *p = t->process;
	struct files *files = p->files;
	struct fs_context *fs = p->fs;
	struct space *space = p->space;
	bool leader = t == &p->task, last;

	/* from here on it is a thread of the kernel: its process may go as soon as it has left */
	task_leave_program();
	last = leave(t, &wait);
	if (!leader) {
		put_parts(files, fs, space);
		atomic_add_relaxed(&process_count, -1U);
		kfree(t);
	}
	if (last)
		process_finish(p, wait);
	thread_exit(0);
}

static __always_inline __noreturn void exit_of(struct task *t, int wait)
{
	struct process *p = t->process;

	if (unlikely(t->robust))
		futex_exit_robust(t);
	if (t->clear_tid && p->space->users > 1) {
		const u32 zero = 0;

		if (!copy_to_user(t->clear_tid, &zero, sizeof(zero)))
			futex_wake_one(t->clear_tid);
	}
	if (unlikely(p->task_count > 1) || unlikely(t != &p->task))
		exit_of_several(t, wait);
	task_leave_program();
	process_finish(p, wait);
}

void task_exit(int wait)
{
	exit_of(task_current(), wait);
}

void process_exit(int wait)
{
	struct task *t = task_current();

	if (unlikely(t->process->task_count > 1))
		wait = end_others(t->process, wait);
	exit_of(t, wait);
}

/* --- Alone ------------------------------------------------------------------------------------ */

/* Signals that were sent to @from are sent to @to. signals.lock held. */
static void move_signals(struct task *to, struct task *from)
{
	struct signal_queue *q = &to->pending, *old = &from->pending;

	q->set |= old->set;
	while (!list_empty(&old->infos)) {
		struct signal_entry *entry = list_entry(old->infos.next, struct signal_entry, link);

		list_unlink(&entry->link);
		if (entry == &old->first && !list_empty(&q->infos)) {
			/* without what is known of it: there is no room for that */
			to->process->queued--;
			continue;
		}
		if (entry == &old->first) {
			q->first.info = entry->info;
			entry = &q->first;
		}
		list_add_tail(&q->infos, &entry->link);
	}
	old->set = 0;
}

/* The leader has ended: the calling task, the only one, takes its place, and its id. */
static __cold void become_leader(struct task *t)
{
	struct process *p = t->process;
	struct task *leader = &p->task;
	struct thread *thread = arch_current();
	unsigned long state = spin_lock_irqsave(&process_lock);

	spin_lock(&p->signals.lock);
	list_del(&t->link);
	signal_forget(p, &leader->pending, ~0UL);
	move_signals(leader, t);
	/* interrupts are off: no switch looks at it now */
	leader->user = t->user;
	leader->mask = t->mask;
	leader->policy = t->policy;
	leader->rt_priority = t->rt_priority;
	leader->reset_on_fork = t->reset_on_fork;
	leader->robust = 0;
	leader->thread = thread;
	arch_context_set_program(&thread->context, &leader->user);
	spin_unlock(&p->signals.lock);
	spin_unlock_irqrestore(&process_lock, state);
	put_parts(p->files, p->fs, p->space);
	atomic_add_relaxed(&process_count, -1U);
	kfree(t);
}

int task_end_others(void)
{
	struct task *t = task_current();
	struct process *p = t->process;
	unsigned long state;

	if (likely(p->task_count == 1 && t == &p->task))
		return 0;
	state = spin_lock_irqsave(&p->signals.lock);
	if (p->halt & (HALT_END | HALT_CORE)) {
		spin_unlock_irqrestore(&p->signals.lock, state);
		return -EAGAIN;
	}
	p->halt |= HALT_END;
	p->execs = t;
	task_kick_all(p);
	while (p->task_count > 1) {
		/* the others end soon, whatever this one is told meanwhile */
		if (wait_sleep(&p->signals, state, TIME_NEVER))
			thread_revive();
		state = spin_lock_irqsave(&p->signals.lock);
	}
	p->halt &= (u8)~HALT_END;
	p->execs = NULL;
	spin_unlock_irqrestore(&p->signals.lock, state);
	if (t != &p->task)
		become_leader(t);
	t = &p->task;
	/* what it was told then it hears now */
	signal_set_mask(t, t->mask);
	return 0;
}
