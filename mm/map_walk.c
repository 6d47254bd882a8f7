/* SPDX-License-Identifier: MIT */
/*
 * A look at all that the kernel has mapped: what each stretch of addresses is, and whether
 * anything has rights that nothing shall have. The tables are asked, not those who filled them. It
 * changes nothing, and knows the kernel's own half only.
 */
#include <arch/sections.h>
#include <lib/assert.h>
#include <mm/map.h>

#include "vmap.h"

/* What lies from here on, up to the next one. */
static const struct place {
	const char *start;
	const char *what;
} places[] = {
	{ (const char *)ARCH_LINEAR_START, "linear map" },
	{ (const char *)ARCH_VMAP_START, "devices, vmalloc" },
	{ (const char *)VMAP_STACKS_START, "stacks" },
	{ (const char *)ARCH_MEMMAP_START, "struct pages" },
	{ section_text_start, "text" },
	{ section_rodata_start, "constants" },
	{ section_data_start, "data" },
	{ boot_stack_guard, "boot stack" },
	{ section_boot_start, "written at boot only" },
	{ section_boot_end, "tables" },
	{ (const char *)ARCH_BOOT_UART_START, "boot UART" },
	{ (const char *)ARCH_TREE_START, "device tree" },
};

static const struct place *place_of(vaddr_t va)
{
	const struct place *p = &places[ARRAY_SIZE(places) - 1];

	while (va < (vaddr_t)p->start)
		p--;
	return p;
}

/* Where @place ends; 0 behind the last address. */
static vaddr_t place_end(const struct place *place)
{
	return place == &places[ARRAY_SIZE(places) - 1] ? 0 : (vaddr_t)place[1].start;
}

/* Adds @run to the range at @arg, or begins it with @run; false when there is no more to add. */
static bool join(const struct mmu_run *run, void *arg)
{
	unsigned int flags = run->flags & ~(unsigned int)MMU_CONTIGUOUS;
	const struct place *place = place_of(run->va);
	struct map_range *range = arg;
	size_t left = place_end(place) - run->va;

	if (!range->what)
		*range = (struct map_range){ .start = run->va, .end = run->va, .flags = flags,
					     .what = place->what };
	else if (range->what != place->what || range->flags != flags || range->end != run->va)
		return false;
	left = MIN(left, run->size);
	range->end += left;
	range->entries += (unsigned int)(left / (run->size / run->entries));
	*(run->flags & MMU_CONTIGUOUS ? &range->groups : &range->blocks) |= run->block;
	return left == run->size;
}

bool map_next(struct map_range *range)
{
	vaddr_t from = range->what ? range->end : ARCH_LINEAR_START;
	unsigned long state;

	*range = (struct map_range){ 0 };
	if (from) {
		state = map_lock();
		arch_kernel_walk(from, join, range);
		map_unlock(state);
	}
	return range->what;
}

/* NULL when that is as it should be; else what is wrong, from *@at on. */
static const char *wrong_with(const struct mmu_run *run, vaddr_t *at)
{
	vaddr_t text = (vaddr_t)section_text_start, text_end = (vaddr_t)section_text_end;

	*at = run->va;
	if ((run->flags & (MMU_WRITE | MMU_EXEC)) == (MMU_WRITE | MMU_EXEC))
		return "writable and executable";
	if (run->flags & MMU_USER)
		return "open to programs";
	if (!(run->flags & MMU_EXEC) || (run->va >= text && run->va + run->size <= text_end))
		return NULL;
	if (run->va >= text)
		*at = MAX(run->va, text_end);
	return "executable, and no code";
}

static bool check(const struct mmu_run *run, void *arg)
{
	unsigned int *entries = arg;
	vaddr_t at;
	const char *wrong = wrong_with(run, &at);

	if (wrong)
		panic("mapped, and %s: %#lx to %#lx, %s", wrong, at, run->va + run->size - 1,
		      place_of(at)->what);
	*entries += run->entries;
	return true;
}

unsigned int map_check(void)
{
	unsigned long state = map_lock();
	unsigned int entries = 0;

	arch_kernel_walk(ARCH_LINEAR_START, check, &entries);
	map_unlock(state);
	return entries;
}
