/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline's output (see <kernel/tty.h>). Input is tty_modes.c, or tty_line.c
 * where one mode is enough. It knows nothing of commands or history.
 */
#include <device/console.h>
#include <kernel/tty.h>
#include <lib/string.h>

/* Bytes since the last newline. A race over it costs an empty line at most. */
static unsigned int column;

void tty_write(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);

		console_write(text, n);
		column += (unsigned int)n;
		if (!newline)
			return;
		/* first: a key that is echoed behind the newline, by an interrupt, counts */
		column = 0;
		console_write("\r\n", 2);
		text = newline + 1;
	}
}

void tty_fresh_line(void)
{
	if (column)
		tty_write("\n", 1);
}

unsigned int tty_column(void)
{
	return column;
}

#ifdef CONFIG_PROCESS
void tty_wrote(const char *text, size_t len)
{
	for (; len; text++, len--)
		column = *text == '\n' ? 0 : column + 1;
}
#endif
