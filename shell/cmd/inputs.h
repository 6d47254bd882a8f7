/* SPDX-License-Identifier: MIT */
/* What a filter reads: the files that it was given, or what the command itself reads. */
#ifndef SHELL_CMD_INPUTS_H
#define SHELL_CMD_INPUTS_H

#include <shell/command.h>

/* The last argument of a filter's table. */
#define INPUT_FILES	{ .name = "FILE", .type = ARGUMENT_TEXT, .optional = true, .many = true, \
			  .help = "files to read; -, or none: what it is given to read" }

/* What is wanted of one input: 0; a negative errno; INPUT_LOOPS. */
typedef int input_fn(const char *name, void *arg);

#define INPUT_LOOPS	1

/* INPUT_LOOPS when what shell_read() reads is the file that is written to, and else 0. */
int input_loops(void);

/*
 * Calls @act for each file of @a, with the file as what shell_read() reads; @name is the word that
 * was given. "-" is the command's own input, and so is what it reads when there is no file at all:
 * then @name is NULL. What cannot be opened, or where @act returns an error, is a line, and the
 * rest follows. STATUS_OK or STATUS_FAIL; STATUS_STOPPED.
 */
int inputs_each(const char *command, const struct arguments *a, input_fn *act, void *arg);

#endif
