/* SPDX-License-Identifier: MIT */
/*
 * Translation tables: all arithmetic on the granule, and the bits of an entry (ARM DDI 0487,
 * D8). Levels count as in the manual: 3 holds pages, 0 is the highest. A table has
 * 2^(PAGE_SHIFT - 3) entries of 8 bytes, so each level resolves that many bits. The linker script
 * reads this as well, to know how many tables early boot needs.
 */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

#include <asm/sysreg.h>

#define TABLE_BITS		(PAGE_SHIFT - 3)

/* The shift of one entry at @level: what it resolves or maps is 1 << that many bytes. */
#define LEVEL_SHIFT(level)	(PAGE_SHIFT + (3 - (level)) * TABLE_BITS)
#define LEVEL_SIZE(level)	(UL(1) << LEVEL_SHIFT(level))

/* The first level of a walk over @va_bits; its table need not use all of its entries. */
#define START_LEVEL(va_bits)	(4 - ((va_bits) - PAGE_SHIFT + TABLE_BITS - 1) / TABLE_BITS)

/*
 * The highest level whose entries may be blocks: 1 GiB and 2 MiB with 4K, 32 MiB with 16K, 512
 * MiB with 64K.
 */
#define BLOCK_LEVEL_MIN		(PAGE_SHIFT == 12 ? 1 : 2)

/*
 * The contiguous hint: this many entries of one table (as a power of two), the first of them at
 * a multiple of their size in virtual and in physical addresses, alike but for their addresses
 * and all of them valid, may be one entry of a TLB. 16 with 4K; 128 pages or 32 blocks with
 * 16K; 32 with 64K.
 */
#define CONTIGUOUS_SHIFT(level)	(PAGE_SHIFT == 12 ? 4 : PAGE_SHIFT == 14 && (level) == 3 ? 7 : 5)

/* The early identity map can name any address that a 48-bit physical address space has. */
#define IDMAP_BITS		48

#ifndef __ASSEMBLER__
#include <lib/types.h>

#define TABLE_ENTRIES		(1U << TABLE_BITS)

static_assert(PAGE_SHIFT == 12 || PAGE_SHIFT == 14 || PAGE_SHIFT == 16,
	      "the granules of the architecture");
static_assert(VA_BITS >= 36 && VA_BITS <= 48,
	      "the linear map needs room, and 52 bits need more than this");
static_assert(ARCH_LINEAR_ALIGN == LEVEL_SIZE(BLOCK_LEVEL_MIN)
					   << CONTIGUOUS_SHIFT(BLOCK_LEVEL_MIN),
	      "the linear map keeps the alignment of the largest group");
static_assert(CONTIGUOUS_SHIFT(3) < TABLE_BITS, "a group of entries lies in one table");

#define PTE_VALID		BIT(0)
#define PTE_TABLE		BIT(1)	/* levels 0 to 2: a table; level 3: a page */
#define PTE_ATTR(index)		((u64)(index) << 2)
#define PTE_ATTR_INDEX(pte)	(((pte) >> 2) & 7)
#define PTE_USER		BIT(6)
#define PTE_RDONLY		BIT(7)
#define PTE_INNER_SHAREABLE	(3UL << 8)
#define PTE_ACCESSED		BIT(10)
#define PTE_NOT_GLOBAL		BIT(11)
#define PTE_CONTIGUOUS		BIT(52)
#define PTE_PXN			BIT(53)
#define PTE_UXN			BIT(54)

/* Physical addresses beyond these need entries of another form (FEAT_LPA). */
#define PA_BITS_MAX		48
#define PTE_ADDRESS		(((1UL << PA_BITS_MAX) - 1) & PAGE_MASK)
#endif

#endif
