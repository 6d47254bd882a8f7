/* SPDX-License-Identifier: MIT */
/*
 * The life of a process: made by the shell or by fork, ended by exit or a signal, and kept as a
 * zombie until its parent asks how it ended. Children whose parent ends become those of process 1;
 * where there is none nobody will ask, and they go by themselves.
 *
 * Locks: process_lock guards the tree, a parent's children_changed.lock its list of children and
 * the states of these, a process's signals.lock what it is sent and does about that. They are taken
 * in this order; the last one's holders wake threads.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <kernel/completion.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/stream.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/wait.h>

#include "pidfd.h"
#include "process.h"
#include "strace.h"
#include "system.h"
#include "waiting.h"

struct spinlock process_lock = SPINLOCK_INIT;
struct list process_list = LIST_INIT(process_list);
u32 process_count;

u32 process_id_end = PID_MAX;

/* process_lock held: */
static int last_pid;
static u64 forks;

int process_last_pid(void)
{
	return last_pid;
}

u64 process_forks(void)
{
	return atomic_load_relaxed(&forks);
}

struct process *process_find(int pid)
{
	list_for_each (p, &process_list, struct process, all)
		if (p->pid == pid)
			return p;
	return NULL;
}

/* Whether one of @p's tasks but the leader has it. */
static __cold bool task_has(const struct process *p, int id)
{
	list_for_each (t, &p->tasks, struct task, link)
		if (t->tid == id)
			return true;
	return false;
}

int process_new_id(void)
{
	int end = (int)atomic_load_relaxed(&process_id_end), looks = end;
	bool taken;

	do {
		if (unlikely(!looks--))
			return -EAGAIN;
		last_pid = last_pid >= end - 1 ? 300 : last_pid + 1;
		taken = false;
		list_for_each (q, &process_list, struct process, all) {
			taken |= q->pid == last_pid || q->pgid == last_pid || q->sid == last_pid;
			if (unlikely(q->tasks.prev != &q->task.link))
				taken |= task_has(q, last_pid);
		}
	} while (taken);
	atomic_store_relaxed(&forks, forks + 1);
	return last_pid;
}

int process_enlist(struct process *p)
{
	int id = process_new_id();

	if (unlikely(id < 0))
		return id;
	p->pid = id;
	p->task.tid = id;
	list_add_tail(&process_list, &p->all);
	return 0;
}

struct process *process_allocate(void)
{
	struct process *p = kzalloc(sizeof(*p));

	if (!p)
		return NULL;
	task_init(&p->task, p);
	list_init(&p->tasks);
	list_add(&p->tasks, &p->task.link);
	p->task_count = 1;
	list_init(&p->children);
	wait_queue_init(&p->children_changed);
	wait_queue_init(&p->ended);
	wait_queue_init(&p->signals);
	list_init(&p->pending.infos);
	p->begun = time_now();
	p->dumpable = 1;
	atomic_add_relaxed(&process_count, 1);
	return p;
}

void process_drop_parts(struct process *p)
{
	/* /proc looks at them with the lock held */
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct files *files = p->files;
	struct fs_context *fs = p->fs;
	struct file *exe = p->exe;

	p->files = NULL;
	p->fs = NULL;
	p->exe = NULL;
	spin_unlock_irqrestore(&process_lock, state);
	if (files)
		files_put(files);
	if (fs)
		fs_context_put(fs);
	if (exe)
		file_put(exe);
}

void process_free(struct process *p)
{
	syscall_trace_end(p, false, 0);
	signal_forget(p, &p->pending, ~0UL);
	signal_forget(p, &p->task.pending, ~0UL);
	atomic_add_relaxed(&process_count, -1U);
	kfree(p);
}

/* --- Ending ----------------------------------------------------------------------------------- */

/* Whose children become those of @p, which ends; NULL: nobody's. process_lock held. */
static struct process *find_reaper(struct process *p)
{
	struct process *reaper = p->parent;

	while (reaper && !reaper->subreaper)
		reaper = reaper->parent;
	if (!reaper)
		reaper = process_find(1);
	return reaper && reaper != p && reaper->state == PROCESS_RUNS ? reaper : NULL;
}

/* The children of @p, which ends, become those of @init. process_lock held. */
static void give_children_away(struct process *p, struct process *init, struct list *nobodys)
{
	list_init(nobodys);
	spin_lock(&p->children_changed.lock);
	while (!list_empty(&p->children)) {
		struct process *child = list_entry(p->children.next, struct process, sibling);

		list_unlink(&child->sibling);
		list_add_tail(nobodys, &child->sibling);
		child->parent = init;
		/* by its parent its group was connected with the rest of the session */
		child->bereft = child->sid == p->sid && child->pgid != p->pgid;
		child->exit_signal = SIGCHLD;
	}
	spin_unlock(&p->children_changed.lock);
	list_for_each (child, nobodys, struct process, sibling)
		if (child->pdeath_signal && child->state == PROCESS_RUNS)
			process_signal(child, child->pdeath_signal);
	if (!init)
		return;
	spin_lock(&init->children_changed.lock);
	while (!list_empty(nobodys)) {
		struct list *link = nobodys->next;

		list_unlink(link);
		list_add_tail(&init->children, link);
	}
	wait_wake_all(&init->children_changed);
	spin_unlock(&init->children_changed.lock);
}

