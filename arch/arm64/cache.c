/* SPDX-License-Identifier: MIT */
/*
 * Data-cache maintenance by address (ARM DDI 0487, D7.5.9). The line size is the smallest one
 * in the system, from CTR_EL0.
 */
#include <arch/cache.h>
#include <asm/sysreg.h>

static size_t line_size(void)
{
	return 4UL << ((sysreg_read(ctr_el0) >> 16) & 0xf);
}

void arch_cache_clean(const void *p, size_t size)
{
	size_t line = line_size();
	vaddr_t end = (vaddr_t)p + size;

	for (vaddr_t at = ALIGN_DOWN((vaddr_t)p, line); at < end; at += line)
		__asm__ volatile("dc cvac, %0" :: "r"(at) : "memory");
	dsb(sy);	// in memory before the reader is told
}

void arch_cache_clean_invalidate(const void *p, size_t size)
{
	size_t line = line_size();
	vaddr_t end = (vaddr_t)p + size;

	for (vaddr_t at = ALIGN_DOWN((vaddr_t)p, line); at < end; at += line)
		__asm__ volatile("dc civac, %0" :: "r"(at) : "memory");
	dsb(sy);	// in memory, and no line left, before anybody goes on
}
