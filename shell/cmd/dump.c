/* SPDX-License-Identifier: MIT */
/* Bytes in hexadecimal (see dump.h). */
#include <kernel/printk.h>
#include <lib/string.h>

#include "dump.h"

static void show_line(const struct dump *d)
{
	char text[DUMP_LINE + 1];

	print("%08lx", d->base + d->offset);
	for (unsigned int i = 0; i < DUMP_LINE; i++) {
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
	bool same = d->offset && !d->all && d->have == DUMP_LINE &&
		    !memcmp(d->line, d->last, DUMP_LINE);

	if (!same)
		show_line(d);
	else if (!d->repeats)
		print("*\n");
	d->repeats = same;
	memcpy(d->last, d->line, DUMP_LINE);
	d->offset += d->have;
	d->have = 0;
}

void dump_add(struct dump *d, const void *data, size_t size)
{
	for (const u8 *p = data, *end = p + size; p < end; p++) {
		d->line[d->have++] = *p;
		if (d->have == DUMP_LINE)
			end_line(d);
	}
}

void dump_end(struct dump *d)
{
	if (d->have)
		end_line(d);
	if (d->offset)
		print("%08lx\n", d->base + d->offset);
}
