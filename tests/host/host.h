/* SPDX-License-Identifier: MIT */
/*
 * What host tests have besides <lib/test.h>: random numbers, guarded memory, and what was
 * logged.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <lib/types.h>

/*
 * Random numbers from a seed that is printed first of all; CAIRN_SEED=N in the environment
 * repeats a run.
 */
extern u64 host_random_state;
u64 host_random(void);
u64 host_random_below(u64 limit);

/* CAIRN_EFFORT percent (100 unless given) of @n, at least 1: how often a random test goes round. */
u64 host_effort(u64 n);

/* How many lines log_write() got since the last call, and the last of them. */
unsigned int host_log_lines(void);
const char *host_log_last(void);

/* When true, log lines are counted but not shown. */
extern bool host_log_quiet;

/* A whole file; the program ends with a message when there is none. The caller frees it. */
void *host_read_file(const char *path, size_t *size);

/* What follows the program's name on the command line. */
extern int host_argc;
extern char **host_argv;

/* The C library's own formatter, from a file without shim/prefix.h. */
int libc_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

#endif
