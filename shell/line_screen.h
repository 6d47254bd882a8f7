/* SPDX-License-Identifier: MIT */
/*
 * The picture of a line on the terminal, for the editor's own files. All of them keep
 * l->cursor what the terminal does with what they write.
 */
#ifndef SHELL_LINE_SCREEN_H
#define SHELL_LINE_SCREEN_H

#include "line.h"

#define LINE_BREAK	0x10000		/* columns: more than any row has left */

/*
 * The bytes of the character at @at, with all that joins it, and its columns; of a newline, which
 * nothing joins, LINE_BREAK.
 */
size_t line_next(const struct line *l, size_t at, unsigned int *columns);

/* Where the character begins that ends at @at > 0. */
size_t line_before(const struct line *l, size_t at);

/* Writes as it is. */
void line_send(struct line *l, const char *text, size_t len);

/* Moves the terminal's cursor to the text at l->at. */
void line_show_cursor(struct line *l);

/* Writes the text from @from on anew, and takes away what stood behind it. */
void line_show(struct line *l, size_t from);

/* Writes the prompt and everything anew, over what is there. */
void line_show_all(struct line *l);

/* The text got @len bytes in front of the cursor, which stands at its end. */
void line_show_added(struct line *l, size_t len);

/* The text lost its last character, of @columns; the cursor stood behind it. */
void line_show_erased(struct line *l, unsigned int columns);

/* Asks the terminal for its size, once a line, and never again one that does not answer. */
void line_ask_size(struct line *l);

/*
 * Has a terminal that has ever answered mark what is pasted, or no longer. Others get no such
 * sequence.
 */
void line_mark_pastes(struct line *l, bool on);

/* The terminal has said how large it is; 0: not said. */
void line_resized(struct line *l, unsigned int columns, unsigned int rows);

#endif
