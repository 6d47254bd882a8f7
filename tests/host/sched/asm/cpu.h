/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests of scheduler policies: one CPU. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include "one_cpu.h"

static inline vaddr_t arch_pc(void)
{
	return (vaddr_t)__builtin_return_address(0);
}

static inline void arch_relax(void)
{
}

static inline void arch_wait_for_interrupt(void)
{
}

#endif
