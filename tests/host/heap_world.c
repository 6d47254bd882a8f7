/* SPDX-License-Identifier: MIT */
/* A machine for the heap, and what the heap expects of the kernel beside it. */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <mm/map.h>

#include "heap.h"
#include "host.h"
#include "machine/machine.h"

void world_start(void)
{
	size_t mib = 4 + host_random_below(HEAP_LOSES ? 128 : 20);
	struct boot_mem_range bank[2] = { { .base = GIB(1), .size = MIB(mib) } };
	struct boot_mem_range kernel = { GIB(1) + MIB(host_random_below(4)), MIB(1), "kernel", 0 };
	unsigned int banks = 1 + (unsigned int)host_random_below(2);

	bank[1].base = bank[0].base + bank[0].size + MIB(1 + host_random_below(8));
	bank[1].size = MIB(1 + host_random_below(16));
	machine_start(bank, banks, &kernel, 1);
	heap_init();
	shadow_start(phys_to_virt(bank[0].base),
		     bank[banks - 1].base + bank[banks - 1].size - bank[0].base);
}

void world_shrink(void)
{
	if (HEAP_DEBUG)
		heap_debug_shrink();
	else
		heap_policy_shrink();
}

bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block)
{
	const struct boot_mem_range *bank;

	*pa = virt_to_phys((const void *)va);
	*flags = MMU_WRITE;
	*block = PAGE_SIZE;
	for (unsigned int i = 0; (bank = boot_mem_bank(i)) != NULL; i++)
		if (*pa - bank->base < bank->size)
			return true;
	return false;
}

/* Whose leaks these are is not looked at here. */
void print(const char *fmt, ...)
{
	(void)fmt;
}
