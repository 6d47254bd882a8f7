/* SPDX-License-Identifier: MIT */
/* The kernel's own address space: the linear map of all RAM, and mappings of devices. */
#ifndef MM_MAP_H
#define MM_MAP_H

#include <arch/mmu.h>
#include <lib/types.h>

/* Between a RAM address and its place in the linear map. Any context. */
static inline void *phys_to_virt(paddr_t pa)
{
	return (void *)(vaddr_t)(pa - arch_linear_base + ARCH_LINEAR_START);
}

static inline paddr_t virt_to_phys(const void *p)
{
	return (vaddr_t)p - ARCH_LINEAR_START + arch_linear_base;
}

/*
 * Puts all boot memory into the linear map, the kernel's text and read-only data read-only,
 * `no-map` ranges left out. Boot CPU, once. Panics where memory does not suffice.
 */
void map_init(void);

/*
 * A zeroed page for the kernel's tables, or 0: from the image, then from boot memory, then from the
 * page allocator.
 */
paddr_t map_table_alloc(void);

/*
 * Boot is over: what it alone writes (__ro_after_init in <arch/sections.h>) is read-only from here
 * on, and all mappings are checked. Boot CPU, once.
 */
void map_protect(void);

/* A stretch of the kernel's addresses that is one thing, all of it with the same rights. */
struct map_range {
	vaddr_t start;
	vaddr_t end;		/* 0 behind the last address */
	unsigned int flags;	/* MMU_* but for the contiguous hint */
	unsigned int entries;	/* of the tables */
	size_t blocks;		/* the sizes of these in bytes, or'ed: each is a power of two */
	size_t groups;		/* likewise the sizes of groups with the contiguous hint */
	const char *what;	/* "linear map", "text", ... */
};

/*
 * The first such stretch, when *@range is zeroes, and then always the next one. False when there
 * is none. What is mapped meanwhile may be missed. Any context.
 */
bool map_next(struct map_range *range);

/*
 * Looks at all that is mapped; panics with the range when something is writable and executable,
 * executable without being the kernel's text, or open to programs. Returns how many entries that
 * were. Any context.
 */
unsigned int map_check(void);

/*
 * Maps device registers, [pa, pa + size), page-aligned outwards, with an unmapped page on either
 * side (mm/vmap.c). Never executable. Returns the address of @pa itself; NULL when some of it is
 * memory that the linear map has, and when space or memory is out. Thread context or boot.
 */
void *ioremap(paddr_t pa, size_t size);

/*
 * Takes back what ioremap() returned; NULL is fine. Later uses of the address fault. What ioremap()
 * did not return is a broken invariant.
 */
void iounmap(void *p);

#endif
