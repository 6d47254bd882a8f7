/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline over the console: output with carriage returns; input byte by
 * byte, or as lines with echo and simple editing; and the keys that interrupt whoever runs.
 * Modes are those of Linux's termios. What a reader sets it sets back when it is done: they
 * belong to the terminal, not to the reader.
 *
 * Images without CONFIG_TTY_MODES have one mode, that for lines. With CONFIG_PROCESS the console is
 * one of several terminals (<kernel/terminal.h>), and these functions are the kernel's own use of
 * it.
 */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <lib/types.h>

struct termios;

/* Writes text; a newline becomes carriage return and newline. Any context. */
void tty_write(const char *text, size_t len);

/* Starts a new line, unless the cursor stands at the beginning of one. Any context. */
void tty_fresh_line(void);

/* How many bytes were written since the last newline: the cursor's column, for plain text. */
unsigned int tty_column(void);

/*
 * Reads a line with echo, up to its Enter, into @buf, terminated and without the newline.
 * Backspace takes back a character, Ctrl-U the line, Ctrl-C the line with a new one begun
 * (-EINTR). -E2BIG, with the line read to its end, when it is longer than @size - 1 bytes;
 * -ENODEV without a console. Thread context. With CONFIG_TTY_MODES: in the modes for lines.
 */
int tty_read_line(char *buf, size_t size);

/*
 * What is there to read, up to @size bytes: with CONFIG_TTY_MODES as tty_read() without a deadline,
 * else a whole line with its newline, -E2BIG where that is longer. Thread context.
 */
ssize_t tty_read_some(char *buf, size_t size);

#ifdef CONFIG_TTY_MODES
/*
 * The modes now; and other ones, from now on: all of them at once, for the console's interrupt too.
 * What was typed ahead is kept. Any context.
 */
void tty_get_modes(struct termios *modes);
void tty_set_modes(const struct termios *modes);

/* The modes for whoever edits by himself: bytes as they come, no echo, no signals. */
void tty_make_raw(struct termios *modes);

/*
 * Reads up to @size bytes, at most until @deadline (ns as time_now(); TIME_NEVER).
 * With ICANON: a line with its newline, or the rest of one; what Ctrl-D ended, without; 0 at the
 * end of the file, Ctrl-D on an empty line. A line longer than the discipline keeps comes in
 * pieces.
 * Without: what is there, at least VMIN bytes (or after VTIME tenths of a second none).
 * Returns the number of bytes; -EINTR when the sleep was cancelled, or by a key that is a signal,
 * with the line dropped then;
 * -ETIMEDOUT; -ENODEV without a console. Thread context, one reader.
 */
long tty_read(char *buf, size_t size, u64 deadline);

/*
 * Has @hook called with SIGINT, SIGQUIT or SIGTSTP when such a key is typed while ISIG is set,
 * also while nobody reads: from the console's interrupt. What was typed before is then dropped
 * (unless NOFLSH is set), and the key is echoed. A key behind more type-ahead than the console
 * keeps (1 KiB) is noticed when that has been read. NULL: the keys are noted only.
 */
void tty_set_signal_hook(void (*hook)(int signal));

#ifdef CONFIG_PROCESS
/* A program's output has been written: for tty_column(). Any context. */
void tty_wrote(const char *text, size_t len);
#endif

/* Whether Ctrl-C was typed since the last tty_clear_interrupt(). Any context. */
bool tty_interrupted(void);
void tty_clear_interrupt(void);
#else
static inline bool tty_interrupted(void)
{
	return false;
}
#endif

#endif
