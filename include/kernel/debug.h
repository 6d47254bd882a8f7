/* SPDX-License-Identifier: MIT */
/*
 * Memory and device registers for whoever debugs: whatever the address, an access that faults is
 * an error and not a panic. With CONFIG_EXCEPTION_TABLE.
 */
#ifndef KERNEL_DEBUG_H
#define KERNEL_DEBUG_H

#include <lib/types.h>

enum debug_space {
	DEBUG_VIRTUAL,		/* as the kernel sees it */
	/* RAM through the linear map, everything else mapped as device registers meanwhile */
	DEBUG_PHYSICAL,
};

/*
 * Reads @size bytes (1, 2, 4 or 8) at @address into *@value, by one access. 0; or with *@why in a
 * few words that stay: -EINVAL when @address is no multiple of @size, -EFAULT when the access
 * faulted, -ENOMEM when there is nothing to map it with. Any context; thread context or boot for
 * physical addresses.
 */
int debug_read(enum debug_space space, u64 address, unsigned int size, u64 *value,
	       const char **why);

/* Writes the lower @size bytes of @value, likewise. What others rely on may break. */
int debug_write(enum debug_space space, u64 address, unsigned int size, u64 value,
		const char **why);

#endif
