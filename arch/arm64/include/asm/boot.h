/* SPDX-License-Identifier: MIT */
/*
 * What early boot found and made, for the rest of arch/. It is written with the MMU off, so it
 * stands in the section that nothing zeroes and that early boot invalidates from the caches
 * before it turns the MMU on.
 */
#ifndef ASM_BOOT_H
#define ASM_BOOT_H

#include <lib/types.h>

enum boot_uart_kind { BOOT_UART_NONE, BOOT_UART_PL011, BOOT_UART_8250 };

struct boot_uart {
	paddr_t base;
	vaddr_t addr;		/* where to reach it now: base, later its mapping */
	u32 kind;
	u32 reg_shift;		/* 8250: registers are 1 << this apart */
	u32 io_width;		/* bytes of an access */
};

struct boot_info {
	/* what the MMU is turned on with; head.S and secondary CPUs load these */
	u64 mair;
	u64 tcr;
	u64 sctlr;
	paddr_t idmap_root;
	paddr_t kernel_root;

	u64 failing;		/* exceptions that early boot has had */
	bool tree_broken;	/* early boot's scanner shall look behind what it does not know */
	u64 entry_el;
	paddr_t image;		/* where the image's first byte was loaded */
	paddr_t tree;
	u64 tree_size;		/* bytes up to the end of its last block */
	paddr_t next_table;	/* first unused one of boot_tables */
	struct boot_uart uart;
};

extern struct boot_info boot_info;

#endif
