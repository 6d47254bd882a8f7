/* SPDX-License-Identifier: MIT */
/*
 * Signals as far as they end a process: what a program did that it may not, a pipe without readers,
 * kill(2), Ctrl-C. Each leaves one line, unless it was asked for.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <lib/format.h>
#include <lib/log.h>
#include <mm/space.h>
#include <uapi/errno.h>

#include "process.h"

static const char *const words[] = {
	[SIGHUP] = "Hangup", [SIGINT] = "Interrupt", [SIGQUIT] = "Quit",
	[SIGILL] = "Illegal instruction", [SIGTRAP] = "Trace/breakpoint trap",
	[SIGABRT] = "Aborted", [SIGBUS] = "Bus error", [SIGFPE] = "Floating point exception",
	[SIGKILL] = "Killed", [SIGUSR1] = "User defined signal 1",
	[SIGSEGV] = "Segmentation fault", [SIGUSR2] = "User defined signal 2",
	[SIGPIPE] = "Broken pipe", [SIGALRM] = "Alarm clock", [SIGTERM] = "Terminated",
	[SIGSTKFLT] = "Stack fault", [SIGXCPU] = "CPU time limit exceeded",
	[SIGXFSZ] = "File size limit exceeded", [SIGVTALRM] = "Virtual timer expired",
	[SIGPROF] = "Profiling timer expired", [SIGPWR] = "Power failure",
	[SIGSYS] = "Bad system call",
};

const char *signal_words(int signal)
{
	if (signal > 0 && (size_t)signal < ARRAY_SIZE(words) && words[signal])
		return words[signal];
	return "Killed by a signal";
}

/* Signals whose default action is nothing, or a stop, which is not there yet. */
static bool ignored_by_default(int signal)
{
	return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
	       (signal >= SIGCONT && signal <= SIGTTOU);
}

static bool is_ignored(const struct process *p, int signal)
{
	uaddr_t handler = p->actions[signal - 1].handler;

	if (signal == SIGKILL)
		return false;
	return handler == SIG_IGN || (handler == SIG_DFL && ignored_by_default(signal));
}

void process_signal(struct process *p, int signal)
{
	if (is_ignored(p, signal))
		return;
	__atomic_fetch_or(&p->pending, BIT(signal - 1), __ATOMIC_RELEASE);
	if (signal != SIGKILL && p->task.mask & BIT(signal - 1))
		return;
	arch_context_work(&p->task.thread->context, WORK_SIGNAL);
	thread_kill(p->task.thread);
#ifdef CONFIG_SMP
	if (p->task.thread != arch_current()) {
		unsigned long state = arch_irq_save();

		/* it may be in its program: an interrupt brings it here */
		cpu_kick(p->task.thread->rq->cpu);
		arch_irq_restore(state);
	}
#endif
}

/* The first signal that is to be acted on now; 0: none. It is pending no more. */
static int next_signal(struct process *p)
{
	u64 pending = atomic_load_relaxed(&p->pending) & ~(p->task.mask & ~BIT(SIGKILL - 1));
	int signal;

	if (!pending)
		return 0;
	signal = __builtin_ctzl(pending) + 1;
	__atomic_fetch_and(&p->pending, ~BIT(signal - 1), __ATOMIC_ACQ_REL);
	return signal;
}

#define UNBLOCKABLE	(BIT(SIGKILL - 1) | BIT(SIGSTOP - 1))

/* What has waited is looked at before the next sleep, and on the way back. */
static void set_mask(struct task *t, u64 mask)
{
	t->mask = mask & ~UNBLOCKABLE;
	if (atomic_load_relaxed(&t->process->pending) & ~t->mask) {
		arch_context_work(&t->thread->context, WORK_SIGNAL);
		thread_kill(t->thread);
	}
}

void signal_mask_swap(u64 mask)
{
	struct task *t = task_current();

	t->saved_mask = t->mask;
	set_mask(t, mask);
}

void signal_mask_restore(bool interrupted)
{
	struct task *t = task_current();

	t->mask_is_due = interrupted;
	if (interrupted)
		arch_context_work(&t->thread->context, WORK_SIGNAL);
	else
		set_mask(t, t->saved_mask);
}

void user_work(struct arch_frame *frame __unused, u32 work __unused)
{
	struct process *p = process_current();
	struct task *t = task_current();
	int signal;

	if (thread_killed())
		thread_revive();
	while ((signal = next_signal(p)))
		if (!is_ignored(p, signal))
			process_exit(signal);
	if (t->mask_is_due) {
		t->mask_is_due = false;
		set_mask(t, t->saved_mask);
	}
}

/* --- Faults ----------------------------------------------------------------------------------- */

static const struct {
	int signal;
	const char *what;
} exceptions[] = {
	[ARCH_USER_READ] = { SIGSEGV, "read" },
	[ARCH_USER_WRITE] = { SIGSEGV, "write" },
	[ARCH_USER_FETCH] = { SIGSEGV, "fetch" },
	[ARCH_USER_ALIGNMENT] = { SIGBUS, "alignment" },
	[ARCH_USER_ILLEGAL] = { SIGILL, "illegal" },
	[ARCH_USER_BREAK] = { SIGTRAP, "break" },
	[ARCH_USER_BUS] = { SIGBUS, "bus error" },
};

/* Ends the process for what it did, in one line. */
static __noreturn void die(const struct arch_frame *frame, int signal, const char *what,
			   vaddr_t address, const char *why)
{
	struct process *p = process_current();

	log_warn("%s[%d]: %s: %s at %#lx: %s, pc %#lx sp %#lx", p->name, p->pid,
		 signal_words(signal), what, address, why, arch_frame_pc(frame),
		 arch_frame_sp(frame));
	process_exit(signal);
}

void user_out_of_memory(void)
{
	struct process *p = process_current();

	log_err("%s[%d]: out of memory: killed", p->name, p->pid);
	process_signal(p, SIGKILL);
}

/* Why a page cannot be there: in words, and with the signal for it. */
static const char *page_missing(int err, int *signal)
{
	switch (err) {
	case -EFAULT:
		return "nothing is mapped there";
	case -EACCES:
		return "it may not be used so";
	case -EIO:
		*signal = SIGBUS;
		return "behind the end of the file";
	default:
		user_out_of_memory();
		process_exit(SIGKILL);
	}
}

void user_exception(struct arch_frame *frame, enum arch_user_exception kind, vaddr_t address,
		    u64 why)
{
	static const u8 access[] = { VMA_READ, VMA_WRITE, VMA_EXEC };
	struct process *p = process_current();
	int signal = exceptions[kind].signal;
	const char *text;
	int err;

	if (likely(kind <= ARCH_USER_FETCH)) {
		err = space_fault(p->space, address, access[kind]);
		if (likely(!err))
			return;
		text = page_missing(err, &signal);
	} else {
		text = arch_user_words(why);
	}
	die(frame, signal, exceptions[kind].what, address, text);
}
