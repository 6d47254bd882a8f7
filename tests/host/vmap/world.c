/* SPDX-License-Identifier: MIT */
/*
 * See world.h. The pages are numbers only: nobody looks into them. Any free one may be handed out.
 */
#include <arch/mmu.h>
#include <asm/pgtable_walk.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/map.h>

#include "../host.h"
#include "world.h"

#define TABLE_BASE	(RAM_BASE + RAM_PAGES * PAGE_SIZE)
#define TABLES		64

paddr_t arch_linear_base = RAM_BASE;
bool host_irqs_off;

struct page memmap[RAM_PAGES];
struct page *const host_memmap = memmap;
bool page_taken[RAM_PAGES];
size_t pages_taken, tables_taken;

static u8 *tables;

u64 until_failure = ~0UL;
bool failed;
size_t out_of_memory;

static bool fails(void)
{
	if (until_failure == ~0UL)
		return false;
	if (until_failure)
		until_failure--;
	else
		failed = true;
	return failed;
}

void fresh_tables(void)
{
	if (!tables)
		tables = aligned_alloc(PAGE_SIZE, TABLES * PAGE_SIZE);
	if (!tables)
		abort();
	memset(tables, 0, TABLES * PAGE_SIZE);
	tables_taken = 1;
}

paddr_t map_table_alloc(void)
{
	if (tables_taken == TABLES || fails())
		return 0;
	return TABLE_BASE + tables_taken++ * PAGE_SIZE;
}

struct page *page_alloc(unsigned int order, unsigned int flags)
{
	size_t first = host_random_below(RAM_PAGES);

	TEST(!order && ((flags & PAGE_USE_MASK) == PAGE_USE_STACK) == !!(flags & PAGE_ZERO));
	if (pages_taken == RAM_PAGES || fails())
		return NULL;
	while (page_taken[first % RAM_PAGES])
		first++;
	first %= RAM_PAGES;
	page_taken[first] = true;
	pages_taken++;
	memset(&memmap[first].link, 0xaa, sizeof(memmap[first].link));
	return &memmap[first];
}

void page_free(struct page *page)
{
	size_t i = (size_t)(page - memmap);

	if (TEST(i < RAM_PAGES && page_taken[i])) {
		page_taken[i] = false;
		pages_taken--;
	}
}

struct page *page_lookup(paddr_t pa)
{
	return pa >= RAM_BASE && pa < TABLE_BASE ? phys_to_page(pa) : NULL;
}

u64 page_bytes_free(void)
{
	return (RAM_PAGES - pages_taken) * PAGE_SIZE;
}

void page_out_of_memory(const void *caller, size_t bytes, unsigned int use)
{
	TEST(caller && bytes && use == PAGE_USE_KERNEL);
	out_of_memory++;
}

static u64 *access_table(paddr_t table)
{
	return (u64 *)(tables + (table - TABLE_BASE));
}

static const struct pgtable kernel = {
	.root = TABLE_BASE, .va_bits = VA_BITS, .start_level = START_LEVEL(VA_BITS),
	.access = access_table,
};

int arch_kernel_map(vaddr_t va, paddr_t pa, size_t size, unsigned int flags, mmu_table_alloc *alloc)
{
	return pgtable_map(&kernel, va, pa, size, flags, alloc);
}

void arch_kernel_unmap(vaddr_t va, size_t size)
{
	TEST_EQ(pgtable_unmap(&kernel, va, size), 0);
}

bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block)
{
	int level;
	u64 pte = pgtable_lookup(&kernel, va, &level);

	*block = LEVEL_SIZE(level);
	*pa = (pte & PTE_ADDRESS) + (va & (*block - 1));
	*flags = pte_flags(pte);
	return pte != 0;
}

static size_t count_from(paddr_t table, int level)
{
	size_t n = 1;

	for (unsigned int i = 0; level < 3 && i < TABLE_ENTRIES; i++) {
		u64 pte = access_table(table)[i];

		if ((pte & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE))
			n += count_from(pte & PTE_ADDRESS, level + 1);
	}
	return n;
}

size_t count_tables(void)
{
	return count_from(TABLE_BASE, START_LEVEL(VA_BITS));
}
