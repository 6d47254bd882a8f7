/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline over the console: output with carriage returns, and input as
 * edited lines.
 */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <lib/types.h>

/* Writes text; a newline becomes carriage return and newline. Any context. */
void tty_write(const char *text, size_t len);

/* Starts a new line, unless the cursor stands at the beginning of one. Any context. */
void tty_fresh_line(void);

/*
 * Reads a line with echo, up to its Enter, into @buf, terminated and without the newline.
 * Backspace takes back a character, Ctrl-U the line, Ctrl-C the line with a new one begun
 * (-EINTR). -E2BIG, with the line read to its end, when it is longer than @size - 1 bytes;
 * -ENODEV without a console. Thread context.
 */
int tty_read_line(char *buf, size_t size);

#endif
