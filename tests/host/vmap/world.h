/* SPDX-License-Identifier: MIT */
/*
 * What mm/vmap.c stands on, in the test: pages and tables out of pools that are counted, and
 * tables that the real walker works on.
 */
#ifndef HOST_VMAP_WORLD_H
#define HOST_VMAP_WORLD_H

#include <mm/page.h>

#define RAM_BASE	GIB(1)
#define RAM_PAGES	2048

extern struct page memmap[RAM_PAGES];
extern bool page_taken[RAM_PAGES];
extern size_t pages_taken, tables_taken;

extern u64 until_failure;	/* allocations, tables and pages alike, that still work; ~0: all */
extern bool failed;		/* one did not */
extern size_t out_of_memory;	/* calls of page_out_of_memory() */

/* No table but the root. */
void fresh_tables(void);

/* Tables that can be reached from the root on. */
size_t count_tables(void);

#endif
