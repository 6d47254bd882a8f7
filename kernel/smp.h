/* SPDX-License-Identifier: MIT */
/* Between smp.c and the files that have a part in starting a CPU. */
#ifndef KERNEL_PRIVATE_SMP_H
#define KERNEL_PRIVATE_SMP_H

#include <device/fdt.h>
#include <lib/types.h>

struct thread;

/* The enabled cpu node behind @node in the tree (the first one, when NULL), or NULL. */
const struct dt_node *cpu_next(const struct dt_node *node);

/*
 * sched_cpu.c: makes CPU @cpu's run queue and idle thread, gives that and the top of its stack: 0
 * or -ENOMEM; takes it back, where the CPU never ran; the CPU's own part; and its idle loop.
 */
int sched_prepare_cpu(unsigned int cpu, struct thread **idle, vaddr_t *stack_top);
void sched_forget_cpu(unsigned int cpu);
void sched_begin_cpu(void);
__noreturn void sched_idle(void);

/*
 * irq.c: has the root controller prepare for CPU @cpu, of that MPIDR affinity, or forget it; and,
 * on that CPU, turns its part of it on, with the lines that each CPU has and somebody has
 * requested. 0 or a negative errno with a log line.
 */
int irq_prepare_cpu(unsigned int cpu, u64 affinity);
void irq_forget_cpu(unsigned int cpu);
int irq_begin_cpu(void);

#endif
