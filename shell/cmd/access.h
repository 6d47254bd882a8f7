/* SPDX-License-Identifier: MIT */
/* What peek and poke have in common: the first options of their tables, and what they mean. */
#ifndef SHELL_CMD_ACCESS_H
#define SHELL_CMD_ACCESS_H

#include <kernel/debug.h>
#include <shell/command.h>

enum { PHYSICAL, BYTES, HALVES, WORDS, DOUBLES, ADDRESS, ACCESS_ARGUMENTS };

#define ACCESS_OPTIONS \
	[PHYSICAL] = { .letter = 'p', .type = ARGUMENT_FLAG, \
		       .help = "a physical address: RAM or device registers" }, \
	[BYTES] = { .letter = 'b', .type = ARGUMENT_FLAG, .help = "1 byte wide" }, \
	[HALVES] = { .letter = 'h', .type = ARGUMENT_FLAG, .help = "2 bytes wide" }, \
	[WORDS] = { .letter = 'w', .type = ARGUMENT_FLAG, .help = "4 bytes wide, as without" }, \
	[DOUBLES] = { .letter = 'd', .type = ARGUMENT_FLAG, .help = "8 bytes wide" }, \
	[ADDRESS] = { .name = "ADDRESS", .type = ARGUMENT_ADDRESS }

static inline enum debug_space access_space(const struct arguments *a)
{
	return a->given & 1U << PHYSICAL ? DEBUG_PHYSICAL : DEBUG_VIRTUAL;
}

/* Bytes: the widest that was given. */
static inline unsigned int access_size(const struct arguments *a)
{
	return a->given & 1U << DOUBLES ? 8 : a->given & 1U << WORDS ? 4 :
	       a->given & 1U << HALVES ? 2 : a->given & 1U << BYTES ? 1 : 4;
}

/*
 * What is added to the words on a fault: a low address that is mapped nowhere is mostly one of a
 * manual or of the tree, which -p takes. What is next to 0 is a NULL pointer's.
 */
static inline const char *access_hint(const struct arguments *a, u64 address)
{
	return !(a->given & 1U << PHYSICAL) && address >= 4096 && address >> 48 == 0 ?
	       " (a physical address? -p)" : "";
}

#endif
