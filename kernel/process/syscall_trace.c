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

#define LINE_SIZE	512
#define STRING_SHOWN	64	/* bytes of a path */

struct line {
	size_t used;
	char text[LINE_SIZE];
};

static void add(struct line *line, const char *fmt, ...) __printf(2, 3);

static void add(struct line *line, const char *fmt, ...)
{
	size_t room = LINE_SIZE - line->used;
	va_list ap;

	va_start(ap, fmt);
	line->used += MIN(vsnprintf(line->text + line->used, room, fmt, ap), room - 1);
	va_end(ap);
}

/* Lines of several processes come one after the other. */
static struct mutex line_lock = MUTEX_INIT(line_lock);

static void write_to_terminal(const struct line *line)
{
	bool locked = !mutex_lock(&line_lock, TIME_NEVER);

	stream_write(NULL, line->text, line->used);
	if (locked)
		mutex_unlock(&line_lock);
}

static struct spinlock traced_lock = SPINLOCK_INIT;
static u32 traced_count;	/* traced_lock held */

/* To where @p's lines go, which is nowhere when that has ended meanwhile. */
static void write_line(struct line *line, const struct process *p, bool waits)
{
	unsigned long state = spin_lock_irqsave(&traced_lock);
	struct strace *reader = p->strace;
	bool traced = p->traced;

	if (reader)
		strace_get(reader);
	spin_unlock_irqrestore(&traced_lock, state);
	add(line, "\n");
	if (reader) {
		strace_write(reader, line->text, line->used, waits);
		strace_put(reader);
	} else if (traced) {
		write_to_terminal(line);
	}
}

static void add_name(struct line *line, const struct process *p)
{
	if (p->traced == TRACED_CHILD || task_current() != &p->task)
		add(line, "[pid %d] ", task_current()->tid);
}

/* A path, in quotes: what is not printed as it is, as C writes it. */
static void add_path(struct line *line, uaddr_t from)
{
	char text[STRING_SHOWN + 1];
	ssize_t n = copy_string_from_user(text, from, sizeof(text));

	if (n < 0 && n != -ENAMETOOLONG) {
		add(line, from ? "%#lx" : "NULL", from);
		return;
	}
	text[STRING_SHOWN] = '\0';
	add(line, "\"");
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			add(line, "\\%c", *c);
		else if (*c >= ' ' && *c < 0x7f)
			add(line, "%c", *c);
		else
			add(line, "\\%o", (u8)*c);
	}
	add(line, n < 0 ? "\"..." : "\"");
}

static bool is(const char *type, size_t length, const char *what)
{
	return length == strlen(what) && !strncmp(type, what, length);
}

static void add_argument(struct line *line, const char *type, size_t length, u64 value)
{
	if (is(type, length, "path"))
		add_path(line, value);
	else if (is(type, length, "at") && (int)value == AT_FDCWD)
		add(line, "AT_FDCWD");
	else if (is(type, length, "fd") || is(type, length, "at") || is(type, length, "int") ||
		 is(type, length, "id"))
		add(line, "%d", (int)value);
	else if (is(type, length, "uint"))
		add(line, "%u", (u32)value);
	else if (is(type, length, "long"))
		add(line, "%ld", (long)value);
	else if (is(type, length, "ulong"))
		add(line, "%lu", value);
	else if (value || is(type, length, "hex"))
		add(line, value ? "%#lx" : "%lu", value);
	else
		add(line, "NULL");
}

static void add_call_name(struct line *line, u64 number)
{
	const char *name = syscall_name(number);

	if (name)
		add(line, "%s(", name);
	else
		add(line, "syscall_%#lx(", number);
}

static void add_call(struct line *line, const struct arch_frame *frame)
{
	const struct syscall_info *info = syscall_info(arch_syscall_number(frame));
	const char *type = info ? info->types : "hex, hex, hex, hex, hex, hex";

	add_call_name(line, arch_syscall_number(frame));
	for (unsigned int i = 0; *type; i++) {
		const char *end = strchr(type, ',');
		size_t length = end ? (size_t)(end - type) : strlen(type);

		add_argument(line, type, length, arch_syscall_argument(frame, i));
		type += length;
		if (*type) {
			add(line, ", ");
			type += 2;
		}
	}
	add(line, ") = ");
}

static void add_result(struct line *line, u64 number, long result)
{
	const char *name = result < 0 && result > -4096 ? errno_name((int)-result) : NULL;

	if (name)
		add(line, "-1 %s (%s)", name, errno_text((int)-result));
	else if (number == SYS_BRK || number == SYS_MMAP || number == SYS_MREMAP)
		add(line, "%#lx", result);
	else
		add(line, "%ld", result);
}

void syscall_trace(struct arch_frame *frame, long (*call)(struct arch_frame *frame))
{
	u64 number = arch_syscall_number(frame);
	bool returns = number != SYS_EXIT && number != SYS_EXIT_GROUP &&
		       number != SYS_RT_SIGRETURN;
	struct line *line = kmalloc(sizeof(*line));
	long result;

	if (line) {
		line->used = 0;
		add_name(line, process_current());
		add_call(line, frame);
		if (!returns) {
			add(line, "?");
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
	struct line *line = kmalloc(sizeof(*line));

	if (!line)
		return;
	line->used = 0;
	if (WAIT_IS_SIGNALED(wait))
		add(line, "+++ %d killed by signal %d (%s) +++", p->pid, WAIT_SIGNAL(wait),
		    signal_words(WAIT_SIGNAL(wait)));
	else
		add(line, "+++ %d exited with %d +++", p->pid, WAIT_STATUS(wait));
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
	struct line *line = p->traced ? kmalloc(sizeof(*line)) : NULL;
	char name[SIGNAL_NAME];

	if (!line)
		return;
	line->used = 0;
	add_name(line, p);
	signal_name(info->signo, name);
	add(line, "--- %s {si_signo=%s, si_code=%d", name, name, info->code);
	if (info->code <= 0 || info->signo == SIGCHLD)
		add(line, ", si_pid=%d, si_uid=%u", info->user.pid, info->user.uid);
	else if (info->code != SI_KERNEL)
		add(line, ", si_addr=%#lx", info->address);
	add(line, "} ---");
	write_line(line, p, true);
	kfree(line);
}
