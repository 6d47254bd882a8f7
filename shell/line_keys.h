/* SPDX-License-Identifier: MIT */
/* Keys that are more than a byte, for the line editor's own files. */
#ifndef SHELL_LINE_KEYS_H
#define SHELL_LINE_KEYS_H

#include "line.h"

/* Keys that are no byte: those of escape sequences. Alt and a letter is ALT(letter). */
enum {
	ALT_KEYS = 0x100,
	KEY_UP = 0x200, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_HOME, KEY_END, KEY_DELETE,
	KEY_WORD_RIGHT, KEY_WORD_LEFT, KEY_PASTE, KEY_PASTED, KEY_NONE,
};

#define ALT(c)		(ALT_KEYS + (c))
#define CTRL(c)		((c) - '@')
#define DELETE		0x7f
#define ESCAPE		0x1b

/*
 * Takes a byte of an escape sequence: Escape, or any while l->escape is not 0. Returns the key when
 * the sequence is complete, 0 before. Answers to questions about the window are taken here, and
 * are KEY_NONE.
 */
int line_escape(struct line *l, char c);

#endif
