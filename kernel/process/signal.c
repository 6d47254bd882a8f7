/* SPDX-License-Identifier: MIT */
/*
 * Sending signals: they wait in the queue of a task or of its process until the task acts on them
 * (signal_deliver.c), on the way back to its program. One signal more of those below SIGRTMIN than
 * the one that waits already changes nothing.
 */
#include <arch/atomic.h>
#include <arch/irq.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <lib/format.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "waiting.h"

static const struct {
	char name[8];
	const char *words;
} signals[] = {
	[SIGHUP] = { "HUP", "Hangup" }, [SIGINT] = { "INT", "Interrupt" },
	[SIGQUIT] = { "QUIT", "Quit" }, [SIGILL] = { "ILL", "Illegal instruction" },
	[SIGTRAP] = { "TRAP", "Trace/breakpoint trap" }, [SIGABRT] = { "ABRT", "Aborted" },
	[SIGBUS] = { "BUS", "Bus error" }, [SIGFPE] = { "FPE", "Floating point exception" },
	[SIGKILL] = { "KILL", "Killed" }, [SIGUSR1] = { "USR1", "User defined signal 1" },
	[SIGSEGV] = { "SEGV", "Segmentation fault" },
	[SIGUSR2] = { "USR2", "User defined signal 2" }, [SIGPIPE] = { "PIPE", "Broken pipe" },
	[SIGALRM] = { "ALRM", "Alarm clock" }, [SIGTERM] = { "TERM", "Terminated" },
	[SIGSTKFLT] = { "STKFLT", "Stack fault" }, [SIGCHLD] = { "CHLD", "Child exited" },
	[SIGCONT] = { "CONT", "Continued" }, [SIGSTOP] = { "STOP", "Stopped (signal)" },
	[SIGTSTP] = { "TSTP", "Stopped" }, [SIGTTIN] = { "TTIN", "Stopped (tty input)" },
	[SIGTTOU] = { "TTOU", "Stopped (tty output)" },
	[SIGURG] = { "URG", "Urgent I/O condition" },
	[SIGXCPU] = { "XCPU", "CPU time limit exceeded" },
	[SIGXFSZ] = { "XFSZ", "File size limit exceeded" },
	[SIGVTALRM] = { "VTALRM", "Virtual timer expired" },
	[SIGPROF] = { "PROF", "Profiling timer expired" },
	[SIGWINCH] = { "WINCH", "Window changed" }, [SIGIO] = { "IO", "I/O possible" },
	[SIGPWR] = { "PWR", "Power failure" }, [SIGSYS] = { "SYS", "Bad system call" },
};

const char *signal_words(int signal)
{
	if (signal > 0 && (size_t)signal < ARRAY_SIZE(signals))
		return signals[signal].words;
	return "Killed by a signal";
}

void signal_name(int signal, char name[SIGNAL_NAME])
{
	if (signal >= SIGRTMIN)
		snprintf(name, SIGNAL_NAME, "SIGRT_%d", signal - SIGRTMIN);
	else
		snprintf(name, SIGNAL_NAME, "SIG%s", signals[signal].name);
}

u32 signal_stopped;

/* --- Queues ----------------------------------------------------------------------------------- */

static void drop(struct process *p, struct signal_queue *q, struct signal_entry *entry)
{
	list_unlink(&entry->link);
	p->queued--;
	if (entry->timer)
		posix_timer_taken(entry);
	else if (entry != &q->first)
		kfree(entry);
}

void signal_forget(struct process *p, struct signal_queue *q, u64 set)
{
	if (!(q->set & set))
		return;
	q->set &= ~set;
	for (struct list *link = q->infos.next; link != &q->infos;) {
		struct signal_entry *entry = list_entry(link, struct signal_entry, link);

		link = link->next;
		if (set & SIGNAL_BIT(entry->info.signo))
			drop(p, q, entry);
	}
}

static void add(struct process *p, struct signal_queue *q, struct signal_entry *entry,
		const struct abi_siginfo *info)
{
	entry->info = *info;
	list_add_tail(&q->infos, &entry->link);
	p->queued++;
}

/*
 * Where there is no room for it the signal comes all the same, but without what is known of it; one
 * that queues does not, unless kill() has sent it.
 */
