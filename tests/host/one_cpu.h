/* SPDX-License-Identifier: MIT */
/* What <asm/cpu.h> is in host tests with one CPU, but for how it waits: no thread, no copies. */
#ifndef HOST_ONE_CPU_H
#define HOST_ONE_CPU_H

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

#endif
