/* SPDX-License-Identifier: MIT */
/* Lines of the history in the line editor, and the search for them: for its own files. */
#ifndef SHELL_LINE_HISTORY_H
#define SHELL_LINE_HISTORY_H

#include "line.h"

#ifdef CONFIG_SHELL_HISTORY
/* Shows the line of that age, if there is one; 0: what was typed. The one that is left is kept. */
void line_show_age(struct line *l, unsigned int age);

/* Begins a search, or goes on to older lines. */
void line_find_more(struct line *l);

/* A character more to look for. */
void line_find_add(struct line *l, const char *bytes, size_t len);

/* During a search. True: the key was for it; false: it ended, and the key is for the line. */
bool line_find_key(struct line *l, int key);

/* Ends the search: the line that it shows stays. */
void line_find_leave(struct line *l);
#else
static inline void line_show_age(struct line *l __unused, unsigned int age __unused)
{
}

static inline void line_find_more(struct line *l __unused)
{
}

static inline void line_find_add(struct line *l __unused, const char *bytes __unused,
				 size_t len __unused)
{
}

static inline bool line_find_key(struct line *l __unused, int key __unused)
{
	return false;
}

static inline void line_find_leave(struct line *l __unused)
{
}
#endif

#endif
