/* SPDX-License-Identifier: MIT */
/*
 * Keys of terminals (see <kernel/terminal.h>): those that act at once, which are signals and flow
 * control; c_iflag's mapping; and with ICANON the line that is typed, which the erase, word-erase
 * and kill characters change, until it ends.
 *
 * The ring `in` has lines that can be read, then the one that is being typed. A bit beside each
 * byte says whether a line ends there. The end of a file is a byte 0 with that bit: it is not read.
 */
#include <kernel/terminal.h>
#include <lib/string.h>
#include <lib/utf8.h>
#include <uapi/errno.h>

#define TAB		8U

static const struct termios first_modes = {
	.c_iflag = TERMINAL_IFLAG, .c_oflag = TERMINAL_OFLAG,
	.c_cflag = B38400 | CS8 | CREAD,	/* what programs are told; nothing is set */
	.c_lflag = TERMINAL_LFLAG, .c_cc = TERMINAL_CC,
};

void terminal_init(struct terminal *t, const struct terminal_ops *ops, u32 number, u8 *rings)
{
	t->ops = ops;
	t->number = number;
	t->in = rings;
	t->out = rings + TERMINAL_RING;
	t->modes = first_modes;
	mutex_init(&t->reader);
	mutex_init(&t->writer);
	wait_queue_init(&t->queue);
	poll_queue_init(&t->polls);
}

/* A special character that is 0 is off. */
static bool is(const struct terminal *t, unsigned int which, u8 c)
{
	return c && c == t->modes.c_cc[which];
}

static u8 byte_at(const struct terminal *t, u32 at)
{
	return t->in[at % TERMINAL_RING];
}

/* --- Keys that act at once -------------------------------------------------------------------- */

static int signal_of(const struct terminal *t, u8 c)
{
	if (!terminal_has(t, ISIG))
		return 0;
	if (is(t, VINTR, c))
		return SIGINT;
	if (is(t, VQUIT, c))
		return SIGQUIT;
	return is(t, VSUSP, c) ? SIGTSTP : 0;
}

static bool is_flow(const struct terminal *t, u8 c)
{
	return t->modes.c_iflag & IXON && (is(t, VSTART, c) || is(t, VSTOP, c));
}

int terminal_type_now(struct terminal *t, u8 c)
{
	int signal;

	if (is_flow(t, c)) {
		if (is(t, VSTART, c))
			terminal_start(t, false);
		else
			terminal_stop(t, false);
		return 0;
	}
	signal = signal_of(t, c);
	if (!signal)
		return -EAGAIN;
	if (!terminal_has(t, NOFLSH)) {
		t->in_tail = t->in_line = t->in_head;
		t->quotes = false;
	}
	if (t->modes.c_iflag & IXON)
		terminal_start(t, false);
	if (terminal_has(t, ECHO))
		terminal_echo(t, c);
	return signal;
}

/* --- The ring --------------------------------------------------------------------------------- */

/* Nothing can be read, and a line is being typed: what it has too much is dropped. */
static bool drops(const struct terminal *t)
{
	return terminal_has(t, ICANON) && t->in_line == t->in_tail;
}

bool terminal_has_room(const struct terminal *t)
{
	return t->in_head - t->in_tail < TERMINAL_RING - 1 || drops(t);
}

static void put(struct terminal *t, u8 c, bool ends)
{
	u32 at;

	if (t->in_head - t->in_tail == TERMINAL_RING)
		t->in_head--;
	at = t->in_head++ % TERMINAL_RING;
	t->in[at] = c;
	t->ends[at / 8] &= (u8)~BIT(at % 8);
	if (!ends)
		return;
	t->ends[at / 8] |= (u8)BIT(at % 8);
	t->in_line = t->in_head;
}

/* --- Editing ---------------------------------------------------------------------------------- */

/* Columns that what lies in [@at, @end), one character, takes when it begins in @column. */
static u32 columns_of(const struct terminal *t, u32 at, u32 end, u32 column)
{
	u8 c = byte_at(t, at);
	char text[UTF8_MAX];
	size_t n = 0;
	u32 number;

	if (c == '\t')
		return TAB - column % TAB;
	if (terminal_is_control(c))
		return terminal_has(t, ECHOCTL) ? 2 : 0;
	if (!(t->modes.c_iflag & IUTF8))
		return 1;
	while (at != end && n < sizeof(text))
		text[n++] = (char)byte_at(t, at++);
	utf8_decode(text, n, &number);
	return utf8_columns(number);
}

static bool continues(const struct terminal *t, u32 at)
{
	return t->modes.c_iflag & IUTF8 && (byte_at(t, at) & 0xc0) == 0x80;
}

/* Where the cursor stood, up to a multiple of TAB, before the tab that lies at @end was echoed. */
static u32 column_at(const struct terminal *t, u32 end)
{
	u32 from = end, column, next;

	while (from != t->in_line && byte_at(t, from - 1) != '\t')
		from--;
	column = from == t->in_line ? t->line_column : 0;
	for (u32 at = from; at != end; at = next) {
		for (next = at + 1; next != end && continues(t, next); next++)
			;
		column += columns_of(t, at, next, column);
	}
	return column;
}

