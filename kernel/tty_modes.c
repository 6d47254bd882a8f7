/* SPDX-License-Identifier: MIT */
/*
 * The terminal's input (see <kernel/tty.h>), as Linux's n_tty does it, for readers of any kind.
 *
 * Bytes wait in the console's ring until somebody reads; then they are mapped (carriage return to
 * newline), echoed and, with ICANON, gathered to a line which the erase, word-erase and kill
 * characters change. So the echo of what was typed ahead comes when it is read, in its place.
 * Signals cannot wait: their characters are looked for in the receive interrupt, which may come on
 * another CPU, in whatever mode the terminal is at that moment: `modes_lock` is held for the look,
 * and while modes change. So who has turned signals off knows that no more keys become any, and
 * tty_interrupted() of all that did; but what is told of the last one may still come.
 *
 * Echo is written in one place: control characters as ^X, a tab as one blank, so that what is
 * erased is as wide as what was echoed. Does not do yet: VLNEXT, VREPRINT, IXON, more than one
 * terminal. c_oflag is kept only: output always makes carriage return and newline of a newline.
 */
#include <arch/atomic.h>
#include <device/console.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <lib/utf8.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

#define CTRL(c)		((c) - '@')
#define DELETE		0x7f
#define CANON_SIZE	1024		/* bytes of a line; more comes in pieces */
#define TENTH		(NS_PER_SEC / 10)

static struct spinlock modes_lock = SPINLOCK_INIT;
/* written with the lock held; a reader has use for one word at a time, whether it is new or old */
static struct termios modes = {
	.c_iflag = ICRNL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | CLOCAL,	/* what programs are told; nothing is set */
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | IEXTEN,
	.c_cc = {
		[VINTR] = CTRL('C'), [VQUIT] = CTRL('\\'), [VERASE] = DELETE, [VKILL] = CTRL('U'),
		[VEOF] = CTRL('D'), [VMIN] = 1, [VSUSP] = CTRL('Z'), [VWERASE] = CTRL('W'),
	},
};

static void (*signal_hook)(int signal);
static bool interrupted;
static unsigned char taken_key;		/* by the interrupt, until it is told; the console's lock */
static int taken_signal;

/* The line of ICANON; the reader's own: */
static char line[CANON_SIZE];
static size_t line_len;			/* of what has been typed of it */
static size_t line_given;		/* of what has been read of it */
static bool line_whole;			/* it can be read */

/* A key that is a signal came: the line that was begun goes. Atomic. */
static bool line_dropped;

static bool is_set(u32 flag)
{
	return modes.c_lflag & flag;
}

/* A special character that is 0 is off. */
static bool is_special(unsigned int which, char c)
{
	return c && (u8)c == modes.c_cc[which];
}

/* --- Echo --- */

static bool is_control(char c)
{
	return (u8)c < ' ' || c == DELETE;
}

static void echo(char c)
{
	char shown[2] = { '^', (char)(c ^ '@') };

	if (c == '\n') {
		if (is_set(ECHO | ECHONL))
			tty_write("\n", 1);
	} else if (!is_set(ECHO)) {
		return;
	} else if (c == '\t') {
		tty_write(" ", 1);
	} else if (is_control(c) && is_set(ECHOCTL)) {
		tty_write(shown, 2);
	} else {
		tty_write(&c, 1);
	}
}

/* Takes the last character off the line and off the screen; one of UTF-8 goes as a whole. */
static void erase(void)
{
	unsigned int columns = 1;
	size_t at = line_len;
	u32 c;

	if (!at)
		return;
	for (at--; at && ((u8)line[at] & 0xc0) == 0x80; at--)
		;
	utf8_decode(line + at, line_len - at, &c);
	if (is_control(line[at]) && line[at] != '\t')
		columns = is_set(ECHOCTL) ? 2 : 0;
	else
		columns = utf8_columns(c);
	line_len = at;
	while (is_set(ECHO) && columns--)
		console_write("\b \b", 3);
}

/* --- Signals --- */

static int signal_of(char c)
{
	if (is_special(VINTR, c))
		return SIGINT;
	if (is_special(VQUIT, c))
		return SIGQUIT;
	return is_special(VSUSP, c) ? SIGTSTP : 0;
}

static void note(int signal)
{
	if (signal == SIGINT)
		atomic_store_relaxed(&interrupted, true);
}

static void drop_line(void)
{
	if (!is_set(NOFLSH))
		atomic_store_relaxed(&line_dropped, true);
}

/* What was begun of a line, unless a key has dropped it: then nothing. */
static void look_at_line(void)
{
	if (!atomic_exchange_acquire(&line_dropped, false))
		return;
	line_whole = false;
	line_len = line_given = 0;
}

/* In the receive interrupt, the console's lock held. */
static enum console_verdict look(char c)
{
	enum console_verdict verdict = CONSOLE_KEEP;
	int signal;

	spin_lock(&modes_lock);
	signal = is_set(ISIG) ? signal_of(c) : 0;
	if (signal) {
		taken_key = (u8)c;
		taken_signal = signal;
		note(signal);
		drop_line();
		verdict = is_set(NOFLSH) ? CONSOLE_TAKE :
			  signal == SIGTSTP ? CONSOLE_TAKE_ALL : CONSOLE_INTERRUPT;
	}
	spin_unlock(&modes_lock);
	return verdict;
}

static void tell(char key, int signal)
{
	echo(key);
	if (signal_hook)
		signal_hook(signal);
}

static void taken(void)
{
	tell((char)taken_key, taken_signal);
}

void tty_set_signal_hook(void (*hook)(int signal))
{
	signal_hook = hook;
	console_set_filter(look, taken);
}

