/* SPDX-License-Identifier: MIT */
/* Between what prints system calls (syscall_trace.c) and /proc/<pid>/strace (strace.c). */
#ifndef PROCESS_STRACE_H
#define PROCESS_STRACE_H

#include <fs/file.h>
#include <lib/types.h>

struct exec_strings;
struct process;
struct strace;

#ifdef CONFIG_FS_PROCFS
extern const struct file_ops strace_file_ops;

/* One user more, one less: the file, each process, and who writes a line. Any context. */
void strace_get(struct strace *s);
void strace_put(struct strace *s);

/* A process is printed to @s from now on, and no more; with a use each. Any context. */
void strace_join(struct strace *s);
void strace_leave(struct strace *s);

/*
 * Gives the reader a line of at most 512 bytes. Where he has not read enough of what came before,
 * the calling thread waits for that, if @waits; a line for which there is no room in the end is
 * counted. Thread context.
 */
void strace_write(struct strace *s, const char *line, size_t length, bool waits);

/*
 * syscall_trace.c: @p's calls go to @s, which it joins: 0; -ESRCH: it has ended; -EPERM: they go
 * somewhere already, or it is the caller. process_lock held. And no process's go to @s any more;
 * thread context.
 */
int syscall_trace_attach(struct process *p, struct strace *s);
void syscall_trace_detach(struct strace *s);
#else
static inline void strace_get(struct strace *s __unused)
{
}

static inline void strace_put(struct strace *s __unused)
{
}

static inline void strace_join(struct strace *s __unused)
{
}

static inline void strace_leave(struct strace *s __unused)
{
}

static inline void strace_write(struct strace *s __unused, const char *line __unused,
				size_t length __unused, bool waits __unused)
{
}
#endif

/*
 * syscall_trace.c: its calls are printed; a child's, as its parent's are; or were; @ran: it has
 * begun, and ended as @wait says.
 */
void syscall_trace_begin(struct process *process);
void syscall_trace_inherit(struct process *child, const struct process *parent);
void syscall_trace_end(struct process *process, bool ran, int wait);

/*
 * The program of @process, the caller's, has begun: as execve() of @path with @strings would have
 * had it. Thread context.
 */
void syscall_trace_exec(const struct process *process, const char *path,
			const struct exec_strings *strings);

#endif
