/* SPDX-License-Identifier: MIT */
/*
 * peek: what is at an address, of memory or of a device: as many values of one width as wanted,
 * 16 bytes a line. Each value is one access. The first one that faults ends it.
 */
#include "access.h"

#define LINE_BYTES	16

enum { COUNT = ACCESS_ARGUMENTS };

static const struct argument peek_arguments[] = {
	ACCESS_OPTIONS,
	[COUNT] = { .name = "COUNT", .type = ARGUMENT_NUMBER, .min = 1, .max = INT64_MAX,
		    .preset = 1, .optional = true, .help = "values" },
};

static int peek(const struct arguments *a)
{
	u64 address = (u64)a->value[ADDRESS].number;
	unsigned int size = access_size(a), per_line = LINE_BYTES / size;
	s64 count = a->value[COUNT].number;

	for (s64 i = 0; i < count && !shell_stopped(); i++, address += size) {
		bool first = i % per_line == 0;
		const char *why;
		u64 value;

		if (debug_read(access_space(a), address, size, &value, &why)) {
			print("%speek: %#lx: %s%s\n", first ? "" : "\n", address, why,
			      access_hint(a, address));
			return STATUS_FAIL;
		}
		if (first)
			print("0x%016lx:", address);
		print(" %0*lx%s", (int)size * 2, value,
		      i + 1 == count || (i + 1) % per_line == 0 ? "\n" : "");
	}
	return STATUS_OK;
}

static const struct command peek_command = {
	.name = "peek", .help = "read memory or device registers", .parsed = peek,
	ARGUMENTS(peek_arguments),
};
COMMAND(peek_command);
