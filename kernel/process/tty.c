/* SPDX-License-Identifier: MIT */
/*
 * The terminal as sessions see it (see <kernel/tty.h>): there is one, and it is every session's
 * while that has a leader. The group in front is kept by the leader.
 */
#include <kernel/tty.h>
#include <uapi/errno.h>

#include "process.h"

/* The leader of the calling process's session; NULL: it has ended. process_lock held. */
static struct process *leader(void)
{
	struct process *p = process_find(process_current()->sid);

	return p && p->sid == p->pid ? p : NULL;
}

int tty_group(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = leader();
	int group = p ? (p->tty_group ? p->tty_group : p->pgid) : -ENOTTY;

	spin_unlock_irqrestore(&process_lock, state);
	return group;
}

int tty_session(void)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = leader();
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
	state = spin_lock_irqsave(&process_lock);
	p = leader();
	err = p ? check_group(group, p->sid) : -ENOTTY;
	if (!err)
		p->tty_group = group;
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

int tty_take(void)
{
	const struct process *p = process_current();

	return p->sid == p->pid ? 0 : -EPERM;
}
