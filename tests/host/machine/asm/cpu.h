/* SPDX-License-Identifier: MIT */
/* <asm/cpu.h> for host tests over a machine with RAM: a CPU is a thread of the test. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <sched.h>

extern __thread size_t machine_percpu_offset;

static inline struct thread *arch_current(void)
{
	return NULL;
}

static inline void arch_set_current(struct thread *thread __unused)
{
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
	return (vaddr_t)__builtin_return_address(0);
}

static inline void arch_relax(void)
{
	sched_yield();
}

static inline void arch_wait_for_interrupt(void)
{
	sched_yield();
}

#endif
