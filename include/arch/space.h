/* SPDX-License-Identifier: MIT */
/*
 * The address space of a program, as far as the machine is concerned: its tables, and the number by
 * which TLBs know it (ASID). Called by mm/ only, which holds the lock that guards a space.
 * Addresses and sizes are multiples of the page size; nothing here sleeps. With CONFIG_PROCESS.
 *
 * Flags are MMU_WRITE, MMU_EXEC and MMU_USER of <arch/mmu.h>: without MMU_USER the page is there,
 * and nobody may use it (PROT_NONE).
 */
#ifndef ARCH_SPACE_H
#define ARCH_SPACE_H

#include <arch/mmu.h>
#include <lib/types.h>

struct arch_space;

/* Of one page, in the tables. */
typedef u64 arch_slot;

/*
 * An empty space: 0, -ENOMEM. Its tables come from space_table() (<arch/upcall.h>); who gave them
 * frees them, when no CPU uses the space any more.
 */
int arch_space_init(struct arch_space *space);

/*
 * Where the tables have what is mapped at @va, with tables made on the way; NULL: no memory. For
 * the two below, until the lock is released.
 */
arch_slot *arch_space_slot(struct arch_space *space, vaddr_t va);

/* The first page of [*@va, @end) that is mapped, in a block too: true, *@va and *@pa; or false. */
bool arch_space_next_page(const struct arch_space *space, vaddr_t *va, vaddr_t end, paddr_t *pa);

/* What is mapped there: true, *@pa and *@flags; or false. */
static inline bool arch_slot_get(const arch_slot *slot, paddr_t *pa, unsigned int *flags);

/*
 * Maps the page at @va, whose slot that is, to @pa; what was mapped there is replaced, and no CPU
 * uses it when this returns.
 */
void arch_slot_set(struct arch_space *space, arch_slot *slot, vaddr_t va, paddr_t pa,
		   unsigned int flags);

/* The same as the first two, where no table is made: true; or false. */
bool arch_space_lookup(const struct arch_space *space, vaddr_t va, paddr_t *pa,
		       unsigned int *flags);

/*
 * Unmaps pages of [va, end), as many as fit into @pa, which has room for *@n of them: their
 * physical addresses, and how many there were. Returns how far it came: @end when nothing is left.
 * With @flush no CPU uses them when this returns; without it nobody may run in the space any more.
 */
vaddr_t arch_space_unmap(struct arch_space *space, vaddr_t va, vaddr_t end, paddr_t *pa, size_t *n,
			 bool flush);

/* Gives all pages of [va, end) that are mapped the rights @flags, on all CPUs. */
void arch_space_protect(struct arch_space *space, vaddr_t va, vaddr_t end, unsigned int flags);

/*
 * Maps in @to what of [va, end) is mapped in @from, where nothing may be yet, calls @held for each
 * page and counts them in *@count. With @readonly nobody may write to these pages any more, in
 * either space; @from's CPUs know that after arch_space_flush(). 0; -ENOMEM: some of them are
 * mapped.
 */
int arch_space_copy(struct arch_space *to, struct arch_space *from, vaddr_t va, vaddr_t end,
		    bool readonly, void (*held)(paddr_t pa), size_t *count);

/*
 * Blocks: ARCH_BLOCK_SIZE bytes, aligned to that, that are one entry instead of a table of pages.
 * The table, which is needed when the block is cut, is kept by whoever maps it meanwhile. No other
 * function may be called for a range that has part of a block, but for arch_space_lookup().
 */

/* The first block that has something of [*@va, @end): true, *@va where it begins, *@pa its page. */
bool arch_space_next_block(const struct arch_space *space, vaddr_t *va, vaddr_t end, paddr_t *pa);

/*
 * Maps the block at @va, of which arch_space_slot() has just found a page's slot, to @pa: true and
 * its table in *@table; false: other pages are mapped there.
 */
bool arch_space_set_block(struct arch_space *space, vaddr_t va, paddr_t pa, unsigned int flags,
			  paddr_t *table);

/* In place of the block there is its table from here on: of its pages, or, with @drop, empty. */
void arch_space_split_block(struct arch_space *space, vaddr_t va, paddr_t table, bool drop);

/* All CPUs forget what they knew of @space. */
void arch_space_flush(struct arch_space *space);

/* All CPUs forget what they knew of any space. */
void arch_space_flush_all(void);

/*
 * How many bits of a space's number (see space_number() in <arch/upcall.h>) this CPU tells apart.
 */
unsigned int arch_asid_bits(void);

#define ARCH_ASID_BITS_MAX	16

#include <asm/space.h>

#endif