/* Of those that nobody will ask for, the ended ones go. process_lock held; freed by the caller. */
static void sort_out(struct list *nobodys, struct list *dead)
{
	list_init(dead);
	while (!list_empty(nobodys)) {
		struct process *child = list_entry(nobodys->next, struct process, sibling);

		list_unlink(&child->sibling);
		list_init(&child->sibling);
		if (child->state != PROCESS_ZOMBIE)
			continue;
		list_del(&child->all);
		list_add_tail(dead, &child->sibling);
	}
}

/* Tells whoever waits that @p has ended. True: nobody ever will. process_lock held. */
static bool announce_end(struct process *p, int wait)
{
	struct process *parent = p->parent;
	struct wait_queue *q = parent ? &parent->children_changed : &p->ended;
	bool killed = WAIT_IS_SIGNALED(wait);
	bool ignored = parent && p->exit_signal == SIGCHLD &&
		       (parent->actions[SIGCHLD - 1].handler == SIG_IGN ||
			parent->actions[SIGCHLD - 1].flags & SA_NOCLDWAIT);

	spin_lock(&q->lock);
	p->wait_status = wait;
	p->state = PROCESS_ZOMBIE;
	if (ignored) {
		list_unlink(&p->sibling);
		list_init(&p->sibling);
	}
	wait_wake_all(q);
	spin_unlock(&q->lock);
	pidfd_wake();
	if (parent && p->exit_signal)
		signal_parent(p, p->exit_signal,
			      wait & WAIT_CORE ? CLD_DUMPED : killed ? CLD_KILLED : CLD_EXITED,
			      killed ? WAIT_SIGNAL(wait) : WAIT_STATUS(wait));
	return ignored || (!parent && !p->kept);
}

/* A parent that waits in vfork() goes on. */
static void end_vfork(struct process *p)
{
	unsigned long state = spin_lock_irqsave(&p->ended.lock);

	p->vfork = false;
	wait_wake_all(&p->ended);
	wait_unlock(&p->ended, state);
}

void usage_add(struct usage *to, const struct usage *more)
{
	to->run += more->run;
	to->faults += more->faults;
	to->peak = MAX(to->peak, more->peak);
	to->switches += more->switches;
	to->preemptions += more->preemptions;
}

/* A space that others use as well (vfork) than the process's @tasks counts for those. */
static void add_space(struct usage *usage, const struct space *space, u32 tasks)
{
	if (!space || space->users > tasks)
		return;
	usage->faults += space->faults;
	usage->peak = MAX(usage->peak, space->peak);
	usage->peak = MAX(usage->peak, space->resident);
}

void usage_add_switches(struct usage *usage, const struct thread *t)
{
	usage->switches += t->left[SCHED_SLEEP] + t->left[SCHED_YIELD];
	usage->preemptions += t->left[SCHED_PREEMPT] + t->left[SCHED_SLICE];
}

