/* SPDX-License-Identifier: MIT */
/*
 * How the line editor draws. A place on the terminal is a row and a column from the row in which
 * the prompt begins; all moves are relative to it, so it matters not where on the screen that is.
 *
 * A terminal that has written its last column stays there until the next character comes ("hangs");
 * what cursor moves do then differs, so the editor first writes a blank and goes back, which
 * takes any terminal to the next row. At the end of a line of whose width nobody knows, that
 * waits until a move is needed: plain typing is plain text. A wide character that has no room
 * in the last column goes to the next row and leaves that column empty. A newline, which only a
 * paste brings, leaves the rest of its row empty.
 *
 * The window's size comes from the terminal's answers. The question is put when it matters: with
 * the first key that is not plain typing, when a line gets long, and, once there was an answer, at
 * each prompt where nobody has typed ahead. Until then it is 80 by 24. Does not repair the rows
 * above the window when a line has more rows than that.
 */
#include <lib/format.h>
#include <lib/string.h>

#include "line_screen.h"

#define ASK_COLUMN	40	/* how far a line gets before the width matters */
#define ASK_MOST	3	/* questions without an answer */

void line_send(struct line *l, const char *text, size_t len)
{
	if (len)
		l->write(l->arg, text, len);
}

static void say(struct line *l, const char *text)
{
	line_send(l, text, strlen(text));
}

size_t line_next(const struct line *l, size_t at, unsigned int *columns)
{
	const char *text = l->text + at;
	size_t len = l->len - at, n;
	u32 c;

	if ((u8)*text < 0x80 && (*text == '\n' || len == 1 || (u8)text[1] < 0x80)) {
		*columns = *text == '\n' ? LINE_BREAK : 1;
		return 1;
	}
	n = utf8_decode(text, len, &c);
	*columns = MIN(utf8_columns(c), l->columns);
	while (n < len) {
		size_t more = utf8_decode(text + n, len - n, &c);

		if (utf8_columns(c))
			break;
		n += more;
	}
	return n;
}

size_t line_before(const struct line *l, size_t at)
{
	u32 c;

	while (at) {
		at--;
		if (((u8)l->text[at] & 0xc0) == 0x80)
			continue;
		if ((u8)l->text[at] < 0x80)
			break;
		utf8_decode(l->text + at, l->len - at, &c);
		if (utf8_columns(c))
			break;
	}
	return at;
}

/* Over a character of @columns: it goes to the next row when it does not fit into this one. */
static void step(const struct line *l, struct line_place *p, unsigned int columns)
{
	if (p->column + columns > l->columns)
		*p = (struct line_place){ .row = p->row + 1 };
	if (columns == LINE_BREAK)
		return;
	p->column += columns;
	if (p->column == l->columns)
		*p = (struct line_place){ .row = p->row + 1 };
}

/* The search shows what it looks for. */
static size_t prompt_text(const struct line *l, char *buf, size_t size)
{
	const char *failed = l->lost ? "failed " : "";
	size_t n = l->finding ? snprintf(buf, size, "(%sfind '%s') ", failed, l->find)
			      : snprintf(buf, size, "%s", l->prompt);

	return MIN(n, size - 1);
}

/* Where the text begins; the prompt may be wider than the window. */
static struct line_place start(const struct line *l)
{
	struct line_place p = { .column = l->begin };
	char prompt[LINE_FIND_SIZE + 24];
	size_t len;

	len = prompt_text(l, prompt, sizeof(prompt));
	while (p.column >= l->columns)
		p = (struct line_place){ .row = p.row + 1, .column = p.column - l->columns };
	while (len--)
		if (((u8)prompt[len] & 0xc0) != 0x80)
			step(l, &p, 1);
	return p;
}

static struct line_place place(const struct line *l, size_t of)
{
	struct line_place p = start(l);
	unsigned int columns;

	for (size_t at = 0; at < of;) {
		at += line_next(l, at, &columns);
		step(l, &p, columns);
	}
	return p;
}

/* Takes a cursor that hangs in the last column to the row where it belongs. */
static void settle(struct line *l)
{
	if (l->hangs)
		say(l, " \r");
	l->hangs = false;
}

static void move(struct line *l, unsigned int n, char direction)
{
	char text[16];

	if (direction == 'D' && n <= 4)
		line_send(l, "\b\b\b\b", n);
	else if (n)
		line_send(l, text, snprintf(text, sizeof(text), "\033[%u%c", n, direction));
}

static void go(struct line *l, struct line_place to)
{
	struct line_place *from = &l->cursor;

	settle(l);
	if (to.row < from->row)
		move(l, from->row - to.row, 'A');
	else
		move(l, to.row - from->row, 'B');
	if (!to.column && from->column)
		say(l, "\r");
	else if (to.column < from->column)
		move(l, from->column - to.column, 'D');
	else
		move(l, to.column - from->column, 'C');
	*from = to;
}

