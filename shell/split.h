/* SPDX-License-Identifier: MIT */
/* From a line to commands and their words. Pure text work, so that host tests run it too. */
#ifndef SHELL_SPLIT_H
#define SHELL_SPLIT_H

#include <lib/types.h>

#define ARGS_MAX	32	/* words of a command, the NULL behind them included */

/*
 * Splits the next command off *@line, in place: words end at spaces, the command at a
 * semicolon, a # that begins a word, or the end. Single and double quotes and a backslash take
 * away what a character means. Fills @argv, with a NULL behind, and moves *@line on. Returns
 * the number of words; -1 at the end of the line; -EINVAL for a quote that never ends; -E2BIG
 * for too many words.
 */
int command_split(char **line, char *argv[ARGS_MAX]);

#endif
