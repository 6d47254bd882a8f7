/* SPDX-License-Identifier: MIT */
/* Tables and ranges for the tests of the table walker: see pgtable.h. */
#include <lib/string.h>

#include "pgtable.h"

#define TABLES_MAX	4096

static void *table[TABLES_MAX];
static unsigned int table_count;
unsigned int tables_left;

static u64 *table_at(paddr_t pa)
{
	return (u64 *)pa;
}

paddr_t make_table(void)
{
	void *page;

	if (!tables_left || table_count == TABLES_MAX)
		return 0;
	tables_left--;
	page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	if (!page)
		abort();
	memset(page, 0, PAGE_SIZE);
	table[table_count++] = page;
	return (paddr_t)page;
}

struct pgtable fresh_tables(void)
{
	while (table_count)
		free(table[--table_count]);
	tables_left = TABLES_MAX;
	return (struct pgtable){ make_table(), VA_BITS, START_LEVEL(VA_BITS), table_at };
}

unsigned int contiguous_entries(int level)
{
	static const unsigned int last[] = { 16, 128, 32 }, others[] = { 16, 32, 32 };

	return (level == 3 ? last : others)[(PAGE_SHIFT - 12) / 2];
}

size_t random_size(void)
{
	int level = 1 + (int)host_random_below(3);
	size_t size;

	if (level < BLOCK_LEVEL_MIN)
		level = 3;
	size = LEVEL_SIZE(level) * (1 + host_random_below(level == 1 ? 3 : 40));
	if (host_random_below(3) == 0)
		size += PAGE_SIZE * host_random_below(40);
	return size;
}

vaddr_t random_va(size_t *size)
{
	static const u64 part[] = { 0, 1, 3 };
	vaddr_t at = FIRST + SPACE / 4 * part[host_random_below(3)];
	size_t off = 0, left;

	for (int level = MAX(1, START_LEVEL(VA_BITS)); level <= 3; level++)
		if (host_random_below(3) == 0)
			off += LEVEL_SIZE(level) * host_random_below(level == 1 ? 2 : 50);
	off %= SPACE / 4;
	at = host_random_below(5) ? at + off : FIRST + SPACE - PAGE_SIZE - off;
	left = FIRST + SPACE - at;
	*size = MIN(*size, left);
	return at;
}

paddr_t random_pa(vaddr_t va, size_t size)
{
	size_t unit = LEVEL_SIZE(1 + (int)host_random_below(size < 2 * LEVEL_SIZE(2) ? 3 : 2));
	paddr_t pa = host_random() & PTE_ADDRESS & ~(unit - 1);

	return (pa | (va & (unit - 1))) & ((1UL << 47) - 1);
}