/* Writes the text from @from on to its end. */
static void put(struct line *l, size_t from)
{
	size_t sent = from, at = from;

	while (at < l->len) {
		unsigned int columns;
		size_t n = line_next(l, at, &columns);

		if (l->cursor.column + columns > l->columns) {
			line_send(l, l->text + sent, at - sent);
			if (columns == LINE_BREAK)
				settle(l);
			say(l, "\033[K");	/* what stood in the columns that are left over */
			sent = at;
		}
		step(l, &l->cursor, columns);
		at += n;
		l->hangs = !l->cursor.column && columns != LINE_BREAK;
	}
	line_send(l, l->text + sent, at - sent);
}

void line_show_cursor(struct line *l)
{
	go(l, place(l, l->at));
}

void line_show(struct line *l, size_t from)
{
	go(l, place(l, from));
	put(l, from);
	settle(l);
	say(l, "\033[J");
	if (l->at != l->len)
		line_show_cursor(l);
}

void line_draw(struct line *l)
{
	char prompt[LINE_FIND_SIZE + 24];

	line_send(l, prompt, prompt_text(l, prompt, sizeof(prompt)));
	l->cursor = start(l);
	l->hangs = l->cursor.row && !l->cursor.column;
	put(l, 0);
	if (l->at == l->len && !l->sized)
		return;
	settle(l);
	if (l->at != l->len)
		line_show_cursor(l);
}

void line_show_all(struct line *l)
{
	go(l, (struct line_place){ .column = l->begin % l->columns });
	say(l, "\033[J");
	line_draw(l);
}

void line_show_added(struct line *l, size_t len)
{
	unsigned int columns;
	size_t at = l->len - len;

	/* what joins the character before it must find the cursor where that one left it */
	if (at && line_before(l, l->len) < at) {
		line_show(l, line_before(l, l->len));
		return;
	}
	line_next(l, at, &columns);
	if (l->cursor.column + columns < l->columns) {
		line_send(l, l->text + at, len);
		l->cursor.column += columns;
		l->hangs = false;
	} else {
		put(l, at);
		if (l->sized)
			settle(l);
	}
	if (!l->sized && (l->cursor.column >= ASK_COLUMN || l->cursor.row))
		line_ask_size(l);
}

void line_show_erased(struct line *l, unsigned int columns)
{
	if (!l->hangs && l->cursor.column > columns) {
		line_send(l, "\b\b", columns);
		line_send(l, "  ", columns);
		line_send(l, "\b\b", columns);
		l->cursor.column -= columns;
	} else {
		line_show(l, l->len);
	}
}

void line_leave(struct line *l)
{
	size_t at = l->at;

	l->at = l->len;
	if (at != l->len)
		line_show_cursor(l);
	l->at = at;
	say(l, "\n");
	l->hangs = false;
	l->cursor = (struct line_place){ 0 };
	l->begin = 0;
}

void line_ask_size(struct line *l)
{
	if (l->asked || l->unanswered >= ASK_MOST)
		return;
	l->asked = true;
	l->unanswered++;
	/*
	 * Once it is asked where the cursor comes to at the right edge: all terminals know that,
	 * and it tells what the others mean. The way back is its column.
	 */
	if (!l->measured && !l->cursor.row && l->cursor.column <= ASK_COLUMN && !l->finding) {
		l->probed = true;
		say(l, "\033[999C\033[6n\r");
		move(l, l->cursor.column, 'C');
	}
	say(l, "\033[18t");
}

void line_mark_pastes(struct line *l, bool on)
{
	if (on == l->marks || (on && !l->sized))
		return;
	l->marks = on;
	say(l, on ? "\033[?2004h" : "\033[?2004l");
}

void line_resized(struct line *l, unsigned int columns, unsigned int rows)
{
	bool fresh;

	l->unanswered = 0;
	if (rows)
		l->rows = rows;
	if (!columns)
		return;
	fresh = !l->sized && l->prompt &&
		(l->begin + strlen(l->prompt) >= columns ||
		 (l->probed && place(l, l->len).column >= columns));
	l->sized = true;
	l->columns = columns;
	line_mark_pastes(l, true);
	if (fresh) {
		/* narrower than what is there: nobody knows where the cursor is by now */
		say(l, "\n");
		l->begin = 0;
		line_draw(l);
		return;
	}
	/* what is there was written as plain text, and the terminal has wrapped it by itself */
	l->cursor = place(l, l->at);
	l->hangs = l->at == l->len && l->cursor.row && !l->cursor.column;
	settle(l);
}

void line_start(struct line *l, const char *prompt, unsigned int column, bool idle)
{
	l->prompt = prompt;
	l->begin = column % l->columns;
	l->len = l->at = 0;
	l->text[0] = 0;
	l->too_long = l->finding = false;
	l->age = 0;
	l->edits_len = 0;
	l->last_key = 0;
	l->asked = l->pasting = false;
	line_mark_pastes(l, true);
	line_draw(l);
	if (idle && l->sized)
		line_ask_size(l);
}