/* Takes the last character off the line; and, if that is @shown, off the screen. */
static void erase_one(struct terminal *t, bool shown)
{
	u32 end = t->in_head, columns;
	bool tab;

	do
		t->in_head--;
	while (t->in_head != t->in_line && continues(t, t->in_head));
	if (!shown || !terminal_has(t, ECHO))
		return;
	tab = byte_at(t, t->in_head) == '\t';
	columns = columns_of(t, t->in_head, end, tab ? column_at(t, t->in_head) : 0);
	while (columns--) {
		terminal_emit(t, '\b');
		if (tab)
			continue;
		terminal_emit(t, ' ');
		terminal_emit(t, '\b');
	}
}

static void erase_character(struct terminal *t)
{
	if (t->in_head == t->in_line)
		return;
	erase_one(t, terminal_has(t, ECHOE));
	if (terminal_has(t, ECHO) && !terminal_has(t, ECHOE))
		terminal_echo(t, t->modes.c_cc[VERASE]);
}

static bool is_of_word(u8 c)
{
	return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       c >= 0x80;
}

/* As Linux does it: what is between words goes first, and "/" ends one. */
static void erase_word(struct terminal *t)
{
	bool in_word = false;

	while (t->in_head != t->in_line) {
		bool of_word = is_of_word(byte_at(t, t->in_head - 1));

		if (in_word && !of_word)
			return;
		in_word |= of_word;
		erase_one(t, true);
	}
}

static void erase_line(struct terminal *t)
{
	bool shown = terminal_has(t, ECHOK) && terminal_has(t, ECHOE) && terminal_has(t, ECHOKE);

	if (t->in_head == t->in_line)
		return;
	while (t->in_head != t->in_line)
		erase_one(t, shown);
	if (shown || !terminal_has(t, ECHO))
		return;
	terminal_echo(t, t->modes.c_cc[VKILL]);
	if (terminal_has(t, ECHOK))
		terminal_emit(t, '\n');
}

static void reprint(struct terminal *t, u8 c)
{
	terminal_echo(t, c);
	terminal_emit(t, '\n');
	t->line_column = t->column;
	for (u32 at = t->in_line; at != t->in_head; at++)
		terminal_echo(t, byte_at(t, at));
}

/* --- One key ---------------------------------------------------------------------------------- */

static void type_plain(struct terminal *t, u8 c, bool ends)
{
	if (t->in_head == t->in_line)
		t->line_column = t->column;
	if (terminal_has(t, ECHO))
		terminal_echo(t, c);
	put(t, c, ends);
	/* it cannot be told from a mark otherwise */
	if (c == 0xff && t->modes.c_iflag & PARMRK && terminal_has_room(t))
		put(t, c, ends);
}

/* A key that changes the line, or says how the next one is meant: true. */
static bool edits(struct terminal *t, u8 c)
{
	bool more = terminal_has(t, IEXTEN);

	if (is(t, VERASE, c)) {
		erase_character(t);
	} else if (is(t, VKILL, c)) {
		erase_line(t);
	} else if (more && is(t, VWERASE, c)) {
		erase_word(t);
	} else if (more && is(t, VREPRINT, c) && terminal_has(t, ECHO)) {
		reprint(t, c);
	} else if (more && is(t, VLNEXT, c)) {
		t->quotes = true;
		if (terminal_has(t, ECHO) && terminal_has(t, ECHOCTL)) {
			terminal_emit(t, '^');
			terminal_emit(t, '\b');
		}
	} else {
		return false;
	}
	return true;
}

static void type_to_line(struct terminal *t, u8 c)
{
	if (edits(t, c))
		return;
	if (c == '\n') {
		if (terminal_has(t, ECHO | ECHONL))
			terminal_emit(t, c);
		put(t, c, true);
	} else if (is(t, VEOF, c)) {
		put(t, 0, true);
	} else {
		type_plain(t, c, is(t, VEOL, c) || (terminal_has(t, IEXTEN) && is(t, VEOL2, c)));
	}
}

int terminal_type(struct terminal *t, u8 c)
{
	u32 flags = t->modes.c_iflag;
	int done;

	if (flags & ISTRIP)
		c &= 0x7f;
	if (t->quotes) {
		if (!terminal_has_room(t))
			return -EAGAIN;
		t->quotes = false;
		type_plain(t, c, false);
		return 0;
	}
	done = terminal_type_now(t, c);
	if (done != -EAGAIN)
		return done;
	if (!terminal_has_room(t))
		return -EAGAIN;
	if (t->stopped && flags & IXON && flags & IXANY)
		terminal_start(t, false);
	if (c == '\r' && flags & IGNCR)
		return 0;
	if (c == '\r' && flags & ICRNL)
		c = '\n';
	else if (c == '\n' && flags & INLCR)
		c = '\r';
	if (terminal_has(t, ICANON))
		type_to_line(t, c);
	else
		type_plain(t, c, false);
	return 0;
}
