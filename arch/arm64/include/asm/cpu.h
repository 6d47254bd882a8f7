/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/cpu.h>. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/sysreg.h>

static inline struct thread *arch_current(void)
{
	struct thread *thread;

	/* not volatile: it never changes under the code of one thread, so reads may be merged */
	__asm__("mrs %0, sp_el0" : "=r"(thread));
	return thread;
}

static inline void arch_set_current(struct thread *thread)
{
	sysreg_write(sp_el0, (u64)thread);
}

static inline size_t arch_percpu_offset(void)
{
	return sysreg_read(tpidr_el1);
}

static inline void arch_set_percpu_offset(size_t offset)
{
	sysreg_write(tpidr_el1, offset);
}

static inline vaddr_t arch_pc(void)
{
	vaddr_t pc;

	__asm__("adr %0, ." : "=r"(pc));
	return pc;
}

static inline void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static inline void arch_wait_for_interrupt(void)
{
	/* earlier writes are done before the CPU goes to sleep */
	dsb(sy);
	__asm__ volatile("wfi" ::: "memory");
}

#endif
