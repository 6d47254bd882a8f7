/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the table walker share: tables, each a page of the host's own, so that the
 * sanitizer sees a step beyond one; and ranges to map, around the places where tables and the
 * address space begin and end.
 */
#ifndef HOST_PGTABLE_H
#define HOST_PGTABLE_H

#include <arch/mmu.h>
#include <asm/pgtable_walk.h>

#include "host.h"

#define FIRST		(~0UL << VA_BITS)	/* the kernel's half */
#define SPACE		(1UL << VA_BITS)

/* An empty address space. The tables of the one before it are gone. */
struct pgtable fresh_tables(void);

/* For pgtable_map(): a table, or 0 when none are left; how many are, is the test's to say. */
paddr_t make_table(void);
extern unsigned int tables_left;

/* How many entries at @level make a group, by the manual. */
unsigned int contiguous_entries(int level);

/* Sizes of pages, groups and blocks, by level, and around them. */
size_t random_size(void);

/* A page near one of a few places, so that ranges meet; @size is cut to what is left behind it. */
vaddr_t random_va(size_t *size);

/*
 * Related to @va by the alignment of some level, or by no more than pages where these are not
 * many.
 */
paddr_t random_pa(vaddr_t va, size_t size);

#endif
