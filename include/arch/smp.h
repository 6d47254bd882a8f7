/* SPDX-License-Identifier: MIT */
/*
 * Starting the other CPUs. They are started one after the other, by the boot CPU, from the tree's
 * cpu nodes (Devicetree Specification 0.4, 3.8; Linux's binding arm/cpus.yaml). With CONFIG_SMP.
 */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H

#include <device/fdt.h>
#include <lib/types.h>

/* What a CPU begins with; it reads this when its MMU is on. */
struct arch_secondary {
	vaddr_t stack_top;
	size_t percpu_offset;	/* see arch_percpu_offset() */
	struct thread *thread;	/* its first one */
};

/*
 * Sends the CPU of @node, whose MPIDR affinity is @affinity, on its way to secondary_main() with
 * what @with says: 0 when it is on its way; -EINVAL when the node's enable-method is missing, not
 * known or wrong; -EIO when firmware refuses. Logs what is wrong. No other CPU is on its way.
 */
int arch_cpu_start(const struct dt_node *node, u64 affinity, const struct arch_secondary *with);

/*
 * Nobody waits any more for the CPU that was started last: true when it will not come, should it
 * wake up later; false when it is there, and uses what it was given.
 */
bool arch_cpu_give_up(void);

#endif
