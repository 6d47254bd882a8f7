/* SPDX-License-Identifier: MIT */
/*
 * Faults on purpose (Kconfig's choice BREAK): each helper plants one of the classic mistakes of
 * bringing up a machine, at the place where people make it. With BREAK_NONE they are gone, to
 * the last byte. The missing stack pointer is in head.S.
 */
#ifndef BOOT_BREAK_H
#define BOOT_BREAK_H

#include "boot.h"

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <asm/pgtable_walk.h>

/* T1SZ one too large: the upper half is half as wide as the tables are made for. */
static inline u64 break_tcr(u64 tcr)
{
	return IS_ENABLED(CONFIG_BREAK_TCR) ? tcr + TCR_T1SZ(63) : tcr;
}

/* The memory types one index too high: what shall be normal memory has none. */
static inline u64 break_mair(u64 mair)
{
	return IS_ENABLED(CONFIG_BREAK_MAIR) ? mair << 8 : mair;
}

/* One entry of many: the page of code at @va is looked for in the one behind it. */
static inline void break_table(const struct pgtable *t, vaddr_t va, paddr_t pa)
{
	if (!IS_ENABLED(CONFIG_BREAK_TABLE))
		return;
	pgtable_unmap(t, va, PAGE_SIZE);
	pgtable_map(t, va, pa + PAGE_SIZE, PAGE_SIZE, MMU_EXEC, NULL);
}

/*
 * The tree names another place for the UART: its first address becomes another by bit 8. That
 * is where nothing answers, and nothing complains.
 */
static inline void break_uart(const struct early_node *node)
{
	u32 len;
	uintptr_t reg;

	if (!IS_ENABLED(CONFIG_BREAK_UART))
		return;
	reg = (uintptr_t)early_prop(node, "reg", &len);
	if (reg && len >= 8)	/* address and size have as many cells each */
		*(u8 *)(reg + len / 2 - 2) ^= 1;
}

/* Waits for what never comes, and no interrupt ends it. */
static inline void break_hang(void)
{
	while (IS_ENABLED(CONFIG_BREAK_HANG))
		arch_relax();
}

#endif
