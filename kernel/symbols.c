/* SPDX-License-Identifier: MIT */
/*
 * Names for code addresses. The build links once, lists the functions, and links again with the
 * table at the end of read-only data (scripts/kallsyms.awk): offsets from the start of text in
 * ascending order, and the names one after another. Finding a name means to count strings: it
 * is for failures and listings.
 */
#include <arch/sections.h>
#include <kernel/kallsyms.h>
#include <kernel/symbols.h>
#include <lib/format.h>
#include <lib/string.h>

const char *symbol_lookup(vaddr_t addr, size_t *offset, size_t *size)
{
	vaddr_t text = (vaddr_t)section_text_start;
	unsigned int low = 0, high = kallsyms_count;
	const char *name = kallsyms_names;

	if (!high || addr < text + kallsyms_offsets[0] || addr >= (vaddr_t)section_text_end)
		return NULL;
	/* the last one that starts at or before the address: always in [low, high) */
	while (high - low > 1) {
		unsigned int middle = (low + high) / 2;

		if (text + kallsyms_offsets[middle] <= addr)
			low = middle;
		else
			high = middle;
	}
	*offset = addr - text - kallsyms_offsets[low];
	*size = (low + 1 < kallsyms_count ? text + kallsyms_offsets[low + 1]
					  : (vaddr_t)section_text_end) -
		text - kallsyms_offsets[low];
	while (low--)
		name += strlen(name) + 1;
	return name;
}

size_t format_code_address(char *buf, size_t size, vaddr_t addr)
{
	size_t offset, length;
	const char *name = symbol_lookup(addr, &offset, &length);

	if (!name)
		return snprintf(buf, size, "%#lx", addr);
	return snprintf(buf, size, "%s+0x%zx/0x%zx", name, offset, length);
}
