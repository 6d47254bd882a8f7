/* SPDX-License-Identifier: MIT */
/*
 * <asm/memory.h> for host tests over a machine with RAM (machine.h): where its linear map and its
 * array of struct page lie in the test's own address space.
 */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H

#define PAGE_SHIFT		CONFIG_PAGE_SHIFT
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(~(PAGE_SIZE - 1))

#define ARCH_LINEAR_START	0x200000000000UL
#define ARCH_LINEAR_SIZE	0x100000000000UL
#define ARCH_MEMMAP_START	0x300000000000UL
#define ARCH_MEMMAP_SIZE	(ARCH_LINEAR_SIZE >> (PAGE_SHIFT - 5))

#endif
