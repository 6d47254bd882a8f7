/* SPDX-License-Identifier: MIT */
/*
 * Escape sequences, as terminals send them for keys, and in answer to questions: ESC [ numbers
 * final, ESC O final, ESC [ [ letter (Linux's F1), ESC and one character. l->escape is the last
 * character that decides what comes next, 'x' for that letter. One that is not known is read to
 * its end and means nothing.
 */
#include <lib/string.h>

#include "line_keys.h"
#include "line_screen.h"

/* The window's size. tmux before 3.4 swaps the two: the width that was measured tells. */
static void reported(struct line *l, unsigned int rows, unsigned int columns)
{
	if (l->probed && l->measured)
		l->swapped = rows == l->columns && columns != l->columns;
	l->probed = false;
	if (l->swapped)
		line_resized(l, rows, columns);
	else
		line_resized(l, columns, rows);
}

/* The key of ESC [ numbers @final. */
static int sequence(struct line *l, char final)
{
	static const short tilde[] = {
		[1] = KEY_HOME, [3] = KEY_DELETE, [4] = KEY_END, [7] = KEY_HOME, [8] = KEY_END,
	};
	unsigned int first = l->numbers[0], modifier = l->number ? l->numbers[l->number] : 0;

	if (final >= 'A' && final <= 'D') {
		if ((modifier == 5 || modifier == 3) && final >= 'C')
			return final == 'C' ? KEY_WORD_RIGHT : KEY_WORD_LEFT;
		return KEY_UP + (final - 'A');
	}
	switch (final) {
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case 'R':
		if (l->asked || l->unanswered) {
			line_resized(l, l->numbers[1], 0);
			l->measured = true;
		}
		break;
	case 't':
		if (first == 8)
			reported(l, l->numbers[1], l->numbers[2]);
		break;
	case '~':
		if (first == 200 || first == 201)
			return first == 200 ? KEY_PASTE : KEY_PASTED;
		if (first < ARRAY_SIZE(tilde) && tilde[first])
			return tilde[first];
		break;
	}
	return KEY_NONE;
}

static void number_digit(struct line *l, char c)
{
	unsigned int *n = &l->numbers[l->number];

	if (c == ';')
		l->number += l->number + 1 < ARRAY_SIZE(l->numbers);
	else if (c >= '0' && c <= '9' && *n < 1000)
		*n = *n * 10 + (unsigned int)(c - '0');
}

int line_escape(struct line *l, char c)
{
	int state = l->escape;

	if (c == ESCAPE) {
		l->escape = ESCAPE;
		return 0;
	}
	if (state == ESCAPE && (c == '[' || c == 'O')) {
		l->escape = c;
		memset(l->numbers, 0, sizeof(l->numbers));
		l->number = 0;
		return 0;
	}
	if (state == '[' && c == '[') {
		l->escape = 'x';
		return 0;
	}
	if (state == '[' && c < '@') {
		number_digit(l, c);
		return 0;
	}
	l->escape = 0;
	if (state == ESCAPE)
		return (u8)c < 0x80 ? ALT(c) : KEY_NONE;
	return state == 'x' ? KEY_NONE : sequence(l, c);
}
