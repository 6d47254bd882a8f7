/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests of drivers: one CPU, and time passes while it waits. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include "device/bus.h"
#include "one_cpu.h"

static inline vaddr_t arch_pc(void)
{
	return (vaddr_t)__builtin_return_address(0);
}

static inline void arch_relax(void)
{
	bus_tick();
}

static inline void arch_wait_for_interrupt(void)
{
	bus_tick();
}

#endif
