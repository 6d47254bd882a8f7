/* SPDX-License-Identifier: MIT */
/*
 * Core files: what a process was when a signal ended it, for debuggers. As Linux has it (core(5)):
 * signals whose default action it is, as far as RLIMIT_CORE allows, unless the process said that it
 * is not to be looked at (PR_SET_DUMPABLE); with the rights of the process, and into a new file:
 * what had its name does not any more.
 *
 * The task that dies writes it. The others wait meanwhile where they would go on in their program,
 * so that their registers are on their stacks; and end then.
 */
#include <fs/file.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <uapi/errno.h>
#include <uapi/fcntl.h>
#include <uapi/wait.h>

#include "core.h"

#define CORES	(SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | \
		 SIGNAL_BIT(SIGABRT) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | \
		 SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGSYS) | SIGNAL_BIT(SIGXCPU) | \
		 SIGNAL_BIT(SIGXFSZ))

/* With less there is none. */
#define LIMIT_MIN	4096

/* In the process's current directory. */
#define NAME		"core"

/* The empty file for it: 0, or what stands against it. */
static int open_core(struct file **file)
{
	const struct process *p = process_current();
	struct file_stat stat;
	int err;

	/* nobody has a new one open, and no link leads to it */
	(void)fs_unlink(NAME);
	err = file_open(NAME, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW, 0600, file);
	if (err)
		return err;
	err = file_stat(*file, &stat);
	/* a filesystem may know no owners */
	if (!err && (!S_ISREG(stat.mode) || stat.links != 1 || stat.uid != p->cred.fsuid ||
		     (stat.mode & 0677) != 0600))
		err = -EPERM;
	if (err)
		file_put(*file);
	return err;
}

/* --- Who writes it, and who waits ------------------------------------------------------------- */

/* The calling task waits until the one that writes has done that. */
void core_wait(struct task *t)
{
	struct process *p = t->process;
	unsigned long state;

	arch_user_save(&t->user);
	state = spin_lock_irqsave(&p->signals.lock);
	p->gathered++;
	wait_wake_all(&p->signals);
	while (p->halt & HALT_CORE) {
		if (wait_sleep(&p->signals, state, TIME_NEVER))
			thread_revive();
		state = spin_lock_irqsave(&p->signals.lock);
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
}

/* Has all other tasks wait. False: another one is about to end the process, or to become it. */
static bool gather(struct task *t)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);

	if (p->halt & (HALT_END | HALT_CORE)) {
		spin_unlock_irqrestore(&p->signals.lock, state);
		return false;
	}
	p->halt |= HALT_CORE;
	p->dumper = t;
	p->gathered = 0;
	task_kick_all(p);
	/* those that have stopped as well */
	wait_wake_all(&p->signals);
	while (p->gathered < p->task_count - 1) {
		if (wait_sleep(&p->signals, state, TIME_NEVER))
			thread_revive();
		state = spin_lock_irqsave(&p->signals.lock);
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
	return true;
}

/* They all end, as @wait says. */
static void end(struct process *p, int wait)
{
	unsigned long state = spin_lock_irqsave(&p->signals.lock);

	p->halt = (u8)((p->halt & ~HALT_CORE) | HALT_END);
	p->end_status = wait;
	wait_wake_all(&p->signals);
	task_kick_all(p);
	spin_unlock(&p->signals.lock);
	sched_irq_restore(state);
}

void process_die(const struct abi_siginfo *info)
{
	struct task *t = task_current();
	struct process *p = t->process;
	u64 limit = p->limits[RLIMIT_CORE].now;
	int wait = info->signo;
	struct file *file;

	if (!(SIGNAL_BIT(info->signo) & CORES) || limit < LIMIT_MIN || p->dumpable != 1)
		process_exit(wait);
	if (!gather(t)) {
		if (p->halt & HALT_CORE)
			core_wait(t);
		process_exit(wait);
	}
	arch_user_save(&t->user);
	if (!open_core(&file)) {
		/* as much of it as there is */
		core_write(file, limit, info);
		file_put(file);
		wait |= WAIT_CORE;
	}
	end(p, wait);
	process_exit(wait);
}
