/* SPDX-License-Identifier: MIT */
/* What the parser makes of a text, in words, and whether it holds together. */
#ifndef HOST_SHELL_SHOW_H
#define HOST_SHELL_SHOW_H

#include <lib/types.h>

/*
 * Parses all lines of @text, checks that what comes of each is within it and in order, and writes
 * it as [word][word] with ; & | && || and < > >> in between, or the error, "-EINVAL 3: why". The
 * text, the words and the commands are in memory of just their size. What was written is good until
 * the next call.
 */
const char *shell_show(const char *text, size_t len);

#endif
