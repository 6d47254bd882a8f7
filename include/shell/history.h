/* SPDX-License-Identifier: MIT */
/*
 * The lines that were typed, the newest first, each once. Thread context, one user: the shell.
 */
#ifndef SHELL_HISTORY_H
#define SHELL_HISTORY_H

#include <lib/types.h>

#ifdef CONFIG_SHELL_HISTORY
/*
 * Remembers @line as the newest, and forgets what it was before, and the oldest ones that room
 * is needed for. A blank line, and one longer than all the room, is not kept.
 */
void history_add(const char *line);

/* The @n-th newest line, from 1 on, or NULL. Valid until the next history_add(). */
const char *history_line(unsigned int n);

/* The number of the newest line from @n on that contains @part, or 0. */
unsigned int history_find(unsigned int n, const char *part);
#else
static inline void history_add(const char *line __unused)
{
}

static inline const char *history_line(unsigned int n __unused)
{
	return NULL;
}

static inline unsigned int history_find(unsigned int n __unused, const char *part __unused)
{
	return 0;
}
#endif

#endif
