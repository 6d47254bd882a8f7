/* SPDX-License-Identifier: MIT */
/* How the shell reads its lines, and how what it runs is interrupted meanwhile. */
#ifndef SHELL_EDIT_H
#define SHELL_EDIT_H

#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <shell/prompt.h>

#ifdef CONFIG_SHELL_EDIT
/* Ctrl-C interrupts what the shell's thread does, from now on. Once, from that thread. */
void edit_init(void);

/*
 * Writes @prompt and reads a line into @buf, as tty_read_line() does, by the line editor. Between
 * two calls the terminal has the modes that commands find: lines, echo, signals.
 */
int edit_read_line(const char *prompt, char *buf, size_t size);
#else
static inline void edit_init(void)
{
}

static inline int edit_read_line(const char *prompt, char *buf, size_t size)
{
	tty_write(prompt, strlen(prompt));
	if (!shell_prompt_time)
		shell_prompt_time = time_now();
	return tty_read_line(buf, size);
}
#endif

#endif
