/* SPDX-License-Identifier: MIT */
/*
 * The line editor's keys (see line.h; how it draws is in line_screen.c, and how other lines come
 * back, in line_history.c). Bytes become characters,
 * control keys or escape sequences (line_keys.c), and each of the latter two is one key. The keys
 * are those of emacs, as in bash.
 *
 * Only whole characters of UTF-8 get into the line; what is none, and control characters that
 * are no keys, are left out, so that the picture never depends on what a terminal makes of
 * them. A character that joins the one before it (an accent) moves and goes with it.
 *
 * What a terminal marks as pasted (bracketed paste) is text up to its end, newlines included: it is
 * run by Enter, not by what is in it.
 */
#include <lib/string.h>

#include "line_history.h"
#include "line_keys.h"
#include "line_screen.h"

/* --- Words --- */

static bool in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (u8)c >= 0x80;
}

static bool no_blank(char c)
{
	return c != ' ' && c != '\n';
}

/* Back to the beginning of the word before @at, of characters that are @part of one. */
static size_t word_begin(const struct line *l, size_t at, bool (*part)(char c))
{
	while (at && !part(l->text[line_before(l, at)]))
		at = line_before(l, at);
	while (at && part(l->text[line_before(l, at)]))
		at = line_before(l, at);
	return at;
}

static size_t word_end(const struct line *l, size_t at)
{
	unsigned int columns;

	while (at < l->len && !in_word(l->text[at]))
		at += line_next(l, at, &columns);
	while (at < l->len && in_word(l->text[at]))
		at += line_next(l, at, &columns);
	return at;
}

/* --- Changes of the text --- */

static void go_to(struct line *l, size_t at)
{
	if (at == l->at)
		return;
	l->at = at;
	line_show_cursor(l);
}

/* One character, whole. */
static void add(struct line *l, const char *bytes, size_t len)
{
	u32 c;

	utf8_decode(bytes, len, &c);
	if (utf8_control(c) && c != '\n')
		return;
	/* what joins the character before it needs one */
	if (!utf8_columns(c) && c != '\n' && (!l->at || l->text[l->at - 1] == '\n'))
		return;
	if (l->len + len >= sizeof(l->text)) {
		l->too_long = true;
		return;
	}
	memmove(l->text + l->at + len, l->text + l->at, l->len - l->at + 1);
	memcpy(l->text + l->at, bytes, len);
	l->len += len;
	l->at += len;
	if (l->at == l->len)
		line_show_added(l, len);
	else
		line_show(l, line_before(l, l->at));
}

void line_insert(struct line *l, const char *text, size_t len)
{
	while (len) {
		u32 c;
		size_t n = utf8_decode(text, len, &c);

		if (c != UTF8_BROKEN || n > 1)
			add(l, text, n);
		text += n;
		len -= n;
	}
}

/* Takes [from, to) out; the cursor is at one of the two and stays at @from. */
static void cut(struct line *l, size_t from, size_t to)
{
	unsigned int columns;
	bool last;

	if (from == to)
		return;
	last = l->at == l->len && line_next(l, from, &columns) == to - from;
	memmove(l->text + from, l->text + to, l->len - to + 1);
	l->len -= to - from;
	l->at = from;
	if (!l->len)
		l->too_long = false;
	if (last)
		line_show_erased(l, columns);
	else
		line_show(l, from);
}

/*
 * As cut(), and keeps the text for Ctrl-Y: together with what was killed by the key before. A key
 * that finds nothing to kill is none that killed.
 */
static void kill(struct line *l, size_t from, size_t to, bool again)
{
	size_t len = to - from, kept = again ? l->killed_len : 0;
	bool behind = from == l->at;

	if (!len) {
		l->last_key = 0;
		return;
	}
	if (kept + len > sizeof(l->killed))
		kept = 0;
	memmove(l->killed + (behind ? 0 : len), l->killed, kept);
	memcpy(l->killed + (behind ? kept : 0), l->text + from, len);
	l->killed_len = kept + len;
	cut(l, from, to);
}

static void reverse(char *text, size_t from, size_t to)
{
	while (from + 1 < to) {
		char c = text[from];

		text[from++] = text[--to];
		text[to] = c;
	}
}

/* The characters around the cursor change places; at the end, the last two. */
static void transpose(struct line *l)
{
	unsigned int columns;
	size_t middle = l->at == l->len && l->at ? line_before(l, l->at) : l->at;
	size_t from, to;

	if (!middle)
		return;
	from = line_before(l, middle);
	to = middle + line_next(l, middle, &columns);
	/* each backwards, and then both: no room is needed for either */
	reverse(l->text, from, middle);
	reverse(l->text, middle, to);
	reverse(l->text, from, to);
	l->at = to;
	/* drawn from its first character on, which another one may have replaced in its columns */
	line_show(l, from);
}

/* --- Keys --- */

static void complete(struct line *l, bool again)
{
	if (l->complete)
		l->complete(l, again);
	else
		line_insert(l, " ", 1);
}

/* Keys that move the cursor. False: @key is none. */
static bool move_key(struct line *l, int key)
{
	unsigned int columns;

	switch (key) {
	case CTRL('A'):
	case KEY_HOME:
		go_to(l, 0);
		break;
	case CTRL('E'):
	case KEY_END:
		go_to(l, l->len);
		break;
	case CTRL('B'):
	case KEY_LEFT:
		go_to(l, line_before(l, l->at));
		break;
	case CTRL('F'):
	case KEY_RIGHT:
		if (l->at < l->len)
			go_to(l, l->at + line_next(l, l->at, &columns));
		break;
	case ALT('b'):
	case KEY_WORD_LEFT:
		go_to(l, word_begin(l, l->at, in_word));
		break;
	case ALT('f'):
	case KEY_WORD_RIGHT:
		go_to(l, word_end(l, l->at));
		break;
	default:
		return false;
	}
	return true;
}

