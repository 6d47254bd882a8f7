/* SPDX-License-Identifier: MIT */
/*
 * poke: writes values of one width to an address and those behind it, of memory or of a device,
 * and says what it wrote. All words are looked at before the first one is written.
 */
#include <lib/format.h>

#include "access.h"

enum { VALUES = ACCESS_ARGUMENTS };

static const struct argument poke_arguments[] = {
	ACCESS_OPTIONS,
	[VALUES] = { .name = "VALUE", .type = ARGUMENT_TEXT, .many = true },
};

/* True when @word is a number of @size bytes. */
static bool read_value(const char *word, unsigned int size, u64 *value)
{
	if (!parse_u64(word, 0, value) && (size == 8 || !(*value >> 8 * size)))
		return true;
	print("poke: %s: no number of %u byte%s\n", word, size, size == 1 ? "" : "s");
	return false;
}

static int poke(const struct arguments *a)
{
	u64 address = (u64)a->value[ADDRESS].number, value;
	unsigned int size = access_size(a);
	const char *why;

	for (int i = 0; i < a->count; i++)
		if (!read_value(a->words[i], size, &value))
			return STATUS_USAGE;
	for (int i = 0; i < a->count && !shell_stopped(); i++, address += size) {
		read_value(a->words[i], size, &value);
		if (debug_write(access_space(a), address, size, value, &why)) {
			print("poke: %#lx: %s%s\n", address, why, access_hint(a, address));
			return STATUS_FAIL;
		}
		print("0x%016lx: %0*lx written\n", address, (int)size * 2, value);
	}
	return STATUS_OK;
}

static const struct command poke_command = {
	.name = "poke", .help = "write to memory or device registers", .parsed = poke,
	ARGUMENTS(poke_arguments),
};
COMMAND(poke_command);
