/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests of files over a machine with RAM: one CPU, and one thread on it. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

extern struct thread *world_thread;
extern __thread size_t machine_percpu_offset;

static inline struct thread *arch_current(void)
{
	return world_thread;
}

static inline void arch_set_current(struct thread *thread)
{
	world_thread = thread;
}

static inline size_t arch_percpu_offset(void)
{
	return machine_percpu_offset;
}

static inline void arch_set_percpu_offset(size_t offset)
{
	machine_percpu_offset = offset;
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
