/* SPDX-License-Identifier: MIT */
/*
 * Acting on signals, on the way back to the program: its handler is entered, or the process stops,
 * or ends. A system call that a signal has cut short is made again where nobody is told of it:
 * where no handler runs, or one with SA_RESTART and a call that Linux would restart.
 *
 * What ends a process leaves one line, unless somebody asked for it.
 */
#include <arch/atomic.h>
#include <arch/upcall.h>
#include <arch/vdso.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/log.h>
#include <mm/space.h>
#include <uapi/errno.h>
#include <uapi/wait.h>

#include "process.h"
#include "syscall.h"

/* --- Masks ------------------------------------------------------------------------------------ */

/* Signals have waited while @t's mask became @mask: they are looked at, or left to other tasks. */
static __cold void look_again(struct task *t, u64 mask)
{
	struct process *p = t->process;
	u64 sent = atomic_load_relaxed(&p->pending.set);
	unsigned long state;

	if ((atomic_load_relaxed(&t->pending.set) | sent) & ~mask) {
		thread_kill(t->thread);
		arch_context_work(&t->thread->context, WORK_SIGNAL);
	}
	if (!(sent & mask) || p->task_count == 1)
		return;
	state = spin_lock_irqsave(&p->signals.lock);
	signal_retarget(p);
	spin_unlock(&p->signals.lock);
	sched_irq_restore(state);
}

/* What has waited is looked at before the next sleep, and on the way back. */
void signal_set_mask(struct task *t, u64 mask)
{
	const struct process *p = t->process;

	mask &= ~UNBLOCKABLE;
	atomic_store_relaxed(&t->mask, mask);
	/* who sends one meanwhile sees the mask, or is seen here */
	atomic_fence();
	if (unlikely(atomic_load_relaxed(&t->pending.set) | atomic_load_relaxed(&p->pending.set)))
		look_again(t, mask);
}

void signal_mask_swap(u64 mask)
{
	struct task *t = task_current();

	t->saved_mask = t->mask;
	signal_set_mask(t, mask);
}

void signal_mask_restore(bool interrupted)
{
	struct task *t = task_current();

	t->mask_is_due = interrupted;
	if (interrupted)
		arch_context_work(&t->thread->context, WORK_SIGNAL);
	else
		signal_set_mask(t, t->saved_mask);
}

/* --- Stopping --------------------------------------------------------------------------------- */

/* Whoever waits for it is told that @p stops, or goes on: @code and @status as in siginfo_t. */
static void tell_parent(struct process *p, int code, int status)
{
	struct process *parent = p->parent;

	if (!parent)
		return;
	spin_lock(&parent->children_changed.lock);
	p->stop_status = code == CLD_STOPPED ? WAIT_STOPPED(status) : 0;
	p->continued = code == CLD_CONTINUED;
	wait_wake_all(&parent->children_changed);
	spin_unlock(&parent->children_changed.lock);
	if (!(parent->actions[SIGCHLD - 1].flags & SA_NOCLDSTOP))
		signal_parent(p, SIGCHLD, code, status);
}

void signal_tell_stop(struct process *p)
{
	tell_parent(p, CLD_STOPPED, p->stop_signal);
}

/* The calling task stops with its process: sleeps until SIGCONT or SIGKILL comes. */
static __cold void stop_here(struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	bool last;

	spin_lock(&p->signals.lock);
	last = (p->halt & HALT_STOP) && p->to_stop && !--p->to_stop;
	spin_unlock(&p->signals.lock);
	if (last)
		signal_tell_stop(p);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
	state = spin_lock_irqsave(&p->signals.lock);
	while ((p->halt & (HALT_STOP | HALT_CORE | HALT_END)) == HALT_STOP) {
		if (wait_sleep(&p->signals, state, TIME_NEVER))
			thread_revive();
		state = spin_lock_irqsave(&p->signals.lock);
	}
	last = p->goes_on;
	p->goes_on = false;
	spin_unlock_irqrestore(&p->signals.lock, state);
	if (!last)
		return;
	state = spin_lock_irqsave(&process_lock);
	tell_parent(p, CLD_CONTINUED, SIGCONT);
	spin_unlock(&process_lock);
	sched_irq_restore(state);
}

