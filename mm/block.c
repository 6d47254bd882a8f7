/* SPDX-License-Identifier: MIT */
/*
 * Blocks in programs' memory: 2 MiB, 32 MiB or 512 MiB, as the granule has it, that come in by one
 * fault and are one entry of a TLB. Private anonymous memory that may be written to gets them,
 * where a whole block lies in one VMA and the page allocator has such a run. A program asks for
 * them by madvise(MADV_HUGEPAGE): all of a block is zeroed at its first touch, which is dear for
 * who uses a page of it. transparent_hugepage= on the command line says always, madvise or never.
 *
 * A block is one run of pages with one holder, and is written to by nobody else. Whatever concerns
 * a part of it, or shares it (fork), makes pages of it first; that needs no memory, since the table
 * that it takes was made before the block was, and is kept by the block's first page.
 */
#include <arch/atomic.h>
#include <kernel/cmdline.h>
#include <lib/log.h>
#include <lib/string.h>

#include "space.h"

#define BLOCK_PAGES	(1UL << ARCH_BLOCK_ORDER)

/* Written at boot only. */
bool blocks_always;
static bool blocks_never;

static u64 blocks;	/* atomic: of all spaces */

u64 space_block_bytes(void)
{
	return atomic_load_relaxed(&blocks) * ARCH_BLOCK_SIZE;
}

void space_blocks_init(void)
{
	char word[16];

	if (cmdline_value("transparent_hugepage", word, sizeof(word)) < 0)
		return;
	blocks_always = !strcmp(word, "always");
	blocks_never = !strcmp(word, "never");
	if (!blocks_always && !blocks_never && strcmp(word, "madvise"))
		log_warn("transparent_hugepage=%s: not always, madvise or never", word);
}

static bool may_be_block(const struct space *space, const struct vma *vma, vaddr_t start)
{
	return !blocks_never && !space->no_blocks && start >= vma->start &&
	       start + ARCH_BLOCK_SIZE <= vma->end && vma->flags & VMA_WRITE &&
	       !(vma->flags & (VMA_NO_BLOCKS | VMA_SHARED | VMA_EXEC | VMA_GROWS_DOWN));
}

bool block_fault(struct space *space, struct vma *vma, vaddr_t va)
{
	vaddr_t start = ALIGN_DOWN(va, ARCH_BLOCK_SIZE);
	struct page *page;
	paddr_t table;

	/* with less than that free nobody is asked to give memory back for what pages do as well */
	if (!may_be_block(space, vma, start) || page_bytes_free() < 2 * ARCH_BLOCK_SIZE)
		return false;
	page = page_alloc(ARCH_BLOCK_ORDER, PAGE_USE_PROCESS | PAGE_ZERO | PAGE_QUIET);
	if (!page)
		return false;
	if (!arch_space_set_block(&space->arch, start, page_to_phys(page),
				  vma_table_flags(vma) | MMU_WRITE, &table)) {
		page_put(page);
		return false;
	}
	page->owner = phys_to_page(table);
	vma->used = true;
	space->blocks++;
	atomic_add_relaxed(&blocks, 1);
	space->faults++;
	space->resident += BLOCK_PAGES;
	space->peak = MAX(space->peak, space->resident);
	return true;
}

bool block_is_there(struct space *space, vaddr_t va)
{
	paddr_t pa;

	return arch_space_next_block(&space->arch, &va, va + 1, &pa);
}

/* Makes single pages of a run, each with one holder. */
static void shatter(struct page *page)
{
	while (page->order)
		shatter(page_split(page));
}

static void cut(struct space *space, vaddr_t va, struct page *page, bool drop)
{
	const struct page *table = page->owner;

	arch_space_split_block(&space->arch, va, page_to_phys(table), drop);
	page->owner = NULL;
	space->blocks--;
	atomic_add_relaxed(&blocks, -1UL);
	if (drop) {
		space->resident -= BLOCK_PAGES;
		page_put(page);
	} else {
		shatter(page);
	}
}

void blocks_cut(struct space *space, vaddr_t start, vaddr_t end, bool drop)
{
	vaddr_t va = start;
	paddr_t pa;

	while (space->blocks && arch_space_next_block(&space->arch, &va, end, &pa)) {
		bool inside = va >= start && va + ARCH_BLOCK_SIZE <= end;

		cut(space, va, phys_to_page(pa), drop && inside);
		va += ARCH_BLOCK_SIZE;
	}
}
