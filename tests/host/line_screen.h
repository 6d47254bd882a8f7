/* SPDX-License-Identifier: MIT */
/*
 * A terminal as far as the line editor needs one: a screen that wraps, scrolls never (it has rows
 * enough), and understands what the editor writes; anything else fails the test. A character stays
 * in the last column until the next one comes, as on a VT100.
 */
#ifndef HOST_LINE_SCREEN_H
#define HOST_LINE_SCREEN_H

#include <lib/types.h>

#define SCREEN_ROWS	1200
#define SCREEN_COLUMNS	200
#define CELL_SIZE	512		/* bytes: a character and all that joined it */

/* Empties the screen, whose width is @columns from now on; the cursor is at its top left. */
void screen_reset(unsigned int columns);

/* For struct line's `write`; a newline goes to the beginning of the next row. */
void screen_write(void *arg, const char *text, size_t len);

/* What stands in row @row, without blanks at its end. Valid until the next call. */
const char *screen_row(unsigned int row);

/* Where the cursor is; one that hangs in the last column counts as in the next row's first. */
void screen_cursor(unsigned int *row, unsigned int *column);

/* What a terminal would send back, since the last call: the answers to what was asked. */
const char *screen_answers(void);

/* Whether the terminal answers questions about its size. */
extern bool screen_answering;

#endif