static bool is_kill(int key)
{
	return key == CTRL('K') || key == CTRL('U') || key == CTRL('W') || key == ALT('d') ||
	       key == ALT(DELETE) || key == ALT('\b');
}

/* Keys that take text away, or bring it back; @again: the key before killed. */
static bool change_key(struct line *l, int key, bool again)
{
	unsigned int columns;

	switch (key) {
	case CTRL('H'):
	case DELETE:
		cut(l, line_before(l, l->at), l->at);
		break;
	case CTRL('D'):
	case KEY_DELETE:
		if (l->at < l->len)
			cut(l, l->at, l->at + line_next(l, l->at, &columns));
		break;
	case CTRL('K'):
		kill(l, l->at, l->len, again);
		break;
	case CTRL('U'):
		kill(l, 0, l->at, again);
		break;
	case CTRL('W'):
		kill(l, word_begin(l, l->at, no_blank), l->at, again);
		break;
	case ALT('d'):
		kill(l, l->at, word_end(l, l->at), again);
		break;
	case ALT(DELETE):
	case ALT('\b'):
		kill(l, word_begin(l, l->at, in_word), l->at, again);
		break;
	case CTRL('Y'):
		line_insert(l, l->killed, l->killed_len);
		break;
	case CTRL('T'):
		transpose(l);
		break;
	default:
		return false;
	}
	return true;
}

static void other_key(struct line *l, int key)
{
	switch (key) {
	case CTRL('L'):
		line_send(l, "\033[H\033[2J", 7);
		l->begin = 0;
		line_draw(l);
		break;
	case CTRL('P'):
	case KEY_UP:
		line_show_age(l, l->age + 1);
		break;
	case CTRL('N'):
	case KEY_DOWN:
		if (l->age)
			line_show_age(l, l->age - 1);
		break;
	case CTRL('R'):
		line_find_more(l);
		break;
	case KEY_PASTE:
	case KEY_PASTED:
		l->pasting = key == KEY_PASTE;
		break;
	}
}

static enum line_event leave(struct line *l, enum line_event how)
{
	line_mark_pastes(l, false);
	line_leave(l);
	return how;
}

/* A control key, or that of an escape sequence. */
static enum line_event press(struct line *l, int key)
{
	int before = l->last_key;

	if (key == KEY_NONE)
		return LINE_MORE;
	if (!l->sized && key != CTRL('C') && key != CTRL('U') && key != DELETE && key != '\b' &&
	    key != CTRL('D') && key != '\r')
		line_ask_size(l);
	if (l->finding && line_find_key(l, key))
		return LINE_MORE;
	if (key == '\r')
		return leave(l, l->too_long ? LINE_TOO_LONG : LINE_DONE);
	if (key == CTRL('C')) {
		go_to(l, l->len);
		line_send(l, "^C", 2);
		return leave(l, LINE_INTERRUPTED);
	}
	if (key == CTRL('D') && !l->len)
		return leave(l, LINE_END);
	l->last_key = key;
	if (key == '\t')
		complete(l, before == key);
	else if (!move_key(l, key) && !change_key(l, key, is_kill(before)))
		other_key(l, key);
	return LINE_MORE;
}

/* --- Bytes --- */

/* Puts the character that @l->partial holds where it belongs. */
static void typed(struct line *l)
{
	size_t len = l->partial_len;

	l->partial_len = 0;
	if (!l->finding) {
		line_insert(l, l->partial, len);
		l->last_key = 0;
	} else {
		line_find_add(l, l->partial, len);
	}
}

/* Bytes of characters. What breaks off is dropped; the byte that shows it is looked at anew. */
static void text_byte(struct line *l, char c)
{
	bool goes_on = ((u8)c & 0xc0) == 0x80;

	if (!l->partial_len ? !utf8_length((u8)c) : !goes_on) {
		l->partial_len = 0;
		if (!utf8_length((u8)c))
			return;
	}
	l->partial[l->partial_len++] = c;
	if (l->partial_len == utf8_length((u8)l->partial[0]))
		typed(l);
}

bool line_waits(const struct line *l)
{
	return l->finding && l->escape;
}

void line_pause(struct line *l)
{
	if (!line_waits(l))
		return;
	l->escape = 0;
	line_find_leave(l);
}

enum line_event line_byte(struct line *l, char c, bool more)
{
	bool was_return = l->after_return;

	l->after_return = c == '\r';
	if ((u8)c < ' ' && c != ESCAPE) {
		/* a control character ends what was cut short; but ESC Ctrl-H is Alt-backspace */
		if (l->escape != ESCAPE || c != '\b')
			l->escape = 0;
	}
	if (l->escape || c == ESCAPE) {
		int key = 0;

		l->partial_len = 0;
		key = line_escape(l, c);
		return key && (!l->pasting || key == KEY_PASTED) ? press(l, key) : LINE_MORE;
	}
	if ((u8)c >= ' ' && c != DELETE) {
		text_byte(l, c);
		return LINE_MORE;
	}
	l->partial_len = 0;
	if (c == '\n' && was_return)
		return LINE_MORE;
	if ((c == '\n' || c == '\r') && !l->pasting)
		return press(l, '\r');
	if (c == '\n' || c == '\r')
		line_insert(l, "\n", 1);
	if (c == '\t' && (more || l->pasting)) {
		line_insert(l, " ", 1);
		return LINE_MORE;
	}
	/* pasted control characters are no keys; but nobody is kept from leaving */
	if (!c || (l->pasting && c != CTRL('C')))
		return LINE_MORE;
	return press(l, c);
}
