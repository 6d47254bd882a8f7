/* SPDX-License-Identifier: MIT */
/* The first process. */
#ifndef PROCESS_INIT_H
#define PROCESS_INIT_H

/*
 * Runs what the command line names by init=, and returns when that has ended, or cannot be run,
 * with a line in the log; or at once where it names nothing. Boot thread, when files and the
 * console are there.
 */
#ifdef CONFIG_PROCESS
void init_run(void);
#else
static inline void init_run(void)
{
}
#endif

#endif