/* What the others of the calling process's tasks have used, up to when they were switched last. */
static __cold void add_others(struct usage *usage, struct process *p)
{
	unsigned long state = spin_lock_irqsave(&p->signals.lock);

	list_for_each (t, &p->tasks, struct task, link) {
		if (!t->thread || t->thread == arch_current())
			continue;
		usage->run += time_from_ticks(t->thread->run_ticks);
		usage_add_switches(usage, t->thread);
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
}

/* What the calling thread has used itself. */
static void add_own(struct usage *usage)
{
	usage->run += thread_cpu_time();
	usage_add_switches(usage, arch_current());
}

void usage_here(struct usage *usage, bool alone)
{
	struct process *p = process_current();

	*usage = p->used;
	if (alone)
		usage->run = usage->switches = usage->preemptions = 0;
	add_space(usage, p->space, p->task_count);
	add_own(usage);
	if (!alone && p->task_count > 1)
		add_others(usage, p);
}

/* It runs in @space from now on; NULL: it has ended. Whoever waits in vfork() goes on. */
static void change_space(struct process *p, struct space *space)
{
	struct space *old = p->space;
	unsigned long state;

	add_space(&p->used, old, 1);
	state = spin_lock_irqsave(&process_lock);
	p->space = space;
	spin_unlock_irqrestore(&process_lock, state);
	if (p->vfork)
		end_vfork(p);
	if (old)
		space_put(old);
}

void process_new_space(struct process *p, struct space *space)
{
	arch_user_set_space(&p->task.user, &space->arch);
	change_space(p, space);
}

void process_finish(struct process *p, int wait)
{
	struct list nobodys, dead;
	struct process *init;
	unsigned long state;
	bool gone;

	syscall_trace_end(p, true, wait);
	if (unlikely(p->timers))
		posix_timers_end(p, true);
	process_drop_parts(p);
	change_space(p, NULL);
	add_own(&p->used);
	state = spin_lock_irqsave(&process_lock);
	/* from here on no signal reaches it */
	spin_lock(&p->signals.lock);
	p->task.thread = NULL;
	spin_unlock(&p->signals.lock);
	init = find_reaper(p);
	give_children_away(p, init, &nobodys);
	sort_out(&nobodys, &dead);
	gone = announce_end(p, wait);
	if (unlikely(p->front))
		tty_leader_ends(p);
	if (unlikely(atomic_load_relaxed(&signal_stopped)))
		signal_orphans(p);
	if (gone)
		list_del(&p->all);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	while (!list_empty(&dead)) {
		struct list *link = dead.next;

		list_unlink(link);
		process_free(list_entry(link, struct process, sibling));
	}
	if (gone)
		process_free(p);
	thread_exit(0);
}

/* --- Waiting ---------------------------------------------------------------------------------- */

static bool is_meant(const struct process *child, int type, int id, unsigned long options)
{
	/* who does not say that it has ended as children do is left to those who know of it */
	if (!(options & WALL) && (child->exit_signal != SIGCHLD) != !!(options & WCLONE))
		return false;
	return type == P_ALL || (type == P_PID ? child->pid : child->pgid) == id;
}

/* What there is to tell of @child, of what is asked for: 0: nothing. */
static unsigned long news_of(const struct process *child, unsigned long options)
{
	if (child->state == PROCESS_ZOMBIE)
		return options & WEXITED;
	if (child->stop_status && options & WSTOPPED)
		return WSTOPPED;
	return child->continued ? options & WCONTINUED : 0;
}

/* A child that is meant and of which there is news, or NULL; *@any: whether there is any other. */
static struct process *find_child(struct process *p, int type, int id, unsigned long options,
				  bool *any)
{
	*any = false;
	list_for_each (child, &p->children, struct process, sibling) {
		if (!is_meant(child, type, id, options))
			continue;
		if (child->state == PROCESS_ZOMBIE && !(options & WEXITED))
			continue;	/* it will neither stop nor go on */
		*any = true;
		if (news_of(child, options))
			return child;
	}
	return NULL;
}

/* Tells @news of @child, once, unless it is to be kept. children_changed.lock held. */
static void report(struct process *p, struct process *child, unsigned long news, bool keep,
		   struct child_report *to)
{
	*to = (struct child_report){
		.pid = child->pid, .uid = child->cred.uid, .used = child->used,
		.wait = news == WEXITED ? child->wait_status :
			news == WSTOPPED ? child->stop_status : WAIT_CONTINUED,
	};
	usage_add(&to->used, &child->child_used);
	if (keep)
		return;
	if (news == WSTOPPED) {
		child->stop_status = 0;
	} else if (news == WCONTINUED) {
		child->continued = false;
	} else {
		list_unlink(&child->sibling);
		child->state = PROCESS_REAPED;
		usage_add(&p->child_used, &to->used);
	}
}

static void reap(struct process *child)
{
	unsigned long state = spin_lock_irqsave(&process_lock);

	list_del(&child->all);
	spin_unlock_irqrestore(&process_lock, state);
	process_free(child);
}

long process_wait_child(int type, int id, unsigned long options, struct child_report *to)
{
	struct process *p = process_current(), *child;
	unsigned long state = spin_lock_irqsave(&p->children_changed.lock), news = 0;
	long err = 0;
	bool any;

	to->pid = 0;
	while (!(child = find_child(p, type, id, options, &any)) && !err) {
		if (!any)
			err = -ECHILD;
		else if (options & WNOHANG)
			break;
		else
			err = wait_sleep(&p->children_changed, state, TIME_NEVER);
		if (err != -ECHILD && !(options & WNOHANG))
			state = spin_lock_irqsave(&p->children_changed.lock);
	}
	if (child) {
		news = news_of(child, options);
		report(p, child, news, options & WNOWAIT, to);
	}
	spin_unlock_irqrestore(&p->children_changed.lock, state);
	if (news == WEXITED && !(options & WNOWAIT))
		reap(child);
	return child ? 0 : err;
}

int process_wait(struct process *p, int *wait)
{
	unsigned long state = spin_lock_irqsave(&p->ended.lock);
	int err = 0;

	while (p->state != PROCESS_ZOMBIE && !err) {
		err = wait_sleep(&p->ended, state, TIME_NEVER);
		state = spin_lock_irqsave(&p->ended.lock);
	}
	if (p->state == PROCESS_ZOMBIE)
		err = 0;
	spin_unlock_irqrestore(&p->ended.lock, state);
	if (err)
		return err;
	*wait = p->wait_status;
	reap(p);
	return 0;
}
