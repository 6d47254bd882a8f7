/* SPDX-License-Identifier: MIT */
/*
 * hexdump: bytes of files, one behind the other, or of its input, as Linux's hexdump -C prints
 * them: 16 a line with their place and their characters. A line like the one before it becomes a *.
 */
#include <lib/string.h>

#include "inputs.h"

#define LINE_BYTES	16

enum { CANONICAL, ALL, LENGTH, SKIP, FILES };

static const struct argument hexdump_arguments[] = {
	[CANONICAL] = { .letter = 'C', .type = ARGUMENT_FLAG, .help = "this form: the only one" },
	[ALL] = { .letter = 'v', .type = ARGUMENT_FLAG, .help = "no * for lines that repeat" },
	[LENGTH] = { .letter = 'n', .name = "LENGTH", .type = ARGUMENT_SIZE, .preset = INT64_MAX,
		     .help = "no more bytes than that" },
	[SKIP] = { .letter = 's', .name = "SKIP", .type = ARGUMENT_SIZE,
		   .help = "not so many of the first bytes" },
	[FILES] = INPUT_FILES,
};

struct dump {
	u64 base;		/* the place of the first byte that is shown */
	u64 offset;		/* of the line, from there */
	u64 skip, left;		/* bytes */
	bool all, repeats;
	unsigned int have;	/* bytes of the line */
	u8 line[LINE_BYTES], last[LINE_BYTES];
};

static void show_line(const struct dump *d)
{
	char text[LINE_BYTES + 1];

	print("%08lx", d->base + d->offset);
	for (unsigned int i = 0; i < LINE_BYTES; i++) {
		const char *gap = i % 8 ? " " : "  ";

		if (i < d->have)
			print("%s%02x", gap, d->line[i]);
		else
			print("%s  ", gap);
	}
	for (unsigned int i = 0; i < d->have; i++)
		text[i] = d->line[i] >= ' ' && d->line[i] <= '~' ? (char)d->line[i] : '.';
	text[d->have] = 0;
	print("  |%s|\n", text);
}

static void end_line(struct dump *d)
{
	bool same = d->offset && !d->all && d->have == LINE_BYTES &&
		    !memcmp(d->line, d->last, LINE_BYTES);

	if (!same)
		show_line(d);
	else if (!d->repeats)
		print("*\n");
	d->repeats = same;
	memcpy(d->last, d->line, LINE_BYTES);
	d->offset += d->have;
	d->have = 0;
}

static int dump(const char *name __unused, void *arg)
{
	char buffer[SHELL_READ_SIZE];
	struct dump *d = arg;
	ssize_t n = 0;

	if (input_loops())
		return INPUT_LOOPS;
	while (d->left && !shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0) {
		u64 skipped = MIN(d->skip, (u64)n), end = MIN((u64)n, skipped + d->left);

		d->skip -= skipped;
		d->left -= end - skipped;
		for (u64 i = skipped; i < end; i++) {
			d->line[d->have++] = (u8)buffer[i];
			if (d->have == LINE_BYTES)
				end_line(d);
		}
	}
	return n < 0 ? (int)n : 0;
}

static int hexdump(const struct arguments *a)
{
	struct dump d = {
		.skip = (u64)a->value[SKIP].number, .left = (u64)a->value[LENGTH].number,
		.all = a->value[ALL].number,
	};
	int status;

	d.base = d.skip;
	status = inputs_each("hexdump", a, dump, &d);
	if (status == STATUS_STOPPED)
		return status;
	if (d.have)
		end_line(&d);
	if (d.offset)
		print("%08lx\n", d.base + d.offset);
	return status;
}

static const struct command hexdump_command = {
	.name = "hexdump", .help = "bytes of files, or of what it reads, in hexadecimal",
	.parsed = hexdump, ARGUMENTS(hexdump_arguments),
};
COMMAND(hexdump_command);
