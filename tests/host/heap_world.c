/* SPDX-License-Identifier: MIT */
/* What the heap expects of the kernel beside the machine: whose call it was is not known here. */
#include <kernel/panic.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

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

