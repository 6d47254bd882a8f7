/* SPDX-License-Identifier: MIT */
/*
 * A line for each system call of a process and its children, as strace has it, on the terminal
 * (`run -s`) or to who reads /proc/<pid>/strace: name and arguments, which are taken before the
 * call since it may change them, and what it returned. A process's own lines have no number, those
 * of its threads and children theirs.
 */
#include <kernel/mutex.h>
#include <kernel/stream.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "process.h"
#include "strace.h"
#include "syscall.h"
#include "syscall_decode.h"

/* Lines of several processes come one after the other. */
static struct mutex line_lock = MUTEX_INIT(line_lock);

static void write_to_terminal(const struct trace_line *line)
{
	bool locked = !mutex_lock(&line_lock, TIME_NEVER);

	stream_write(NULL, line->text, line->used);
	if (locked)
		mutex_unlock(&line_lock);
}

static struct spinlock traced_lock = SPINLOCK_INIT;
static u32 traced_count;	/* traced_lock held */

/* To where @p's lines go, which is nowhere when that has ended meanwhile. */
static void write_line(struct trace_line *line, const struct process *p, bool waits)
{
	unsigned long state = spin_lock_irqsave(&traced_lock);
	struct strace *reader = p->strace;
	bool traced = p->traced;

	if (reader)
		strace_get(reader);
	spin_unlock_irqrestore(&traced_lock, state);
	trace_add(line, "\n");
	if (reader) {
		strace_write(reader, line->text, line->used, waits);
		strace_put(reader);
	} else if (traced) {
		write_to_terminal(line);
	}
}

static void add_name(struct trace_line *line, const struct process *p)
{
	if (p->traced == TRACED_CHILD || task_current() != &p->task)
		trace_add(line, "[pid %d] ", task_current()->tid);
}

static void add_result(struct trace_line *line, u64 number, long result)
{
	const char *name = result < 0 && result > -4096 ? errno_name((int)-result) : NULL;

	if (name)
		trace_add(line, "-1 %s (%s)", name, errno_text((int)-result));
	else if (number == SYS_BRK || number == SYS_MMAP || number == SYS_MREMAP)
		trace_add(line, "%#lx", result);
	else
		trace_add(line, "%ld", result);
}

void syscall_trace(struct arch_frame *frame, long (*call)(struct arch_frame *frame))
{
	u64 number = arch_syscall_number(frame);
	bool returns = number != SYS_EXIT && number != SYS_EXIT_GROUP &&
		       number != SYS_RT_SIGRETURN;
	struct trace_line *line = kmalloc(sizeof(*line));
	long result;

	if (line) {
		line->used = 0;
		add_name(line, process_current());
		trace_add_call(line, frame);
		if (!returns) {
			trace_add(line, "?");
			write_line(line, process_current(), true);
			kfree(line);
			line = NULL;
		}
	}
	result = call(frame);
	if (line) {
		add_result(line, number, result);
		write_line(line, process_current(), true);
		kfree(line);
	}
	arch_syscall_return(frame, (u64)result);
}

void syscall_trace_exec(const struct process *p, const char *path, const struct exec_strings *s)
{
	struct trace_line *line = p->traced ? kmalloc(sizeof(*line)) : NULL;

	if (!line)
		return;
	line->used = 0;
	trace_add_exec(line, path, s, p->space->image.stack);
	trace_add(line, " = 0");
	write_line(line, p, true);
	kfree(line);
}

/* --- Who is traced ---------------------------------------------------------------------------- */

/* traced_lock held. */
static void set_traced(struct process *p, enum traced traced, struct strace *reader)
{
	p->traced = (u8)traced;
	p->strace = reader;
	if (reader)
		strace_join(reader);
	traced_count++;
	syscall_trace_on(true);
}

/* traced_lock held. Whose lines it had: strace_leave() follows, without the lock. */
static struct strace *clear_traced(struct process *p)
{
	struct strace *reader = p->strace;

	if (p->traced != TRACED_NOT && p->traced != TRACED_OVER)
		syscall_trace_on(--traced_count);
	p->traced = TRACED_NOT;
	p->strace = NULL;
	return reader;
}

void syscall_trace_begin(struct process *p)
{
	unsigned long state = spin_lock_irqsave(&traced_lock);

	set_traced(p, TRACED_FIRST, NULL);
	spin_unlock_irqrestore(&traced_lock, state);
}

void syscall_trace_inherit(struct process *child, const struct process *parent)
{
	unsigned long state = spin_lock_irqsave(&traced_lock);

	if (parent->traced != TRACED_NOT && parent->traced != TRACED_OVER)
		set_traced(child, TRACED_CHILD, parent->strace);
	spin_unlock_irqrestore(&traced_lock, state);
}

static void write_end(const struct process *p, int wait)
{
	struct trace_line *line = kmalloc(sizeof(*line));

	if (!line)
		return;
	line->used = 0;
	if (WAIT_IS_SIGNALED(wait))
		trace_add(line, "+++ %d killed by signal %d (%s) +++", p->pid, WAIT_SIGNAL(wait),
		    signal_words(WAIT_SIGNAL(wait)));
	else
		trace_add(line, "+++ %d exited with %d +++", p->pid, WAIT_STATUS(wait));
	/* nobody could end this wait */
	write_line(line, p, false);
	kfree(line);
}

void syscall_trace_end(struct process *p, bool ran, int wait)
{
	struct strace *reader;
	unsigned long state;

	if (ran && p->traced)
		write_end(p, wait);
	state = spin_lock_irqsave(&traced_lock);
	reader = clear_traced(p);
	p->traced = TRACED_OVER;
	spin_unlock_irqrestore(&traced_lock, state);
	if (reader)
		strace_leave(reader);
}

#ifdef CONFIG_FS_PROCFS
int syscall_trace_attach(struct process *p, struct strace *reader)
{
	unsigned long state = spin_lock_irqsave(&traced_lock);
	int err = 0;

	if (p->traced == TRACED_OVER)
		err = -ESRCH;
	else if (p->traced != TRACED_NOT || (task_is_here() && p == process_current()))
		err = -EPERM;
	else
		set_traced(p, TRACED_FIRST, reader);
	spin_unlock_irqrestore(&traced_lock, state);
	return err;
}

void syscall_trace_detach(struct strace *reader)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	u32 count = 0;

	spin_lock(&traced_lock);
	list_for_each (p, &process_list, struct process, all) {
		if (p->strace != reader)
			continue;
		clear_traced(p);
		count++;
	}
	spin_unlock(&traced_lock);
	spin_unlock_irqrestore(&process_lock, state);
	while (count--)
		strace_leave(reader);
}
#endif

void syscall_trace_signal(const struct process *p, const struct abi_siginfo *info)
{
	struct trace_line *line = p->traced ? kmalloc(sizeof(*line)) : NULL;
	char name[SIGNAL_NAME];

	if (!line)
		return;
	line->used = 0;
	add_name(line, p);
	signal_name(info->signo, name);
	trace_add(line, "--- %s {si_signo=%s, si_code=%d", name, name, info->code);
	if (info->code <= 0 || info->signo == SIGCHLD)
		trace_add(line, ", si_pid=%d, si_uid=%u", info->user.pid, info->user.uid);
	else if (info->code != SI_KERNEL)
		trace_add(line, ", si_addr=%#lx", info->address);
	trace_add(line, "} ---");
	write_line(line, p, true);
	kfree(line);
}
