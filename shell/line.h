/* SPDX-License-Identifier: MIT */
/*
 * The line editor: takes bytes from a terminal, keeps a line of UTF-8, and writes what keeps the
 * terminal's picture of it right. Pure logic: it waits for nothing and knows no console.
 *
 *   line_start(l, "cairn> ", 0);
 *   do
 *           event = line_byte(l, next byte, whether another one waits);
 *   while (event == LINE_MORE);
 *
 * What a struct line holds besides the text goes on from line to line: the size of the window, what
 * was killed last, half an escape sequence. Thread context, one user a line.
 */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include <lib/types.h>
#include <lib/utf8.h>

#define LINE_SIZE	CONFIG_SHELL_LINE_SIZE	/* bytes of a line, with the final NUL */
#define LINE_FIND_SIZE	32	/* and of what is looked for */

enum line_event {
	LINE_MORE,		/* goes on */
	LINE_DONE,		/* Enter */
	LINE_TOO_LONG,		/* Enter, but there was more than fits */
	LINE_INTERRUPTED,	/* Ctrl-C */
	LINE_END,		/* Ctrl-D, and the line is empty */
};

/* Columns and rows from the place where the prompt's row begins. */
struct line_place {
	unsigned int row, column;
};

struct line {
	/* set by the user before the first line_start(): */
	void (*write)(void *arg, const char *text, size_t len);
	/*
	 * Completes at l->at by line_insert(), or lists what there is between line_leave() and
	 * line_draw(); @again: nothing came since the last time. NULL: Tab is a blank.
	 */
	void (*complete)(struct line *l, bool again);
	void *arg;
	unsigned int columns, rows;	/* of the window, as far as known; never 0 */

	/* the text: */
	char text[LINE_SIZE];
	size_t len;			/* text[len] is 0 */
	size_t at;			/* the cursor; never in the middle of a character */
	bool too_long;			/* something did not fit */

	/* the rest is the editor's own. The picture: */
	const char *prompt;
	unsigned int begin;		/* the column in which the prompt begins */
	struct line_place cursor;	/* of the terminal, where the text at `at` belongs */
	bool hangs;			/* it has not left the last column of the row above yet */
	bool sized;			/* a width has been reported */
	bool asked;			/* in this line */
	bool probed;			/* by the cursor, and not all answers have come */
	bool measured;			/* the width, that way */
	bool swapped;			/* the terminal says rows and columns in the wrong order */
	bool marks;			/* the terminal marks what is pasted */
	unsigned int unanswered;	/* questions in a row */

	/* half of something: */
	int escape;			/* state of escape sequences, see line.c */
	unsigned int numbers[3], number;
	char partial[UTF8_MAX];		/* of a character */
	size_t partial_len;
	bool after_return;		/* a newline now is no second Enter */
	bool pasting;			/* between the marks of a bracketed paste */

	/* what was done before: */
	int last_key;
	char killed[LINE_SIZE];
	size_t killed_len;

	/* history: */
	unsigned int age;		/* of the line shown; 0: the one that is being typed */
	char draft[LINE_SIZE];		/* that one, while another is shown */
	char edits[LINE_SIZE + sizeof(u32)];	/* of others: an age and the text, each */
	size_t edits_len;
	bool finding;			/* the prompt is that of the search */
	bool lost;			/* and nothing has what it looks for */
	char find[LINE_FIND_SIZE];
	size_t find_len;
	char found[LINE_FIND_SIZE];	/* what was looked for last */
};

/*
 * Begins an empty line: writes @prompt (ASCII, no escape sequences) at column @column. @idle:
 * somebody may be asked for the window's size, since nothing waits to be read.
 */
void line_start(struct line *l, const char *prompt, unsigned int column, bool idle);

/*
 * Takes a byte. @more: another one was there with it, so that it is no key of a human's; a Tab
 * is then a blank. After any event but LINE_MORE the cursor stands in a fresh row.
 */
enum line_event line_byte(struct line *l, char byte, bool more);

/*
 * Whether a pause means something now: ESC alone ends a search, and is told from a sequence by
 * nothing else. line_pause() says that there was one.
 */
bool line_waits(const struct line *l);
void line_pause(struct line *l);

/* Inserts text at the cursor; control characters are left out, but for newlines. */
void line_insert(struct line *l, const char *text, size_t len);

/* Puts the cursor into a fresh row below the line, for other output. */
void line_leave(struct line *l);

/* Writes prompt and line from the beginning of a row on. */
void line_draw(struct line *l);

#endif