bool tty_interrupted(void)
{
	return atomic_load_relaxed(&interrupted);
}

void tty_clear_interrupt(void)
{
	atomic_store_relaxed(&interrupted, false);
}

/* --- Modes --- */

void tty_get_modes(struct termios *to)
{
	unsigned long state = spin_lock_irqsave(&modes_lock);

	*to = modes;
	spin_unlock_irqrestore(&modes_lock, state);
}

void tty_set_modes(const struct termios *from)
{
	unsigned long state = spin_lock_irqsave(&modes_lock);

	modes = *from;
	spin_unlock_irqrestore(&modes_lock, state);
}

void tty_make_raw(struct termios *m)
{
	m->c_iflag &= ~(u32)(ICRNL | INLCR | IGNCR);
	m->c_lflag &= ~(u32)(ISIG | ICANON | ECHO | ECHONL | IEXTEN);
	m->c_cc[VMIN] = 1;
	m->c_cc[VTIME] = 0;
}

/* --- Reading --- */

/*
 * The next byte after c_iflag's mapping, or an error. A signal's key that was typed ahead, while
 * the terminal had no signals, means now what it says.
 */
static int next(u64 deadline)
{
	for (;;) {
		int c = console_read(deadline);
		int signal = c >= 0 && is_set(ISIG) ? signal_of((char)c) : 0;

		if (signal) {
			note(signal);
			tell((char)c, signal);
			if (signal == SIGTSTP)
				continue;
			drop_line();
			return -EINTR;
		}
		if (c == '\r' && (modes.c_iflag & IGNCR))
			continue;
		if (c == '\r' && (modes.c_iflag & ICRNL))
			return '\n';
		if (c == '\n' && (modes.c_iflag & INLCR))
			return '\r';
		return c;
	}
}

static void erase_word(void)
{
	while (line_len && line[line_len - 1] == ' ')
		erase();
	while (line_len && line[line_len - 1] != ' ')
		erase();
}

/* Takes a typed character into the line. True when that can be read now. */
static bool take(char c)
{
	if (is_special(VERASE, c) || c == '\b') {
		erase();
	} else if (is_special(VWERASE, c) && is_set(IEXTEN)) {
		erase_word();
	} else if (is_special(VKILL, c)) {
		while (line_len)
			erase();
	} else if (is_special(VEOF, c)) {
		return true;
	} else {
		line[line_len++] = c;
		echo(c);
		return c == '\n' || is_special(VEOL, c) || is_special(VEOL2, c) ||
		       line_len == sizeof(line);
	}
	return false;
}

static long read_line(char *buf, size_t size, u64 deadline)
{
	size_t n;

	look_at_line();
	while (!line_whole) {
		int c = next(deadline);

		look_at_line();
		if (c < 0)
			return c;
		line_whole = take((char)c);
	}
	n = MIN(size, line_len - line_given);
	memcpy(buf, line + line_given, n);
	line_given += n;
	if (line_given == line_len) {
		line_whole = false;
		line_len = line_given = 0;
	}
	return (long)n;
}

static long read_raw(char *buf, size_t size, u64 deadline)
{
	size_t least = MIN(modes.c_cc[VMIN], size), n = 0;
	u64 pause = modes.c_cc[VTIME] * TENTH;

	while (n < size && (n < least || !n || console_pending())) {
		/* VTIME: how long to wait for the first byte, or with VMIN for each further one */
		bool timed = pause && (n || !least);
		u64 until = timed ? MIN(deadline, time_now() + pause) : deadline;
		int c = next(n || least || pause ? until : 0);

		if (c == -ETIMEDOUT && (n || !least))
			break;
		if (c < 0)
			return n ? (long)n : c;
		buf[n++] = (char)c;
		echo((char)c);
	}
	return (long)n;
}

long tty_read(char *buf, size_t size, u64 deadline)
{
	if (!size)
		return 0;
	/* a line that was begun in the other mode is read to its end */
	if (is_set(ICANON) || line_whole)
		return read_line(buf, size, deadline);
	return read_raw(buf, size, deadline);
}

#ifdef CONFIG_PROCESS
/* Takes what has been typed, as far as the line goes: then reading gives something at once. */
static void gather(void)
{
	look_at_line();
	while (!line_whole && console_pending()) {
		int c = next(0);

		look_at_line();
		if (c >= 0)
			line_whole = take((char)c);
	}
}

size_t tty_available(void)
{
	if (is_set(ICANON))
		gather();
	return line_whole ? line_len - line_given : is_set(ICANON) ? 0 : console_available();
}

bool tty_readable(void)
{
	size_t n = tty_available();

	/* Ctrl-D on an empty line can be read too: it is an end */
	if (is_set(ICANON) || line_whole)
		return line_whole;
	return n >= (modes.c_cc[VTIME] ? 1 : MAX(modes.c_cc[VMIN], (u8)1));
}

void tty_flush_input(void)
{
	while (console_pending())
		console_read(0);
	line_whole = false;
	line_len = line_given = 0;
}
#endif

/* For a shell without an editor of its own, in the mode for lines. A long one comes in pieces. */
int tty_read_line(char *buf, size_t size)
{
	bool too_long = false;
	size_t len = 0;
	long n;

	do {
		if (len == size) {
			too_long = true;
			len = 0;
		}
		n = tty_read(buf + len, size - len, TIME_NEVER);
		if (n < 0)
			return (int)n;
		len += (size_t)n;
	} while (len && buf[len - 1] != '\n');
	buf[len ? len - 1 : 0] = '\0';
	return too_long ? -E2BIG : 0;
}

ssize_t tty_read_some(char *buf, size_t size)
{
	return tty_read(buf, size, TIME_NEVER);
}
