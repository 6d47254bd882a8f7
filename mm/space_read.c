/* SPDX-License-Identifier: MIT */
/* Reading in the space of a program that the calling thread does not run (<mm/space.h>). */
#include <arch/mmu.h>
#include <lib/string.h>

#include "space.h"

size_t space_read(struct space *space, vaddr_t address, void *to, size_t n)
{
	size_t done = 0;

	space_lock(space);
	while (done < n) {
		size_t offset = (address + done) % PAGE_SIZE;
		size_t size = MIN(n - done, PAGE_SIZE - offset);
		unsigned int flags;
		paddr_t pa;

		if (!arch_space_lookup(&space->arch, address + done - offset, &pa, &flags))
			break;
		memcpy((u8 *)to + done, (u8 *)page_to_virt(phys_to_page(pa)) + offset, size);
		done += size;
	}
	space_unlock(space);
	return done;
}
