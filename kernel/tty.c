/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline (see <kernel/tty.h>): one terminal, one reader. It knows nothing
 * of commands or history.
 */
#include <device/console.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define CTRL(c)		((c) - '@')
#define DELETE		0x7f
#define ESCAPE		0x1b

/* Whether what was written last was no newline. A race over it costs an empty line at most. */
static bool within_line;

void tty_write(const char *text, size_t len)
{
	const char *end = text + len;

	if (len)
		within_line = end[-1] != '\n';

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		console_write(text, (size_t)((newline ? newline : end) - text));
		if (!newline)
			return;
		console_write("\r\n", 2);
		text = newline + 1;
	}
}

void tty_fresh_line(void)
{
	if (within_line)
		tty_write("\n", 1);
}

/* Takes the last character off the line and off the screen; a UTF-8 character goes as a whole. */
static void erase(char *buf, size_t *len)
{
	while (*len && (buf[*len - 1] & 0xc0) == 0x80)
		--*len;
	if (*len) {
		--*len;
		console_write("\b \b", 3);
	}
}

/*
 * Follows escape sequences, which cursor and function keys send: ESC [ parameters final, ESC O
 * final, ESC and one character. True when @c belongs to one; *@state starts as 0.
 */
static bool in_escape(int *state, int c)
{
	int before = *state;

	if (c == ESCAPE) {
		*state = ESCAPE;
		return true;
	}
	if (before == ESCAPE)
		*state = c == '[' || c == 'O' ? c : 0;
	else if (before == 'O' || (c >= '@' && c <= '~'))
		*state = 0;
	return before;
}

int tty_read_line(char *buf, size_t size)
{
	static bool after_return;	/* a newline behind a carriage return is no second Enter */
	bool too_long = false;
	int escape = 0;
	size_t len = 0;

	for (;;) {
		int c = console_read(TIME_NEVER);
		bool was_return = after_return;

		if (c < 0)
			return c;
		after_return = c == '\r';
		if (c >= ' ' || c == ESCAPE) {
			if (in_escape(&escape, c))
				continue;
		} else {
			escape = 0;	/* a control character ends what was cut short */
		}
		switch (c) {
		case '\n':
			if (was_return)
				continue;
			/* fall through */
		case '\r':
			tty_write("\n", 1);
			buf[len] = 0;
			return too_long ? -E2BIG : 0;
		case CTRL('C'):
			tty_write("^C\n", 3);
			return -EINTR;
		case CTRL('U'):
			while (len)
				erase(buf, &len);
			too_long = false;
			continue;
		case '\b':
		case DELETE:
			erase(buf, &len);
			continue;
		case '\t':
			c = ' ';
			break;
		}
		if (c < ' ')
			continue;
		if (len + 1 == size) {
			too_long = true;
			continue;
		}
		buf[len++] = (char)c;
		console_write(&buf[len - 1], 1);
	}
}
