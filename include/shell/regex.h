/* SPDX-License-Identifier: MIT */
/* Small regular expressions: for lines. */
#ifndef SHELL_REGEX_H
#define SHELL_REGEX_H

#include <lib/types.h>

/*
 * True when @pattern fits somewhere in @text: characters; . any one; [a-z] and [^a-z] one of a set;
 * x* x+ x? any number of x, at least one, at most one; ^ and $ the beginning and the end, where the
 * pattern begins or ends with them; a backslash before what stands for itself. No groups, no
 * alternatives. Takes time in proportion to the product of both lengths, squared at worst.
 */
bool regex_find(const char *pattern, const char *text, bool ignore_case);

#endif
