/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own address space. The linear map: every bank in the order of physical
 * addresses, blocks as large as alignment allows, no-map ranges left out, and the image's text
 * and read-only data read-only there as well, so that no alias undoes their protection; likewise
 * what boot alone writes, whose own mapping becomes read-only when boot is over. The vmap area
 * is in vmap.c.
 */
#include <arch/sections.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/boot_mem.h>
#include <mm/map.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "vmap.h"

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
	if (IS_ENABLED(CONFIG_DYNAMIC_MEMORY) && page_bytes_total()) {
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
	err = arch_kernel_map((vaddr_t)phys_to_virt(start), start, end - start,
			      flags | MMU_CONTIGUOUS, map_table_alloc);
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

/*
 * Maps a piece: writable, but for what of the image is in it that is not, or will not be when
 * boot is over.
 */
static void map_piece(paddr_t start, paddr_t end)
{
	const paddr_t edges[] = {
		arch_image_phys(), arch_image_to_phys(section_data_start),
		arch_image_to_phys(section_boot_start), arch_image_to_phys(section_boot_end),
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
		paddr_t stop = MIN(MAX(edges[i], start), end);

		map_linear(start, stop, i % 2 ? 0 : MMU_WRITE);
		start = stop;
	}
	map_linear(start, end, MMU_WRITE);
}

/* Maps all of @bank, but for what is @done, from the start of a piece on. */
static void map_bank(struct boot_mem_range bank, struct boot_mem_range done)
{
	paddr_t end = bank.base + bank.size, stop;

	for (paddr_t start = bank.base; stop = next_piece(&start, end), start < stop; start = stop)
		map_piece(start == done.base ? start + done.size : start, stop);
}

/*
 * Maps the largest piece of @bank, or the beginning of it, whose few tables are in the image, and
 * has all further ones taken from there. Returns what it mapped.
 */
static struct boot_mem_range map_first(struct boot_mem_range bank)
{
	paddr_t end = bank.base + bank.size, stop;
	struct boot_mem_range first = { .base = bank.base };

	for (paddr_t start = bank.base; stop = next_piece(&start, end), start < stop; start = stop)
		if (stop - start > first.size) {
			first.base = start;
			first.size = stop - start;
		}
	/* the image has tables for so much (kernel.lds.S) */
	stop = ALIGN_UP(first.base + ARCH_LINEAR_ALIGN, ARCH_LINEAR_ALIGN);
	first.size = MIN(first.size, stop - first.base);
	map_piece(first.base, first.base + first.size);
	boot_mem_window(first.base, first.base + first.size);
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
	const struct boot_mem_range *bank = boot_mem_bank(0);
	struct boot_mem_range done;

	if (!bank)
		panic("no memory: not a page is left (device tree, mem=)");
	arch_linear_base = ALIGN_DOWN(bank->base, ARCH_LINEAR_ALIGN);
	boot_mem_clip(0, arch_phys_end(), "this CPU");
	boot_mem_clip(arch_linear_base, arch_linear_base + ARCH_LINEAR_SIZE, "the linear map");
	done = map_first(*image_bank());
	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++)
		map_bank(*bank, done);
	boot_mem_window(0, 0);
}

void map_protect(void)
{
	unsigned long state;
	int err;

	if (!IS_ENABLED(CONFIG_MAP_STRICT))
		return;
	state = map_lock();
	err = arch_kernel_protect((vaddr_t)section_boot_start,
				  (size_t)(section_boot_end - section_boot_start), 0);
	map_unlock(state);
	if (err)
		panic("cannot make %p to %p read-only", section_boot_start, section_boot_end);
	map_check();
}
