/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline over a console that is a model: keys go through the filter, as in
 * the receive interrupt, and then wait to be read; what is echoed is recorded, and also played on a
 * row of a screen. Random lines are held against a plain second opinion of what line mode does.
 * More than 500 lines, since the console's model and the cases belong together.
 */
#include <device/console.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <lib/test.h>
#include <lib/utf8.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

#include "host.h"

#define CTRL(c)		((c) - '@')
#define QUEUE_SIZE	8192
#define WIDE		"\344\270\255"

/* --- The console --- */

static char queue[QUEUE_SIZE];
static size_t queue_from, queue_to;
static enum console_verdict (*look)(char c);
static void (*taken)(void);
static bool cut;		/* CONSOLE_INTERRUPT, until a reader was told */
static u64 now;

static char said[QUEUE_SIZE * 3];
static size_t said_len;
static char row[QUEUE_SIZE * 3];	/* what stands in the cursor's row */
static size_t row_len;

void console_set_filter(enum console_verdict (*new_look)(char c), void (*new_taken)(void))
{
	look = new_look;
	taken = new_taken;
}

static void play(const char *text, size_t len)
{
	for (; len; text++, len--) {
		if (*text == '\n') {
			row_len = 0;
		} else if (*text == '\b') {
			/* a blank and another one follow it always: the character is gone */
			if (!TEST(row_len && len >= 3 && text[1] == ' ' && text[2] == '\b'))
				abort();
			while (row_len && (row[--row_len] & 0xc0) == 0x80)
				;
			text += 2;
			len -= 2;
		} else if (*text != '\r') {
			row[row_len++] = *text;
			/* the wide one of these tests has two columns */
			if (row_len > 2 && !memcmp(row + row_len - 3, WIDE, 3))
				row[row_len++] = '~';
		}
	}
	row[row_len] = 0;
}

void console_write(const char *text, size_t len)
{
	if (said_len + len >= sizeof(said))
		abort();
	memcpy(said + said_len, text, len);
	said_len += len;
	said[said_len] = 0;
	play(text, len);
}

bool console_pending(void)
{
	return queue_from != queue_to;
}

/* Nobody types while it waits: a time-out, or for ever and then somebody cancels it. */
int console_read(u64 deadline)
{
	if (cut) {
		cut = false;
		return -EINTR;
	}
	if (console_pending())
		return (u8)queue[queue_from++];
	if (deadline == TIME_NEVER)
		return -EINTR;
	now = MAX(now, deadline);
	return -ETIMEDOUT;
}

u64 time_now(void)
{
	return now;
}

/* The receive interrupt. */
static void type_bytes(const char *bytes, size_t len)
{
	for (; len; bytes++, len--) {
		enum console_verdict verdict = look ? look(*bytes) : CONSOLE_KEEP;

		if (queue_to == QUEUE_SIZE)
			abort();
		if (verdict == CONSOLE_KEEP)
			queue[queue_to++] = *bytes;
		else if (verdict >= CONSOLE_TAKE_ALL)
			queue_from = queue_to;
		cut |= verdict == CONSOLE_INTERRUPT;
		if (verdict != CONSOLE_KEEP)
			taken();
	}
}

static void type(const char *text)
{
	type_bytes(text, strlen(text));
}

static unsigned int hooked;
static int last_signal;

static void hook(int signal)
{
	hooked++;
	last_signal = signal;
}

static struct termios modes;

/* A terminal as it is at first, at the beginning of a row, with nothing typed. */
static void begin(void)
{
	static bool known;
	static struct termios first;
	char rest[16];

	if (!known)
		tty_get_modes(&first);
	known = true;
	modes = first;
	cut = false;
	tty_set_modes(&modes);
	tty_set_signal_hook(hook);
	tty_clear_interrupt();
	queue_from = queue_to = 0;
	/* half a line of the case before */
	type_bytes("\003", 1);
	TEST_EQ(tty_read(rest, sizeof(rest), TIME_NEVER), -EINTR);
	tty_clear_interrupt();
	tty_fresh_line();
	said_len = row_len = hooked = 0;
	said[0] = 0;
	now = 0;
}

static void set(u32 flags, bool on)
{
	modes.c_lflag = on ? modes.c_lflag | flags : modes.c_lflag & ~flags;
	tty_set_modes(&modes);
}

