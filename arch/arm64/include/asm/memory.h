/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel's virtual addresses lie: the upper half of the address space, CONFIG_VA_BITS
 * wide. C, assembly and the linker script read these. From the bottom:
 *
 *   ARCH_LINEAR_START   all RAM, half of the space
 *   ARCH_VMAP_START     devices and stacks
 *   ARCH_MEMMAP_START   one struct page for each page of the linear map, present where RAM is
 *   ARCH_IMAGE_START    the kernel image (16 MiB), then the boot UART (64 KiB) and the device
 *                       tree, which share a table
 */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H

#ifdef __ASSEMBLER__
#define UL(x)	x
#else
#define UL(x)	x##UL
#endif

#define PAGE_SHIFT		CONFIG_PAGE_SHIFT
#define PAGE_SIZE		(UL(1) << PAGE_SHIFT)
#define PAGE_MASK		(~(PAGE_SIZE - 1))

#define VA_BITS			CONFIG_VA_BITS

#define ARCH_LINEAR_START	(UL(0xffffffffffffffff) << VA_BITS)
#define ARCH_LINEAR_SIZE	(UL(1) << (VA_BITS - 1))
/*
 * The linear map begins at a multiple of this physical address, so that addresses keep their
 * alignment in it: the largest group of blocks, 16 x 1 GiB, 32 x 32 MiB or 32 x 512 MiB.
 */
#define ARCH_LINEAR_ALIGN	(UL(1) << (PAGE_SHIFT == 14 ? 30 : 34))
#define ARCH_VMAP_START		(ARCH_LINEAR_START + ARCH_LINEAR_SIZE)
#define ARCH_VMAP_END		ARCH_MEMMAP_START
/* 32 bytes a page (<mm/page.h>) */
#define ARCH_MEMMAP_SIZE	(ARCH_LINEAR_SIZE >> (PAGE_SHIFT - 5))
#define ARCH_MEMMAP_START	(ARCH_IMAGE_START - ARCH_MEMMAP_SIZE)
#define ARCH_IMAGE_START	UL(0xffffffff80000000)
#define ARCH_IMAGE_MAX		UL(0x01000000)
#define ARCH_BOOT_UART_START	UL(0xffffffff81000000)
#define ARCH_TREE_START		UL(0xffffffff81010000)
#define ARCH_TREE_MAX UL(0x00200000) /* a tree's largest size, as in Linux's boot protocol */

/*
 * A stack is STACK_SIZE bytes and aligned to twice that, so that one bit of the stack pointer
 * tells the vectors that it has left its stack downwards.
 */
#if CONFIG_PAGE_SHIFT > 14
#define STACK_SHIFT		CONFIG_PAGE_SHIFT
#else
#define STACK_SHIFT		14
#endif
#define STACK_SIZE		(UL(1) << STACK_SHIFT)

/* A report of a panic takes 3,000 bytes, another 1,200 when it faults itself. */
#define EMERGENCY_STACK_SIZE	8192

#endif