/* All tasks of the calling process stop. Signals wait meanwhile. */
static void stop(struct process *p, int signal)
{
	const u64 undone = SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGCONT);
	unsigned long state;
	bool orphaned = false;

	if (signal != SIGSTOP) {
		state = spin_lock_irqsave(&process_lock);
		orphaned = signal_is_orphaned(p);
		spin_unlock_irqrestore(&process_lock, state);
	}
	if (orphaned)
		return;
	state = spin_lock_irqsave(&p->signals.lock);
	/* what has come since makes it go on */
	if (!((p->pending.set | task_current()->pending.set) & undone) && !p->halt) {
		p->halt |= HALT_STOP;
		atomic_add_relaxed(&signal_stopped, 1);
		p->stop_signal = signal;
		p->to_stop = p->task_count;
		task_kick_all(p);
	}
	spin_unlock(&p->signals.lock);
	sched_irq_restore(state);
	stop_here(p);
}

/* --- Ending ----------------------------------------------------------------------------------- */

/* Ends the process for what it did, in one line. */
static __noreturn void die(const struct arch_frame *frame, const struct abi_siginfo *info,
			   const char *what, const char *why)
{
	struct process *p = process_current();

	log_warn("%s[%d]: %s: %s at %#lx: %s, pc %#lx sp %#lx", p->name, p->pid,
		 signal_words(info->signo), what, info->address, why, arch_frame_pc(frame),
		 arch_frame_sp(frame));
	process_die(info);
}

void signal_force(struct arch_frame *frame, const struct abi_siginfo *info, const char *what,
		  const char *why)
{
	struct task *t = task_current();
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	uaddr_t handler = p->actions[info->signo - 1].handler;
	bool caught = handler != SIG_DFL && handler != SIG_IGN &&
		      !(t->mask & SIGNAL_BIT(info->signo));

	spin_unlock_irqrestore(&p->signals.lock, state);
	if (!caught)
		die(frame, info, what, why);
	signal_send(p, t, info);
}

/* Those of which the address is one of the program's own doing. */
#define FAULTS	(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | \
		 SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGTRAP))

/* --- Handlers --------------------------------------------------------------------------------- */

/* What becomes of a call that returned -EINTR since a signal came. */
enum restart {
	RESTART_ASKED,		/* made again, if the handler has SA_RESTART */
	RESTART_UNHANDLED,	/* ... if no handler runs */
	RESTART_REST,		/* ... for what is left of its time, if no handler runs */
	RESTART_NEVER,
};

/* As signal(7) has it for Linux. */
static enum restart restart_of(const struct arch_frame *frame)
{
	switch (arch_syscall_number(frame)) {
	case SYS_FUTEX:
		return futex_is_timed(frame) ? RESTART_UNHANDLED : RESTART_ASKED;
	case SYS_EPOLL_PWAIT:
	case SYS_EPOLL_PWAIT2:
	case SYS_PSELECT6:
	case SYS_PPOLL:
	case SYS_RT_SIGSUSPEND:
		return RESTART_UNHANDLED;
	case SYS_NANOSLEEP:
	case SYS_CLOCK_NANOSLEEP:
	case SYS_RESTART_SYSCALL:
		return RESTART_REST;
	case SYS_RT_SIGTIMEDWAIT:
		return RESTART_NEVER;
	default:
		return RESTART_ASKED;
	}
}

/* Has the call that the program is in be made again, if that is what becomes of it. */
static __noinline void restart(struct arch_frame *frame, bool handled, bool asked)
{
	enum restart how = restart_of(frame);

	if (how == RESTART_NEVER || (handled && (how != RESTART_ASKED || !asked)))
		return;
	arch_syscall_restart(frame);
	if (how == RESTART_REST)
		arch_syscall_change(frame, SYS_RESTART_SYSCALL);
}