/* What one tty_read() of at most @size bytes gives, as text; its result in @n. */
static const char *got(size_t size, long *n)
{
	static char text[QUEUE_SIZE + 1];

	*n = tty_read(text, size, TIME_NEVER);
	text[*n > 0 ? *n : 0] = 0;
	return text;
}

static bool reads(const char *typed, const char *line)
{
	long n;

	type(typed);
	return TEST_STR(got(QUEUE_SIZE, &n), line) && TEST_EQ(n, (long)strlen(line));
}

/* --- Line mode --- */

static void lines(void)
{
	begin();
	reads("abc\r", "abc\n");
	TEST_STR(said, "abc\r\n");
	reads("abc\n", "abc\n");
	reads("\r", "\n");
	/* one at a time, though more are there */
	reads("one\rtwo\r", "one\n");
	reads("", "two\n");
	modes.c_iflag = IGNCR;
	tty_set_modes(&modes);
	reads("a\rb\n", "ab\n");
	modes.c_iflag = INLCR;
	tty_set_modes(&modes);
	modes.c_cc[VEOL] = '\r';
	tty_set_modes(&modes);
	reads("a\n", "a\r");
}

static void pieces(void)
{
	long n;

	begin();
	type("abcdef\rg\r");
	TEST_STR(got(4, &n), "abcd");
	TEST_STR(got(4, &n), "ef\n");
	TEST_STR(got(4, &n), "g\n");
	TEST_EQ(tty_read(NULL, 0, TIME_NEVER), 0);
	/* a line that was begun in line mode is read to its end in any */
	type("abcdef\rx");
	TEST_STR(got(3, &n), "abc");
	tty_make_raw(&modes);
	tty_set_modes(&modes);
	TEST_STR(got(100, &n), "def\n");
	TEST_STR(got(100, &n), "x");
}

static void erasing(void)
{
	begin();
	reads("abx\177c\r", "abc\n");
	TEST_STR(said, "abx\b \bc\r\n");
	reads("x\b\177\177a\r", "a\n");
	reads("one two  \027three\r", "one three\n");
	reads("\027one\027\027\r", "\n");
	reads("junk\025good\r", "good\n");
	/* a character of UTF-8, a wide one, a control character, a tab */
	said_len = 0;
	reads("\303\274\177\344\270\255\177\001\177\t\177a\r", "a\n");
	TEST_STR(said, "\303\274\b \b\344\270\255\b \b\b \b^A\b \b\b \b \b \ba\r\n");
	/* bytes that are no character are kept, and go one by one or together, but go */
	reads("\377\200\200\177\177\177\177a\r", "a\n");
	set(IEXTEN, false);
	reads("a b\027\r", "a b\027\n");
}

static void special_keys_may_change(void)
{
	begin();
	modes.c_cc[VERASE] = '#';
	modes.c_cc[VKILL] = '@';
	modes.c_cc[VEOF] = 0;
	tty_set_modes(&modes);
	reads("ab#c@d#e\004\177\r", "e\004\177\n");
	/* off is off, and a NUL is a byte */
	type_bytes("a\0b\r", 4);
	{
		char buf[8];

		TEST_EQ(tty_read(buf, sizeof(buf), TIME_NEVER), 4);
		TEST(!memcmp(buf, "a\0b\n", 4));
	}
}

static void end_of_file(void)
{
	long n;

	begin();
	reads("\004", "");
	reads("abc\004", "abc");
	reads("abc\004\004", "abc");
	reads("", "");
	reads("ab\177\177\004", "");
	reads("x\r\004", "x\n");
	TEST_STR(got(10, &n), "");
	TEST_EQ(n, 0);
	/* a piece that is read to its end leaves no end of file behind */
	type("abc\004def\r");
	TEST_STR(got(3, &n), "abc");
	TEST_STR(got(10, &n), "def\n");
	/* it is not echoed */
	TEST(!strstr(said, "^D"));
}

static void long_lines(void)
{
	static char text[3000];
	size_t total = 0;
	long n;

	begin();
	memset(text, 'x', sizeof(text));
	type_bytes(text, sizeof(text));
	type("\r");
	/* in pieces, and nothing is lost */
	do {
		const char *piece = got(QUEUE_SIZE, &n);

		if (!TEST(n > 0 && n <= 1024))
			return;
		total += (size_t)n;
		if (piece[n - 1] == '\n')
			break;
	} while (total <= sizeof(text));
	TEST_EQ(total, sizeof(text) + 1);
	reads("y\r", "y\n");
}