static __noinline int put_more(struct process *p, struct signal_queue *q,
			       const struct abi_siginfo *info)
{
	struct signal_entry *entry = NULL;

	if (p->queued < p->limits[RLIMIT_SIGPENDING].now)
		entry = kmalloc(sizeof(*entry));
	if (!entry && info->signo >= SIGRTMIN && info->code != SI_USER)
		return -EAGAIN;
	if (entry) {
		entry->timer = NULL;
		add(p, q, entry, info);
	}
	q->set |= SIGNAL_BIT(info->signo);
	return 0;
}

static int put(struct process *p, struct signal_queue *q, const struct abi_siginfo *info)
{
	u64 bit = SIGNAL_BIT(info->signo);

	if (q->set & bit && info->signo < SIGRTMIN)
		return 0;
	if (unlikely(!list_empty(&q->infos)) ||
	    unlikely(p->queued >= p->limits[RLIMIT_SIGPENDING].now))
		return put_more(p, q, info);
	add(p, q, &q->first, info);
	q->set |= bit;
	return 0;
}

/* Takes the first @signal, which is in @q, out of it; another entry is the first one there. */
static __noinline int take_behind(struct process *p, struct signal_queue *q, int signal,
				  struct abi_siginfo *info)
{
	struct signal_entry *found = NULL;

	list_for_each (entry, &q->infos, struct signal_entry, link) {
		if (entry->info.signo != signal)
			continue;
		if (found)
			goto out_more;
		found = entry;
	}
	q->set &= ~SIGNAL_BIT(signal);
out_more:
	if (found && found->timer) {
		drop(p, q, found);
		*info = found->info;
	} else if (found) {
		*info = found->info;
		drop(p, q, found);
	} else {
		*info = (struct abi_siginfo){ .signo = signal, .code = SI_USER };
	}
	return signal;
}

/* What an instruction of the program did comes before what others want of it. */
#define SYNCHRONOUS	(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | \
			 SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSYS))

static int first_of(u64 set)
{
	if (unlikely(set & (set - 1)) && set & SYNCHRONOUS)
		set &= SYNCHRONOUS;
	return __builtin_ctzl(set) + 1;
}

int signal_take(struct task *t, u64 set, struct abi_siginfo *info)
{
	struct process *p = t->process;
	struct signal_queue *q = t->pending.set & set ? &t->pending : &p->pending;
	struct signal_entry *entry = &q->first;
	int signal;

	if (!(q->set & set))
		return 0;
	signal = first_of(q->set & set);
	if (unlikely(q->infos.next != &entry->link) || unlikely(q->infos.prev != &entry->link) ||
	    unlikely(entry->info.signo != signal))
		return take_behind(p, q, signal, info);
	/* as it is most often: there is no other one */
	*info = entry->info;
	list_init(&q->infos);
	p->queued--;
	q->set &= ~SIGNAL_BIT(signal);
	return signal;
}

/* --- Sending ---------------------------------------------------------------------------------- */

/*
 * Has @t look at its signals: it is woken, and, where it is in its program, interrupted. The work
 * is noted twice: before the sleep ends, for who wakes at once; and behind it, so that none of the
 * two is seen without the other.
 */
static __noinline void wake_other(struct thread *thread)
{
	arch_context_work(&thread->context, WORK_SIGNAL);
	thread_kill(thread);
	arch_context_work(&thread->context, WORK_SIGNAL);
#ifdef CONFIG_SMP
	cpu_kick(thread->rq->cpu);
#endif
}

static inline void kick(struct thread *thread)
{
	/* in a call of its own, which it will not sleep in any more */
	if (likely(thread == arch_current()))
		arch_context_work(&thread->context, WORK_SIGNAL);
	else if (thread)
		wake_other(thread);
}

void task_kick(const struct task *t)
{
	kick(t->thread);
}

static inline bool blocks(const struct task *t, u64 bit)
{
	return atomic_load_relaxed(&t->mask) & bit & ~t->awaited;
}

/* Has @t act on what was sent to it, @bit; NULL: the first of @p's that does not let it wait. */
static __noinline void kick_one(struct process *p, struct task *t, u64 bit)
{
	signalfd_wake(p);
	if (!t)
		list_for_each (other, &p->tasks, struct task, link)
			if (!t && other->thread && !blocks(other, bit))
				t = other;
	if (t && !blocks(t, bit))
		kick(t->thread);
}

