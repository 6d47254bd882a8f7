/* SPDX-License-Identifier: MIT */
/* Process groups and sessions: who is in which, how one gets there, and who looks after them. */
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* The process that @pid means; 0 is the caller. process_lock held. */
static struct process *find(int pid)
{
	return pid ? process_find(pid) : process_current();
}

/* Whether the group @pgid is there, in the session @sid if that is not 0. process_lock held. */
static bool group_exists(int pgid, int sid)
{
	list_for_each (p, &process_list, struct process, all)
		if (p->pgid == pgid && (!sid || p->sid == sid))
			return true;
	return false;
}

static long change_group(struct process *p, int pgid)
{
	struct process *self = process_current();

	if (!p)
		return -ESRCH;
	if (p->parent == self) {
		if (p->sid != self->sid)
			return -EPERM;
		if (p->execed)
			return -EACCES;
	} else if (p != self) {
		return -ESRCH;
	}
	if (p->sid == p->pid)
		return -EPERM;
	if (pgid != p->pid && !group_exists(pgid, self->sid))
		return -EPERM;
	p->pgid = pgid;
	return 0;
}

long sys_setpgid(int pid, int pgid)
{
	unsigned long state;
	long err;

	if (!pid)
		pid = process_current()->pid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	err = change_group(process_find(pid), pgid);
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

long sys_getpgid(int pid)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = find(pid);
	long id = p ? p->pgid : -ESRCH;

	spin_unlock_irqrestore(&process_lock, state);
	return id;
}

long sys_getsid(int pid)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = find(pid);
	long id = p ? p->sid : -ESRCH;

	spin_unlock_irqrestore(&process_lock, state);
	return id;
}

long sys_setsid(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct process *p = process_current();
	long id = -EPERM;

	if (!group_exists(p->pid, 0)) {
		p->sid = p->pid;
		p->pgid = p->pid;
		id = p->pid;
	}
	spin_unlock_irqrestore(&process_lock, state);
	return id;
}

/* --- Orphaned groups -------------------------------------------------------------------------- */

bool signal_is_orphaned(const struct process *p)
{
	list_for_each (q, &process_list, struct process, all) {
		const struct process *parent = q->parent;

		if (q->pgid == p->pgid && q->state == PROCESS_RUNS && parent &&
		    parent->pgid != p->pgid && parent->sid == p->sid)
			return false;
	}
	return true;
}

/* Whether one of @p's group is stopped. process_lock held. */
static bool has_stopped(const struct process *p)
{
	list_for_each (q, &process_list, struct process, all)
		if (q->pgid == p->pgid && q->halt & HALT_STOP)
			return true;
	return false;
}

void signal_orphans(const struct process *ended)
{
	static const struct abi_siginfo infos[] = {
		{ .signo = SIGHUP, .code = SI_KERNEL }, { .signo = SIGCONT, .code = SI_KERNEL },
	};

	const struct process *parent = ended->parent;
	bool connected = parent && parent->sid == ended->sid && parent->pgid != ended->pgid;

	list_for_each (p, &process_list, struct process, all) {
		bool meant = p->bereft || (connected && p->pgid == ended->pgid);

		p->bereft = false;
		if (!meant || p->sid != ended->sid || p->state != PROCESS_RUNS || !has_stopped(p) ||
		    !signal_is_orphaned(p))
			continue;
		/* the first one of its group: the others go on by this as well */
		list_for_each (q, &process_list, struct process, all) {
			if (q->pgid != p->pgid || q->state != PROCESS_RUNS)
				continue;
			signal_send(q, NULL, &infos[0]);
			signal_send(q, NULL, &infos[1]);
		}
	}
}
