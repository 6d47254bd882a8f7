/* SPDX-License-Identifier: MIT */
/*
 * The line editor with completion under libFuzzer: any bytes from a terminal leave a line of whole
 * characters with the cursor between two of them. What the screen then shows is for line.c. The
 * first byte is the width of the window.
 */
#include <kernel/printk.h>
#include <lib/string.h>
#include <lib/test.h>
#include <shell/command.h>
#include <shell/complete.h>
#include <shell/history.h>

#include "../../shell/complete.h"
#include "host.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct line l;

static void nowhere(void *arg __unused, const char *text __unused, size_t len __unused)
{
}

void print(const char *fmt __unused, ...)
{
}

static int run(int argc __unused, char **argv __unused)
{
	return STATUS_OK;
}

static const struct command dt_command = {
	.name = "dt", .usage = "ls|tree [NODE] | cat NODE/PROPERTY", .help = "", .run = run,
};
COMMAND(dt_command);

static void offer(struct completion *c)
{
	complete_offer(c, "/a\303\274\"b", " ");
	complete_offer(c, "/a\303\266'c d", "");
	complete_offer(c, "\xff\xc3", " ");
	complete_offer(c, c->word, c->len > 8 ? "" : " ");
}

static const struct completer node_completer = { .kinds = "NODE", .sign = '$', .offer = offer };
COMPLETER(node_completer);

static void check(void)
{
	unsigned int columns;
	size_t at = 0;
	u32 c;

	if (l.len >= LINE_SIZE || l.text[l.len] || l.at > l.len || !l.columns || !l.rows)
		abort();
	while (at != l.at && at < l.len)
		at += utf8_decode(l.text + at, l.len - at, &c);
	if (at != l.at)
		abort();
	for (at = 0, columns = 0; at < l.len; at += utf8_decode(l.text + at, l.len - at, &c)) {
		utf8_decode(l.text + at, l.len - at, &c);
		columns += utf8_columns(c);
		if ((c < ' ' && c != '\n') || c == 0x7f || c == UTF8_BROKEN)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (!size)
		return 0;
	memset(&l, 0, sizeof(l));
	l.write = nowhere;
	l.complete = complete_line;
	l.columns = *data ? *data : 1;
	l.sized = *data & 1;
	l.rows = 24;
	line_start(&l, "cairn> ", 0, true);
	while (--size) {
		enum line_event event = line_byte(&l, (char)*++data, size % 5 == 0);

		check();
		if (event == LINE_DONE)
			history_add(l.text);
		if (event != LINE_MORE)
			line_start(&l, "cairn> ", *data, size & 1);
		if (size % 7 == 0 && line_waits(&l))
			line_pause(&l);
	}
	return 0;
}
