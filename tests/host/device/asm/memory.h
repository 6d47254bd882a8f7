/* SPDX-License-Identifier: MIT */
/* <asm/memory.h> for host tests of drivers: no map, only the names, and a granule. */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H

#define ARCH_LINEAR_START	0UL
#define PAGE_SIZE		4096UL

#endif
