/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own address space. The linear map: every bank in the order of physical
 * addresses, blocks as large as alignment allows, no-map ranges left out, and the image's text
 * and read-only data read-only there as well, so that no alias undoes their protection. The
 * vmap area is in vmap.c.
 */
#include <arch/sections.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/boot_mem.h>
#include <mm/map.h>
#include <mm/page.h>
#include <uapi/errno.h>

/*
 * The linear map starts at a multiple of the largest block, so that addresses keep their
 * alignment in it.
 */
#define LINEAR_ALIGN	(PAGE_SHIFT == 12 ? GIB(1) : PAGE_SHIFT == 14 ? MIB(32) : MIB(512))

/*
 * The image brings along enough tables for the first bank; later ones come from memory that is
 * mapped already.
 */
paddr_t map_table_alloc(void)
{
	paddr_t table = arch_boot_table();
	struct page *page;

	if (table)
		return table;
	if (page_bytes_total()) {
		page = page_alloc(0, PAGE_USE_TABLE | PAGE_ZERO);
		return page ? page_to_phys(page) : 0;
	}
	table = boot_mem_alloc_phys(PAGE_SIZE, PAGE_SIZE, "tables");
	if (table)
		__builtin_memset(phys_to_virt(table), 0, PAGE_SIZE);
	return table;
}

static void map_linear(paddr_t start, paddr_t end, unsigned int flags)
{
	int err;

	if (start >= end)
		return;
	err = arch_kernel_map((vaddr_t)phys_to_virt(start), start, end - start, flags,
			      map_table_alloc);
	if (err)
		panic("linear map of %#lx to %#lx: %s", start, end,
		      err == -ENOMEM ? "no memory for tables" :
		      err == -EINVAL ? "not an address" : "overlap");
}

/*
 * The first piece of [*start, end) without a no-map hole: *@start becomes its start; returns its
 * end, or @end with *@start = @end when there is none. It looks at the list anew each time,
 * because mapping a piece may reserve memory for tables.
 */
static paddr_t next_piece(paddr_t *start, paddr_t end)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++) {
		if (!r->no_map || r->base + r->size <= *start || r->base >= end)
			continue;
		if (r->base > *start)
			return r->base;
		*start = MIN(r->base + r->size, end);
	}
	return end;
}

/* Maps a piece: writable, but for what of the image is in it that is not. */
static void map_piece(paddr_t start, paddr_t end)
{
	paddr_t text = arch_image_phys(), data = arch_image_to_phys(section_data_start);

	if (text < end && data > start) {
		map_linear(start, MAX(text, start), MMU_WRITE);
		map_linear(MAX(text, start), MIN(data, end), 0);
		start = MIN(data, end);
	}
	map_linear(start, end, MMU_WRITE);
}

/* Maps all pieces of @bank, but for the one that starts at @done. */
static void map_bank(struct boot_mem_range bank, paddr_t done)
{
	paddr_t end = bank.base + bank.size, stop;

	for (paddr_t start = bank.base; stop = next_piece(&start, end), start < stop; start = stop)
		if (start != done)
			map_piece(start, stop);
}

/*
 * Maps the largest piece of @bank, whose few tables are in the image, and has all further ones
 * taken from there. Returns its start.
 */
static paddr_t map_first(struct boot_mem_range bank)
{
	paddr_t end = bank.base + bank.size, stop, first = bank.base, first_end = bank.base;

	for (paddr_t start = bank.base; stop = next_piece(&start, end), start < stop; start = stop)
		if (stop - start > first_end - first) {
			first = start;
			first_end = stop;
		}
	map_piece(first, first_end);
	boot_mem_window(first, first_end);
	return first;
}

static const struct boot_mem_range *image_bank(void)
{
	const struct boot_mem_range *bank;
	paddr_t image = arch_image_phys();

	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++)
		if (image >= bank->base && image - bank->base < bank->size)
			return bank;
	panic("the image was loaded to %#lx, where there is no memory (device tree, mem=)", image);
}

void map_init(void)
{
	const struct boot_mem_range *bank, *first = boot_mem_bank(0);
	paddr_t done;

	if (!first)
		panic("no memory: not a page is left (device tree, mem=)");
	arch_linear_base = ALIGN_DOWN(first->base, LINEAR_ALIGN);
	boot_mem_clip(arch_linear_base, arch_linear_base + ARCH_LINEAR_SIZE);
	first = image_bank();
	done = map_first(*first);
	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++)
		map_bank(*bank, done);
	boot_mem_window(0, 0);
}
