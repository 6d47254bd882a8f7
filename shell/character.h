/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8 as patterns see them. */
#ifndef SHELL_CHARACTER_H
#define SHELL_CHARACTER_H

#include <lib/types.h>

/*
 * The character at @*s, moved behind it, as its bytes of UTF-8 in a row: what comes later in
 * Unicode is the greater number. @*s is not at its end.
 */
static inline u32 character(const char **s)
{
	u32 c = (u8)*(*s)++;

	while (c > 0x7f && c < 1U << 24 && ((u8)**s & 0xc0) == 0x80)
		c = c << 8 | (u8)*(*s)++;
	return c;
}

#endif
