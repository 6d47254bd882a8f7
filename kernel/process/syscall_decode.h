/* SPDX-License-Identifier: MIT */
/* A line of a trace of system calls, and calls and their arguments in words. */
#ifndef PROCESS_SYSCALL_DECODE_H
#define PROCESS_SYSCALL_DECODE_H

#include <arch/user.h>
#include <lib/types.h>

struct exec_strings;

#define TRACE_LINE_SIZE	512

/* What does not fit is left out. */
struct trace_line {
	size_t used;
	char text[TRACE_LINE_SIZE];
};

void trace_add(struct trace_line *line, const char *fmt, ...) __printf(2, 3);

/*
 * Adds the call that @frame of the calling program makes, as strace has it, up to "= ". What its
 * pointers point to is looked at, and where that cannot be read they are numbers. Thread context.
 */
void trace_add_call(struct trace_line *line, const struct arch_frame *frame);

/* Adds the call that would have begun the program @path with @s, whose stack begins at @sp. */
void trace_add_exec(struct trace_line *line, const char *path, const struct exec_strings *s,
		    uaddr_t sp);

#endif