/* A signal that something is to be done about, and what. */
struct due {
	struct arch_signal signal;
	u64 flags;		/* of its action */
	bool more;		/* there is another one */
};

/* Brings in where a frame goes below @top: 0, -EFAULT. */
static int bring_in(uaddr_t top)
{
	uaddr_t from = ALIGN_DOWN(top, 16UL) - ARCH_SIGNAL_FRAME;
	int err = top < ARCH_SIGNAL_FRAME ? -EFAULT : 0;

	for (uaddr_t at = ALIGN_DOWN(from, PAGE_SIZE); at < top && !err; at += PAGE_SIZE)
		err = user_fault_in(MAX(at, from), VMA_WRITE);
	return err;
}

#define TRIES	4	/* another task may take the stack away meanwhile */

static __cold void write_again(struct arch_frame *frame, struct task *t, struct arch_signal *s)
{
	const struct abi_siginfo bad = { .signo = SIGSEGV, .code = SI_KERNEL, .address = s->stack };

	for (int i = 0; i < TRIES && s->stack && !bring_in(s->stack); i++)
		if (!arch_signal_enter(&t->user, frame, s))
			return;
	/* the handler for that would find no stack either */
	if (s->info.signo == SIGSEGV)
		die(frame, &bad, "signal", "no room for a handler's frame");
	signal_force(frame, &bad, "signal", "no room for a handler's frame");
}

/* Which stack the handler runs on, where an alternative one is set. */
static __noinline void choose_stack(struct task *t, struct due *due)
{
	struct arch_signal *s = &due->signal;

	if (signal_on_stack(t, s->stack)) {
		s->kept.alt.flags |= SS_ONSTACK;
		/* what would run over its lower end finds no room */
		if (s->stack - t->alt.sp < ARCH_SIGNAL_FRAME + 16)
			s->stack = 0;
	} else if (due->flags & SA_ONSTACK) {
		s->stack = t->alt.sp + t->alt.size;
		if ((u32)t->alt.flags & SS_AUTODISARM)
			t->alt = (struct abi_stack){ .flags = SS_DISABLE };
	}
}

/* Has the program go on in its handler. */
static void enter_handler(struct arch_frame *frame, struct task *t, struct due *due)
{
	struct arch_signal *s = &due->signal;

	s->kept.alt = t->alt;
	s->stack = arch_frame_sp(frame);
	if (unlikely(t->alt.size))
		choose_stack(t, due);
	if (unlikely(arch_signal_enter(&t->user, frame, s)))
		write_again(frame, t, s);
}

/* What @due is to know of @action for @signal, and what is different while its handler runs. */
static void prepare(struct task *t, struct due *due, struct signal_action *action, int signal)
{
	struct arch_signal *s = &due->signal;
	u64 flags = action->flags, mask = t->mask;

	due->flags = flags;
	s->restorer = unlikely(flags & SA_RESTORER) ? action->restorer :
		      t->process->space->vdso + vdso_sigreturn;
	s->wants_info = flags & SA_SIGINFO;
	s->is_fault = s->info.code > 0 && SIGNAL_BIT(signal) & FAULTS;
	s->kept.mask = unlikely(t->mask_is_due) ? t->saved_mask : mask;
	t->mask_is_due = false;
	t->mask = mask | action->mask | (unlikely(flags & SA_NODEFER) ? 0 : SIGNAL_BIT(signal));
	if (unlikely(flags & SA_RESETHAND))
		action->handler = SIG_DFL;
}

