/* SPDX-License-Identifier: MIT */
/*
 * UTF-8, and how wide a character is on a terminal. Any context; no allocation.
 *
 * A character has 0 columns when it joins the one before it, 2 in the East Asian wide ranges and
 * the blocks of emoji, else 1. Left out: sequences that a terminal draws as one (flags, skin
 * tones, families joined by U+200D) count as their parts, and characters whose width depends on
 * the locale are narrow.
 */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <lib/types.h>

#define UTF8_MAX	4		/* bytes of a character, at most */
#define UTF8_BROKEN	0xfffd		/* what stands for a byte that belongs to none */

/*
 * The bytes of the character at @s, of which @len > 0 can be read, and its number in *@c. A byte
 * that begins none (cut short, overlong, a surrogate) is 1 and UTF8_BROKEN.
 */
size_t utf8_decode(const char *s, size_t len, u32 *c);

/* How many bytes a character has that begins with @lead: 1 to 4, or 0 when none does. */
size_t utf8_length(u8 lead);

/* Columns that @c takes: 0, 1 or 2. Control characters count 1. */
unsigned int utf8_columns(u32 c);

/* Whether a terminal may obey @c instead of showing it. */
static inline bool utf8_control(u32 c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

#endif
