/* SPDX-License-Identifier: MIT */
/*
 * The terminal as sessions see it (see <kernel/tty.h>): there is one. A session has it from the
 * kernel's shell, which gives it to each program that it starts in front, or takes it (TIOCSCTTY)
 * where nobody has it. Its leader keeps the group in front: that one gets the signals of keys, and
 * others that read are stopped, or that write where TOSTOP is set, or that change the terminal.
 */
#include <arch/atomic.h>
#include <kernel/sched.h>
#include <kernel/tty.h>
#include <kernel/work.h>
#include <lib/log.h>
#include <process/process.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

#include "process.h"

/* The leader of @p's session, if that has the terminal; or NULL. process_lock held. */
static struct process *leader_of(const struct process *p)
{
	struct process *leader = process_find(p->sid);

	return leader && leader->sid == leader->pid && leader->front &&
	       leader->state == PROCESS_RUNS ? leader : NULL;
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

/* --- Keys ------------------------------------------------------------------------------------- */

/* Those that were typed, a bit for each signal. Atomic. */
static u64 keys;
static struct work key_work;

static void send_keys(struct work *work __unused, void *arg __unused)
{
	u64 sent = atomic_exchange_acq_rel(&keys, 0);
	unsigned long state = spin_lock_irqsave(&process_lock);

	for (; sent; sent &= sent - 1) {
		const struct abi_siginfo info = {
			.signo = __builtin_ctzl(sent) + 1, .code = SI_KERNEL,
		};

		list_for_each (p, &process_list, struct process, all)
			if (p->front && p->sid == p->pid && p->state == PROCESS_RUNS)
				send_to_group(group_of(p), &info);
	}
	spin_unlock(&process_lock);
	sched_irq_restore(state);
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
	bool found = false;

	list_for_each (p, &process_list, struct process, all)
		found |= p->front && p->sid == p->pid && p->state == PROCESS_RUNS;
	spin_unlock_irqrestore(&process_lock, state);
	return found;
}

void tty_resized(void)
{
	const struct abi_siginfo info = { .signo = SIGWINCH, .code = SI_KERNEL };
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *leader = leader_of(process_current());

	if (leader)
		send_to_group(group_of(leader), &info);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
}

/* --- Who may use it --------------------------------------------------------------------------- */

int tty_may(int signal)
{
	const struct abi_siginfo info = { .signo = signal, .code = SI_KERNEL };
	struct process *p = process_current();
	unsigned long state;
	struct process *leader;
	int err = 0;

	/* nobody has it but the kernel's own */
	if (!task_is_here())
		return 0;
	state = spin_lock_irqsave(&process_lock);
	leader = leader_of(p);
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

int tty_group(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = leader_of(process_current());
	int group = p ? group_of(p) : -ENOTTY;

	spin_unlock_irqrestore(&process_lock, state);
	return group;
}

int tty_session(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = leader_of(process_current());
	int session = p ? p->sid : -ENOTTY;

	spin_unlock_irqrestore(&process_lock, state);
	return session;
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

int tty_set_group(int group)
{
	unsigned long state;
	struct process *p;
	int err;

	if (group < 0)
		return -EINVAL;
	err = tty_may(SIGTTOU);
	if (err)
		return err;
	state = spin_lock_irqsave(&process_lock);
	p = leader_of(process_current());
	err = p ? check_group(group, p->sid) : -ENOTTY;
	if (!err)
		p->tty_group = group;
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

/* All sessions that have the terminal lose it. process_lock held. */
static void take_away(void)
{
	list_for_each (p, &process_list, struct process, all)
		p->front = FRONT_NOT;
}

int tty_take(bool steal)
{
	struct process *p = process_current();
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = p->sid == p->pid ? 0 : -EPERM;
	bool had = false;

	list_for_each (q, &process_list, struct process, all)
		had |= q != p && q->front && q->state == PROCESS_RUNS;
	if (!err && !p->front && had)
		err = steal && capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
	if (!err && !p->front) {
		take_away();
		p->front = FRONT_TAKEN;
		p->tty_group = p->pgid;
	}
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

void tty_leave_locked(struct process *p)
{
	struct abi_siginfo info = { .signo = SIGHUP, .code = SI_KERNEL };
	bool taken = p->front == FRONT_TAKEN;

	p->front = FRONT_NOT;
	/* what the kernel's shell has given goes back to it: nothing is hung up */
	if (!taken)
		return;
	send_to_group(group_of(p), &info);
	info.signo = SIGCONT;
	send_to_group(group_of(p), &info);
}

int tty_leave(void)
{
	struct process *p = process_current();
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err = leader_of(p) ? 0 : -ENOTTY;

	if (!err && p->sid == p->pid)
		tty_leave_locked(p);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	return err;
}

bool tty_is_mine(void)
{
	unsigned long state;
	bool mine;

	if (!task_is_here())
		return true;
	state = spin_lock_irqsave(&process_lock);
	mine = leader_of(process_current());
	spin_unlock_irqrestore(&process_lock, state);
	return mine;
}
