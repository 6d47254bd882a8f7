/* SPDX-License-Identifier: MIT */
/*
 * Bytes in hexadecimal, as Linux's hexdump -C prints them: 16 a line with their place and their
 * characters. A line like the one before it becomes a *.
 */
#ifndef SHELL_CMD_DUMP_H
#define SHELL_CMD_DUMP_H

#include <lib/types.h>

#define DUMP_LINE	16	/* bytes */

/* Zeroes, but for the first two. */
struct dump {
	u64 base;		/* the place of the first byte that is shown */
	bool all;		/* no * for lines that repeat */
	bool repeats;
	u64 offset;		/* of the line, from there */
	unsigned int have;	/* bytes of the line */
	u8 line[DUMP_LINE], last[DUMP_LINE];
};

/* Adds @size bytes, and prints the lines that are full. */
void dump_add(struct dump *d, const void *data, size_t size);

/* Prints what is left, and the place behind the last byte, where there was any. */
void dump_end(struct dump *d);

#endif
