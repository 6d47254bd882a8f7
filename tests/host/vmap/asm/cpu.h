/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for the test of the vmap area: one CPU, which nobody waits for. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include "one_cpu.h"

static inline vaddr_t arch_pc(void)
{
	return (vaddr_t)__builtin_return_address(0);
}

static inline void arch_relax(void)
{
	abort();	/* a lock that was left held */
}

static inline void arch_wait_for_interrupt(void)
{
	abort();
}

#endif
