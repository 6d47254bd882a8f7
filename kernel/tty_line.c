/* SPDX-License-Identifier: MIT */
/*
 * The terminal's input where nobody needs more than lines for a shell (see <kernel/tty.h>): one
 * terminal, one reader, one mode. Larger images have tty_modes.c instead.
 */
#include <device/console.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define CTRL(c)		((c) - '@')
#define DELETE		0x7f
#define ESCAPE		0x1b

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

ssize_t tty_read_some(char *buf, size_t size)
{
	int err = size < 2 ? -EINVAL : tty_read_line(buf, size - 1);

	if (err)
		return err;
	size = strlen(buf);
	buf[size] = '\n';
	return (ssize_t)size + 1;
}
