/* SPDX-License-Identifier: MIT */
/*
 * Boot memory: which physical memory there is and what of it is taken, from the tree until the
 * page allocator takes over. Two sorted lists of ranges, banks and reservations; what it hands
 * out is never given back. Boot CPU only, before other CPUs run; the getters at the end from
 * any thread.
 */
#ifndef MM_BOOT_MEM_H
#define MM_BOOT_MEM_H

#include <lib/types.h>

struct boot_mem_range {
	paddr_t base;
	u64 size;		/* bytes */
	const char *name;	/* of a reservation: what it is for */
	bool no_map;		/* of a reservation: not even in the linear map */
};

/* What the initial ramdisk is reserved for: this very array, as a tree may use the word too. */
extern const char boot_mem_initrd[];

/*
 * Adds RAM. It is cut to whole pages; what overlaps known RAM is merged. Ranges beyond the
 * table's size are dropped with a log line.
 */
void boot_mem_add(paddr_t base, u64 size);

/*
 * Takes [base, base + size), page-aligned outwards, out of what may be handed out. Need not be
 * RAM.
 */
void boot_mem_reserve(paddr_t base, u64 size, const char *name, bool no_map);

/* Forgets RAM until at most @bytes are left, the highest first (`mem=`). */
void boot_mem_limit(u64 bytes);

/* Forgets RAM outside [low, high), which @what cannot reach. Logs what is dropped. */
void boot_mem_clip(paddr_t low, paddr_t high, const char *what);

/*
 * From now on runs are taken from [low, high) only, while the linear map grows, from what it
 * has already. (0, 0) lifts that.
 */
void boot_mem_window(paddr_t low, paddr_t high);

/*
 * Takes @size bytes, rounded up to whole pages, aligned to @align (a power of two, at least a
 * page): its physical address, or 0 when there is no such run. Not zeroed.
 */
paddr_t boot_mem_alloc_phys(size_t size, size_t align, const char *name);

/*
 * The same through the linear map, zeroed, for objects of any size and an alignment up to a
 * page; small ones share pages. Panics when memory is out.
 */
void *boot_mem_alloc(size_t size, size_t align);

/* From now on the page allocator has what is free: both of the above panic. */
void boot_mem_close(void);

/*
 * Cuts [base, base + size), page-aligned, out of the one reservation that holds it, and calls
 * @released for each piece for which that was so. What is reserved twice stays, as does a no-map
 * range, and what is outside of the banks.
 */
void boot_mem_unreserve(paddr_t base, u64 size, void (*released)(paddr_t base, u64 size));

/* The i-th bank and the i-th reservation in the order of their addresses; NULL behind the last. */
const struct boot_mem_range *boot_mem_bank(unsigned int i);
const struct boot_mem_range *boot_mem_reserved(unsigned int i);

/* Sums in bytes: all RAM, and what of it is reserved. */
u64 boot_mem_total(void);
u64 boot_mem_used(void);

#endif
