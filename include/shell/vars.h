/* SPDX-License-Identifier: MIT */
/* The shell's variables: one set of names and values for all that it runs. */
#ifndef SHELL_VARS_H
#define SHELL_VARS_H

#include <lib/types.h>

/*
 * Gives the value of the variable with the name of @len bytes at @name: *@value, the caller's to
 * kfree(), or NULL when it is not set. 0, -ENOMEM.
 */
int vars_get(const char *name, size_t len, char **value);

/* Sets the variable, or with @value NULL takes it away: 0, -ENOMEM. */
int vars_set(const char *name, size_t len, const char *value);

/*
 * Copies the name of the first variable behind @after ("": the first of all), in the order of
 * names, to @name, cut to @size bytes. False at the end.
 */
bool vars_next(const char *after, char *name, size_t size);

#define VAR_NAME_MAX	64	/* bytes, with the NUL */

/* The length of the name in NAME=VALUE; 0 when @word is no such thing. */
size_t vars_assignment(const char *word);

#endif
