/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for the test of the vmap area: one CPU, which nobody waits for. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

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
	abort();	/* a lock that was left held */
}

static inline void arch_wait_for_interrupt(void)
{
	abort();
}

#endif
