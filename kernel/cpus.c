/* SPDX-License-Identifier: MIT */
/* The CPUs that the tree has (see <kernel/cpu.h>). */
#include <device/fdt.h>
#include <kernel/cpu.h>
#include <lib/string.h>

#include "smp.h"

/* All are below /cpus, and nothing else has that type. */
static inline bool is_cpu(const struct dt_node *node)
{
	const char *type = node->depth == 2 && node->enabled ? dt_string(node, "device_type", 0) :
							       NULL;

	return type && strcmp(type, "cpu") == 0;
}

unsigned int cpu_present(void)
{
	const struct dt_node *node = NULL;
	unsigned int count = 0;

	while ((node = dt_next(node)))
		if (is_cpu(node))
			count++;
	/* the one that booted is there, whether the tree knows it or not */
	return MAX(count, cpu_count(cpu_online()));
}

#ifdef CONFIG_SMP
const struct dt_node *cpu_next(const struct dt_node *node)
{
	do
		node = dt_next(node);
	while (node && !is_cpu(node));
	return node;
}
#endif