void signal_retarget(struct process *p)
{
	u64 left = p->pending.set;

	list_for_each (t, &p->tasks, struct task, link) {
		if (!t->thread || !(left & ~t->mask))
			continue;
		left &= t->mask;
		task_kick(t);
	}
}

bool signal_ends_soon(const struct process *p)
{
	u64 sent = atomic_load_relaxed(&p->pending.set) |
		   atomic_load_relaxed(&task_current()->pending.set);

	return (p->halt & HALT_END) || sent & SIGNAL_BIT(SIGKILL);
}

/* SIGCONT, or SIGKILL: it goes on, whatever is done about the signal. */
static void go_on(struct process *p)
{
	if (!(p->halt & HALT_STOP))
		return;
	p->halt &= (u8)~HALT_STOP;
	atomic_add_relaxed(&signal_stopped, -1U);
	/* nobody was told that it stopped where not all of it has */
	p->goes_on = !p->to_stop;
	p->to_stop = 0;
	wait_wake_all(&p->signals);
}

/* Stopping and going on undo one another, whatever is done about the signal. */
static __cold void undo(struct process *p, int signal)
{
	u64 gone = SIGNAL_BIT(signal) & STOPS ? SIGNAL_BIT(SIGCONT) : signal == SIGCONT ? STOPS : 0;

	signal_forget(p, &p->pending, gone);
	list_for_each (t, &p->tasks, struct task, link)
		signal_forget(p, &t->pending, gone);
	if (signal == SIGCONT || signal == SIGKILL)
		go_on(p);
}

int signal_send(struct process *p, struct task *t, const struct abi_siginfo *info)
{
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	struct signal_queue *q = t ? &t->pending : &p->pending;
	u64 bit = SIGNAL_BIT(info->signo);
	struct task *to;
	int err = 0;

	if (unlikely(bit & (STOPS | SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGKILL))))
		undo(p, info->signo);
	to = t ? t : &p->task;
	if (!signal_is_ignored(p, info->signo) || to->mask & bit) {
		err = put(p, q, info);
		/* the other half of signal_set_mask()'s */
		atomic_fence();
		if (unlikely(err))
			;
		else if (likely(to->thread == arch_current()) && likely(!blocks(to, bit)))
			kick(arch_current());
		else
			kick_one(p, t, bit);
	}
	spin_unlock(&p->signals.lock);
	sched_irq_restore(state);
	return err;
}

/* As kick_one(), in interrupts: what runs here may be about to sleep. */
static void kick_one_any(struct process *p, struct task *t, u64 bit)
{
	signalfd_wake(p);
	if (!t)
		list_for_each (other, &p->tasks, struct task, link)
			if (!t && other->thread && !blocks(other, bit))
				t = other;
	if (t && t->thread && !blocks(t, bit))
		wake_other(t->thread);
}

bool signal_send_entry(struct process *p, struct task *t, struct signal_entry *entry)
{
	struct signal_queue *q = t ? &t->pending : &p->pending;
	int signal = entry->info.signo;
	u64 bit = SIGNAL_BIT(signal);
	const struct task *to = t ? t : &p->task;

	if (bit & (STOPS | SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGKILL)))
		undo(p, signal);
	if (signal_is_ignored(p, signal) && !(to->mask & bit))
		return false;
	list_add_tail(&q->infos, &entry->link);
	p->queued++;
	q->set |= bit;
	/* the other half of signal_set_mask()'s */
	atomic_fence();
	kick_one_any(p, t, bit);
	return true;
}

void process_signal(struct process *p, int signal)
{
	const struct abi_siginfo info = { .signo = signal, .code = SI_KERNEL };

	signal_send(p, NULL, &info);
}

bool process_ignores(struct process *p, int signal)
{
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	bool ignores = signal_is_ignored(p, signal) || p->task.mask & SIGNAL_BIT(signal);

	spin_unlock_irqrestore(&p->signals.lock, state);
	return ignores;
}

void task_signal(int signal)
{
	const struct abi_siginfo info = { .signo = signal, .code = SI_KERNEL };

	signal_send(process_current(), task_current(), &info);
}

void signal_parent(struct process *p, int signal, int code, int status)
{
	struct abi_siginfo info = { .signo = signal, .code = code };

	info.child.pid = p->pid;
	info.child.uid = p->cred.uid;
	info.child.status = status;
	signal_send(p->parent, NULL, &info);
}
