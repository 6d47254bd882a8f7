/* SPDX-License-Identifier: MIT */
/* Patterns of paths: * ? [a-z] [!a-z], and a backslash before what stands for itself. */
#ifndef SHELL_GLOB_H
#define SHELL_GLOB_H

#include <lib/types.h>

struct words;

/* True when @pattern, which has no slash, fits the whole of @name. */
bool glob_match(const char *pattern, const char *name);

/*
 * Adds the paths that fit @pattern to @w, sorted; none where there are none, or no filesystem. A
 * name that begins with a dot fits only a pattern that does. 0, -ENOMEM.
 */
int glob_expand(const char *pattern, struct words *w);

#endif