static void echoes(void)
{
	begin();
	reads("a\001\033[A\t\r", "a\001\033[A\t\n");
	TEST_STR(said, "a^A^[[A \r\n");
	said_len = 0;
	set(ECHOCTL, false);
	reads("\001x\177\177\r", "\n");
	TEST_STR(said, "\001x\b \b\r\n");
	said_len = 0;
	set(ECHO, false);
	reads("secret\177\r", "secre\n");
	TEST_EQ(said_len, 0);
	set(ECHONL, true);
	reads("a\r", "a\n");
	TEST_STR(said, "\r\n");
}

/* --- Signals --- */

static void signals(void)
{
	static const struct {
		const char *key, *echo;
		int signal;
	} kinds[] = {
		{ "\003", "^C", SIGINT }, { "\034", "^\\", SIGQUIT }, { "\032", "^Z", SIGTSTP },
	};
	long n;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin();
		type("typed ahead\r");
		type(kinds[i].key);
		TEST_EQ(hooked, 1);
		TEST_EQ(last_signal, kinds[i].signal);
		TEST_STR(said, kinds[i].echo);
		TEST_EQ(tty_interrupted(), kinds[i].signal == SIGINT);
		/* who reads is told, but for Ctrl-Z, before what comes after the key */
		type("aft");
		if (kinds[i].signal != SIGTSTP) {
			got(10, &n);
			TEST_EQ(n, -EINTR);
		}
		/* what came before it is gone, what comes after it is not */
		reads("er\r", "after\n");
		TEST_EQ(hooked, 1);
		begin();
		set(NOFLSH, true);
		type("kept");
		type(kinds[i].key);
		TEST_EQ(hooked, 1);
		reads("\r", "kept\n");
	}
	tty_clear_interrupt();
	TEST(!tty_interrupted());
}

static void without_signals(void)
{
	long n;

	begin();
	set(ISIG, false);
	reads("a\003b\034\032\r", "a\003b\034\032\n");
	TEST_EQ(hooked, 0);
	TEST(!tty_interrupted());
	/* typed ahead while there were none, read when there are: it means what it says now */
	type("x\003y\r");
	set(ISIG, true);
	TEST_EQ(hooked, 0);
	got(10, &n);
	TEST_EQ(n, -EINTR);
	TEST_EQ(hooked, 1);
	TEST(tty_interrupted());
	reads("", "y\n");
	/* Ctrl-Z ends no read, for who reads goes on later */
	set(ISIG, false);
	type("x\032y\r");
	set(ISIG, true);
	reads("", "xy\n");
	TEST_EQ(hooked, 2);
	TEST_EQ(last_signal, SIGTSTP);
}

/* The interrupt has looked at the key, on another CPU, and tells later: signals are off by then. */
static void looked_at_before_modes_change(void)
{
	begin();
	TEST_EQ(look(CTRL('C')), CONSOLE_INTERRUPT);
	set(ISIG, false);
	TEST(tty_interrupted());
	tty_clear_interrupt();
	taken();
	TEST_EQ(hooked, 1);
	TEST(!tty_interrupted());
	reads("a\003\r", "a\003\n");
}

static void no_hook(void)
{
	long n;

	begin();
	tty_set_signal_hook(NULL);
	type("\003");
	TEST(tty_interrupted());
	got(10, &n);
	TEST_EQ(n, -EINTR);
	modes.c_cc[VINTR] = 'q';
	tty_set_modes(&modes);
	tty_clear_interrupt();
	reads("\003\r", "\003\n");
	TEST(!tty_interrupted());
	type("q");
	TEST(tty_interrupted());
}

static void cancelled(void)
{
	long n;

	begin();
	type("half");
	got(10, &n);
	TEST_EQ(n, -EINTR);
	/* it is kept, as for whoever a signal has interrupted that has nothing to do with it */
	reads("way\r", "halfway\n");
	/* a key drops it */
	type("half");
	got(10, &n);
	TEST_EQ(n, -EINTR);
	type("\003");
	got(10, &n);
	TEST_EQ(n, -EINTR);
	reads("whole\r", "whole\n");
	/* a deadline keeps it */
	type("ha");
	{
		char buf[16];

		TEST_EQ(tty_read(buf, sizeof(buf), 5), -ETIMEDOUT);
		TEST_EQ(now, 5);
	}
	reads("lf\r", "half\n");
}

