/* SPDX-License-Identifier: MIT */
/*
 * What a key costs at the end of a line: from the byte that the reader got to its echo in the
 * UART's FIFO. The echo goes out as a carriage return, which leaves the screen as it is.
 */
#include <kernel/tty.h>
#include <lib/bench.h>
#include <lib/string.h>

#include "line.h"

#define ROUNDS	200

static void write(void *arg __unused, const char *text __unused, size_t len)
{
	while (len--)
		tty_write("\r", 1);
}

static void nowhere(void *arg __unused, const char *text __unused, size_t len __unused)
{
}

static struct line line;

static int key(u64 *value)
{
	line.columns = 80;
	line.rows = 24;
	line.sized = true;
	line.write = nowhere;
	line_start(&line, "", 0, false);
	line.write = write;
	*value = BENCH_LOOP(ROUNDS, line_byte(&line, 'x', false));
	return 0;
}

static const struct bench shell_key_bench = {
	.group = "shell", .name = "shell.key", .unit = BENCH_INSTRUCTIONS, .run = key,
};
BENCH(shell_key_bench);
