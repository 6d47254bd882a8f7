/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests of what threads wait in: the test says which thread runs. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

extern struct thread *sync_current;

static inline struct thread *arch_current(void)
{
	return sync_current;
}

static inline void arch_set_current(struct thread *thread)
{
	sync_current = thread;
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
	return 0;
}

static inline void arch_relax(void)
{
}

static inline void arch_wait_for_interrupt(void)
{
}

#endif
