/* SPDX-License-Identifier: MIT */
/* Between smp.c and head.S: how another CPU gets to C. */
#ifndef ARM64_SMP_H
#define ARM64_SMP_H

#include <arch/smp.h>
#include <lib/types.h>

/* Where the CPU that is being started stands. */
enum { START_NOBODY, START_REQUESTED, START_CLAIMED };

struct cpu_start {
	u64 affinity;			/* whose turn it is, as arch_cpu_affinity() */
	u64 state;			/* START_*, changed by compare and swap */
	struct arch_secondary with;
};

/* In memory that CPUs share with their caches on: it is read after their MMUs are. */
extern struct cpu_start cpu_start;

/* head.S: where other CPUs come to life, MMU off, at any exception level. */
void secondary_entry(void);

/* smp.c: from head.S, on the CPU's first stack. */
void arch_secondary_begin(void);

#endif
