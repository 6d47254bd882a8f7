/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests of drivers: one CPU, and time passes while it waits. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include "device/bus.h"

static inline struct thread *arch_current(void)
{
	return NULL;
}

static inline void arch_set_current(struct thread *thread __unused)
{
}

static inline size_t arch_percpu_offset(void)
{
	return 0;
}

static inline void arch_set_percpu_offset(size_t offset __unused)
{
}

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
