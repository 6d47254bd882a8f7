/* SPDX-License-Identifier: MIT */
/*
 * Terminals as sessions see them. A session has the console from the kernel's shell, which gives it
 * to each program that it starts in front; or it takes a terminal that nobody has, by TIOCSCTTY or
 * by opening it. Its leader keeps the group in front: that one gets the signals of keys, and others
 * that read are stopped, or that write where TOSTOP is set, or that change the terminal.
 *
 * TIOCNOTTY of a process that leads no session does nothing: the terminal is the session's.
 */
#include <arch/atomic.h>
#include <kernel/sched.h>
#include <kernel/work.h>
#include <lib/log.h>
#include <process/process.h>
#include <uapi/errno.h>

#include "process.h"
#include "terminal.h"

/* Whether @p leads a session that has @t, or with NULL any terminal. process_lock held. */
static bool leads(const struct process *p, const struct terminal *t)
{
	return p->tty && (!t || p->tty == t) && p->sid == p->pid && p->state == PROCESS_RUNS;
}

/* The leader of @p's session, if that has @t, or with NULL any; or NULL. process_lock held. */
static struct process *leader_of(const struct process *p, const struct terminal *t)
{
	struct process *leader = process_find(p->sid);

	return leader && leads(leader, t) ? leader : NULL;
}

/* The leader of a session that has @t; NULL: nobody has it. process_lock held. */
static struct process *leader_at(const struct terminal *t)
{
	list_for_each (p, &process_list, struct process, all)
		if (leads(p, t))
			return p;
	return NULL;
}

static int group_of(const struct process *leader)
{
	return leader->tty_group ? leader->tty_group : leader->pgid;
}

/* Sends @info to all of a group. process_lock held. */
static void send_to_group(int group, const struct abi_siginfo *info)
{
	list_for_each (p, &process_list, struct process, all)
		if (p->pgid == group && p->state == PROCESS_RUNS)
			signal_send(p, NULL, info);
}

/* Sends @signal to the groups in front of all sessions that have @t. process_lock held. */
static void send_to_front(const struct terminal *t, int signal)
{
	const struct abi_siginfo info = { .signo = signal, .code = SI_KERNEL };

	list_for_each (p, &process_list, struct process, all)
		if (leads(p, t))
			send_to_group(group_of(p), &info);
}

void tty_signal(struct terminal *t, int signal)
{
	unsigned long state = spin_lock_irqsave(&process_lock);

	send_to_front(t, signal);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
}

/* --- Keys of the console ---------------------------------------------------------------------- */

/* Those that were typed, a bit for each signal. Atomic. */
static u64 keys;
static struct work key_work;

static void send_keys(struct work *work __unused, void *arg __unused)
{
	u64 sent = atomic_exchange_acq_rel(&keys, 0);

	for (; sent; sent &= sent - 1)
		tty_signal(&console_terminal, __builtin_ctzl(sent) + 1);
}

void process_key(int signal)
{
	if (!key_work.function)
		return;
	atomic_or_relaxed(&keys, SIGNAL_BIT(signal));
	work_add(&key_work);
}

void tty_begin(void)
{
	static u32 begun;	/* atomic */
	struct work_queue *queue;

	if (atomic_exchange_acq_rel(&begun, 1))
		return;
	queue = work_queue_system();
	if (queue)
		work_init(&key_work, queue, send_keys, NULL);
	else
		log_err("processes: no memory for the terminal's keys");
}

bool process_in_front(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	bool found = leader_at(&console_terminal);

	spin_unlock_irqrestore(&process_lock, state);
	return found;
}

/* --- Who may use it --------------------------------------------------------------------------- */

int tty_may(const struct terminal *t, int signal)
{
	const struct abi_siginfo info = { .signo = signal, .code = SI_KERNEL };
	struct process *p, *leader;
	unsigned long state;
	int err = 0;

	/* nobody has it but the kernel's own */
	if (!task_is_here())
		return 0;
	p = process_current();
	state = spin_lock_irqsave(&process_lock);
	leader = leader_of(p, t);
	if (leader && p->pgid != group_of(leader)) {
		if (task_current()->mask & SIGNAL_BIT(signal) ||
		    p->actions[signal - 1].handler == SIG_IGN)
			err = signal == SIGTTIN ? -EIO : 0;
		else if (signal_is_orphaned(p))
			err = -EIO;
		else
			err = -EINTR;
	}
	/* it stops on the way back, and makes its call again then */
	if (err == -EINTR)
		send_to_group(p->pgid, &info);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	return err;
}

int tty_group(const struct terminal *t, bool any)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = any ? leader_at(t) : leader_of(process_current(), t);
	int group = p ? group_of(p) : any ? 0 : -ENOTTY;

	spin_unlock_irqrestore(&process_lock, state);
	return group;
}