/* Takes the next one; a handler's mask holds from here on. False: there is none. */
static bool next(struct task *t, struct due *due)
{
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	struct signal_action *action;
	int signal;

	while ((signal = signal_take(t, ~t->mask, &due->signal.info)))
		if (!signal_is_ignored(p, signal))
			break;
	if (signal) {
		action = &p->actions[signal - 1];
		due->signal.handler = action->handler;
		if (action->handler != SIG_DFL)
			prepare(t, due, action, signal);
		due->more = (t->pending.set | p->pending.set) & ~t->mask;
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
	return signal;
}

/* Process 1 does not end or stop by what others send it and it does not handle. */
static bool is_spared(const struct process *p, const struct abi_siginfo *info)
{
	return p->pid == 1 && info->code != SI_KERNEL && info->signo != SIGKILL;
}

/* What is done about a signal without a handler. */
static __cold void act_by_default(struct process *p, const struct abi_siginfo *info)
{
	if (is_spared(p, info))
		return;
	if (!(SIGNAL_BIT(info->signo) & STOPS))
		process_die(info);
	syscall_trace_signal(p, info);
	stop(p, info->signo);
}

/* The calling task ends, or stops, as its process is to. */
static __cold void halt(struct task *t)
{
	struct process *p = t->process;

	if (p->halt & HALT_CORE && p->dumper != t)
		core_wait(t);
	if (p->halt & HALT_END && p->execs != t)
		task_exit(p->end_status);
	if (p->halt & HALT_STOP)
		stop_here(p);
}

void user_work(struct arch_frame *frame, u32 work __unused, bool in_call)
{
	struct task *t = task_current();
	bool cut_short = in_call && arch_syscall_result(frame) == -EINTR;
	struct due due;

	if (unlikely(atomic_load_relaxed(&arch_current()->killed)))
		thread_revive();
	if (unlikely(t->process->halt))
		halt(t);
	while (next(t, &due)) {
		if (due.signal.handler == SIG_DFL) {
			act_by_default(t->process, &due.signal.info);
			continue;
		}
		if (unlikely(t->process->traced))
			syscall_trace_signal(t->process, &due.signal.info);
		if (cut_short)
			restart(frame, true, due.flags & SA_RESTART);
		cut_short = false;
		enter_handler(frame, t, &due);
		if (likely(!due.more))
			break;
	}
	if (cut_short)
		restart(frame, false, false);
	if (unlikely(t->mask_is_due)) {
		t->mask_is_due = false;
		signal_set_mask(t, t->saved_mask);
	}
}

/* --- Faults ----------------------------------------------------------------------------------- */

static const struct {
	s16 signal, code;
	const char *what;
} exceptions[] = {
	[ARCH_USER_READ] = { SIGSEGV, SEGV_MAPERR, "read" },
	[ARCH_USER_WRITE] = { SIGSEGV, SEGV_MAPERR, "write" },
	[ARCH_USER_FETCH] = { SIGSEGV, SEGV_MAPERR, "fetch" },
	[ARCH_USER_ALIGNMENT] = { SIGBUS, BUS_ADRALN, "alignment" },
	[ARCH_USER_ILLEGAL] = { SIGILL, ILL_ILLOPC, "illegal" },
	[ARCH_USER_BREAK] = { SIGTRAP, TRAP_BRKPT, "break" },
	[ARCH_USER_BUS] = { SIGBUS, BUS_OBJERR, "bus error" },
};

void user_out_of_memory(void)
{
	struct process *p = process_current();

	log_err("%s[%d]: out of memory: killed", p->name, p->pid);
	process_signal(p, SIGKILL);
	thread_kill(arch_current());	/* a call that it is in ends */
}

/* Why a page cannot be there: in words, and with the signal for it. */
static const char *page_missing(int err, struct abi_siginfo *info)
{
	switch (err) {
	case -EFAULT:
		return "nothing is mapped there";
	case -EACCES:
		info->code = SEGV_ACCERR;
		return "it may not be used so";
	case -EIO:
		info->signo = SIGBUS;
		info->code = BUS_ADRERR;
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
	struct abi_siginfo info;
	const char *text;
	int err;

	if (likely(kind <= ARCH_USER_FETCH)) {
		err = space_fault(p->space, address, access[kind]);
		if (likely(!err))
			return;
	}
	info = (struct abi_siginfo){
		.signo = exceptions[kind].signal, .code = exceptions[kind].code, .address = address,
	};
	text = kind <= ARCH_USER_FETCH ? page_missing(err, &info) : arch_user_words(why);
	signal_force(frame, &info, exceptions[kind].what, text);
}