/* --- Raw --- */

static void raw(void)
{
	char buf[16];
	long n;

	begin();
	tty_make_raw(&modes);
	tty_set_modes(&modes);
	type("\003\r\n\004\177");
	TEST_STR(got(16, &n), "\003\r\n\004\177");
	TEST_EQ(hooked, 0);
	TEST_EQ(said_len, 0);
	type("abcdef");
	TEST_STR(got(4, &n), "abcd");
	TEST_STR(got(4, &n), "ef");
	TEST_EQ(tty_read(buf, sizeof(buf), TIME_NEVER), -EINTR);
	TEST_EQ(tty_read(buf, sizeof(buf), 7), -ETIMEDOUT);
	/* VMIN: so many, or what there is when the sleep is cancelled */
	modes.c_cc[VMIN] = 3;
	tty_set_modes(&modes);
	type("abcd");
	TEST_STR(got(16, &n), "abcd");
	type("ab");
	TEST_STR(got(16, &n), "ab");
	type("ab");
	TEST_STR(got(2, &n), "ab");
	/* no VMIN, no VTIME: what there is */
	modes.c_cc[VMIN] = 0;
	tty_set_modes(&modes);
	now = 1;
	TEST_EQ(tty_read(buf, sizeof(buf), TIME_NEVER), 0);
	type("a");
	TEST_STR(got(16, &n), "a");
	/* VTIME alone: so long for the first byte; with VMIN: between two */
	modes.c_cc[VTIME] = 5;
	tty_set_modes(&modes);
	now = 0;
	TEST_EQ(tty_read(buf, sizeof(buf), TIME_NEVER), 0);
	TEST_EQ(now, NS_PER_SEC / 2);
	modes.c_cc[VMIN] = 3;
	tty_set_modes(&modes);
	type("ab");
	TEST_STR(got(16, &n), "ab");
	TEST_EQ(now, NS_PER_SEC);
}

/* --- Random lines --- */

static char model[QUEUE_SIZE];
static size_t model_len;

static void model_erase(void)
{
	while (model_len && (model[--model_len] & 0xc0) == 0x80)
		;
}

/* True when what the model has can be read. */
static bool model_key(const char *key)
{
	switch (*key) {
	case '\177':
		model_erase();
		return false;
	case CTRL('U'):
		model_len = 0;
		return false;
	case CTRL('W'):
		while (model_len && model[model_len - 1] == ' ')
			model_erase();
		while (model_len && model[model_len - 1] != ' ')
			model_erase();
		return false;
	case CTRL('D'):
		return true;
	default:
		for (; *key; key++)
			model[model_len++] = *key == '\r' ? '\n' : *key;
		return model[model_len - 1] == '\n';
	}
}

static void random_lines(void)
{
	static const char *const keys[] = {
		"a", "b", "c", " ", "\303\274", "\342\202\254", "a", "a", " ", "b", "d",
		"\177", "\177", "\025", "\027", "\004", "\r",
	};

	for (u64 round = host_effort(3000); round; round--) {
		bool whole = false;
		long n;

		begin();
		model_len = 0;
		while (!whole && model_len < 900 && queue_to < QUEUE_SIZE - 8) {
			const char *key = keys[host_random_below(ARRAY_SIZE(keys))];

			type(key);
			whole = model_key(key);
		}
		if (!whole) {
			type("\r");
			model_key("\r");
		}
		model[model_len] = 0;
		if (!TEST_STR(got(QUEUE_SIZE, &n), model) || !TEST_EQ(n, (long)model_len))
			return;
		/* the row shows just what was read */
		if (!TEST_STR(row, model[MAX(model_len, 1UL) - 1] == '\n' ? "" : model))
			return;
	}
}

static const struct test_case cases[] = {
	TEST_CASE(lines), TEST_CASE(pieces), TEST_CASE(erasing), TEST_CASE(special_keys_may_change),
	TEST_CASE(end_of_file), TEST_CASE(long_lines), TEST_CASE(echoes), TEST_CASE(signals),
	TEST_CASE(without_signals), TEST_CASE(looked_at_before_modes_change),
	TEST_CASE(no_hook), TEST_CASE(cancelled), TEST_CASE(raw),
	TEST_CASE(random_lines),
};
static const struct test_suite tty_suite = TEST_SUITE_OF("tty", cases);
TEST_SUITE(tty_suite);
