/* SPDX-License-Identifier: MIT */
/* What a process can set of itself and does not fit anywhere else: prctl, personality. */
#include <lib/string.h>
#include <uapi/errno.h>
#include <uapi/prctl.h>

#include "process.h"
#include "syscall.h"

#define SLACK_DEFAULT	50000UL		/* ns */

static long set_name(struct process *p, uaddr_t from)
{
	char name[PROCESS_NAME] = "";
	ssize_t n = copy_string_from_user(name, from, sizeof(name));

	if (n == -EFAULT)
		return n;
	/* one that is longer is cut */
	name[sizeof(name) - 1] = '\0';
	/* a task's own; the leader's is the process's too */
	if (task_current() == &p->task)
		strlcpy(p->name, name, sizeof(p->name));
	strlcpy(arch_current()->name, name, sizeof(arch_current()->name));
	return 0;
}

static long drop_capability(struct credentials *c, unsigned long cap)
{
	if (!capable(CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST)
		return -EINVAL;
	c->bounding &= ~BIT(cap);
	return 0;
}

static long set_flag(bool *flag, unsigned long value)
{
	if (value > 1)
		return -EINVAL;
	*flag = value;
	return 0;
}

static long put_int(uaddr_t to, int value)
{
	return copy_to_user(to, &value, sizeof(value));
}

long sys_prctl(int what, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	struct process *p = process_current();
	char name[PROCESS_NAME] = "";

	switch (what) {
	case PR_SET_PDEATHSIG:
		if (a > SIGNALS)
			return -EINVAL;
		p->pdeath_signal = (int)a;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_int(a, p->pdeath_signal);
	case PR_GET_DUMPABLE:
		return p->dumpable;
	case PR_SET_DUMPABLE:
		if (a > 1)
			return -EINVAL;
		p->dumpable = (int)a;
		return 0;
	case PR_GET_KEEPCAPS:
		return p->cred.keep_caps;
	case PR_SET_KEEPCAPS:
		return set_flag(&p->cred.keep_caps, a);
	case PR_GET_TIMING:
		return 0;
	case PR_SET_TIMING:
		return a ? -EINVAL : 0;
	case PR_SET_NAME:
		return set_name(p, a);
	case PR_GET_NAME:
		strlcpy(name, arch_current()->name, sizeof(name));
		return copy_to_user(a, name, sizeof(name));
	case PR_GET_SECCOMP:
		return 0;
	case PR_CAPBSET_READ:
		return a > CAP_LAST ? -EINVAL : (long)(p->cred.bounding >> a & 1);
	case PR_CAPBSET_DROP:
		return drop_capability(&p->cred, a);
	case PR_SET_TIMERSLACK:
		p->timer_slack = (s64)a <= 0 ? SLACK_DEFAULT : a;
		return 0;
	case PR_GET_TIMERSLACK:
		return (long)p->timer_slack;
	case PR_SET_CHILD_SUBREAPER:
		p->subreaper = a;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_int(a, p->subreaper);
	case PR_SET_NO_NEW_PRIVS:
		if (a != 1 || b | c | d)
			return -EINVAL;
		p->no_new_privs = 1;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return a | b | c | d ? -EINVAL : p->no_new_privs;
	case PR_SET_THP_DISABLE:
		if (b | c | d)
			return -EINVAL;
		p->space->no_blocks = a;
		return 0;
	case PR_GET_THP_DISABLE:
		return a | b | c | d ? -EINVAL : p->space->no_blocks;
	case PR_GET_TID_ADDRESS:
		return copy_to_user(a, &task_current()->clear_tid, sizeof(u64));
	default:
		return -EINVAL;
	}
}

#define PERSONALITY_ASK	0xffffffffU

long sys_personality(unsigned long personality)
{
	struct process *p = process_current();
	u32 old = p->personality;

	if ((u32)personality != PERSONALITY_ASK)
		p->personality = (u32)personality;
	return old;
}