int tty_session(const struct terminal *t, bool any)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = any ? leader_at(t) : leader_of(process_current(), t);
	int session = p ? p->sid : -ENOTTY;

	spin_unlock_irqrestore(&process_lock, state);
	return session;
}

u32 tty_of(const struct process *p, int *group)
{
	const struct process *leader = leader_of(p, NULL);

	*group = leader ? group_of(leader) : -1;
	return leader ? leader->tty->number : 0;
}

/* 0 when @group is one of the session @sid. process_lock held. */
static int check_group(int group, int sid)
{
	int err = -ESRCH;

	list_for_each (p, &process_list, struct process, all) {
		if (p->pgid == group)
			err = p->sid == sid ? 0 : -EPERM;
		if (!err)
			break;
	}
	return err;
}

int tty_set_group(const struct terminal *t, int group)
{
	int err = tty_may(t, SIGTTOU);
	unsigned long state;
	struct process *p;

	if (err)
		return err == -EIO ? -ENOTTY : err;
	if (group < 0)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	p = leader_of(process_current(), t);
	err = p ? check_group(group, p->sid) : -ENOTTY;
	if (!err)
		p->tty_group = group;
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

/* --- Getting and losing it -------------------------------------------------------------------- */

/* All sessions that have @t lose it. process_lock held. */
static void take_away(const struct terminal *t)
{
	list_for_each (p, &process_list, struct process, all) {
		if (p->tty != t)
			continue;
		p->front = FRONT_NOT;
		p->tty = NULL;
	}
}

/* process_lock held. */
static void give(struct process *p, struct terminal *t)
{
	p->front = FRONT_TAKEN;
	p->tty = t;
	p->tty_group = p->pgid;
}

int tty_take(struct terminal *t, bool steal)
{
	struct process *p = process_current();
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = 0;

	if (leads(p, t))
		goto out_unlock;
	if (p->sid != p->pid || p->tty)
		err = -EPERM;
	else if (t->hung_up)
		err = -EIO;
	else if (leader_at(t) && !(steal && capable(CAP_SYS_ADMIN)))
		err = -EPERM;
	if (!err) {
		take_away(t);
		give(p, t);
	}
out_unlock:
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

void tty_open(struct terminal *t, const struct file *file)
{
	unsigned long state;
	struct process *p;

	if (file->flags & O_NOCTTY || !(file->access & FILE_READ) || !task_is_here())
		return;
	p = process_current();
	state = spin_lock_irqsave(&process_lock);
	if (p->sid == p->pid && !p->tty && !t->hung_up && !leader_at(t))
		give(p, t);
	spin_unlock_irqrestore(&process_lock, state);
}

struct terminal *tty_own(void)
{
	const struct process *leader = NULL;
	unsigned long state;
	struct terminal *t;

	if (!task_is_here())
		return &console_terminal;
	state = spin_lock_irqsave(&process_lock);
	leader = leader_of(process_current(), NULL);
	t = leader ? leader->tty : NULL;
	/* while it is a session's it is there */
	if (t && t != &console_terminal)
		pty_get(t);
	spin_unlock_irqrestore(&process_lock, state);
	return t;
}

/* @p's group in front hears SIGHUP, and, if it @goes_on, SIGCONT. process_lock held. */
static void tell_group(const struct process *p, bool goes_on)
{
	struct abi_siginfo info = { .signo = SIGHUP, .code = SI_KERNEL };

	send_to_group(group_of(p), &info);
	info.signo = SIGCONT;
	if (goes_on)
		send_to_group(group_of(p), &info);
}

void tty_leader_ends(struct process *p)
{
	/* what the kernel's shell has given goes back to it: nothing is hung up */
	if (p->front != FRONT_GIVEN)
		tell_group(p, p->front == FRONT_HUNG || p->tty == &console_terminal);
	p->front = FRONT_NOT;
	p->tty = NULL;
}

int tty_leave(const struct terminal *t)
{
	struct process *p = process_current();
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = leader_of(p, t) ? 0 : -ENOTTY;

	if (!err && p->sid == p->pid) {
		if (p->front != FRONT_GIVEN)
			tell_group(p, true);
		p->front = FRONT_NOT;
		p->tty = NULL;
	}
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	return err;
}

void tty_hang_up(struct terminal *t)
{
	struct abi_siginfo hup = { .signo = SIGHUP, .code = SI_KERNEL };
	struct abi_siginfo cont = { .signo = SIGCONT, .code = SI_KERNEL };
	unsigned long state = spin_lock_irqsave(&process_lock);

	list_for_each (p, &process_list, struct process, all) {
		if (!leads(p, t))
			continue;
		/* the group in front is told when its leader ends */
		p->tty_group = group_of(p);
		p->front = FRONT_HUNG;
		p->tty = NULL;
		signal_send(p, NULL, &hup);
		signal_send(p, NULL, &cont);
	}
	spin_unlock(&process_lock);
	sched_irq_restore(state);
}
