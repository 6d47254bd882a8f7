/* SPDX-License-Identifier: MIT */
/*
 * Accesses for debugging (see <kernel/debug.h>), by instructions that may fault. A physical address
 * is mapped for one access; what cannot be mapped as a device is RAM, which the linear map has.
 */
#include <arch/probe.h>
#include <kernel/debug.h>
#include <mm/map.h>
#include <uapi/errno.h>

/* Where the access is to go; *@mapped is for iounmap(). False: nowhere. */
static bool locate(enum debug_space space, u64 address, unsigned int size, vaddr_t *va,
		   void **mapped)
{
	*mapped = NULL;
	*va = address;
	if (space == DEBUG_VIRTUAL)
		return true;
	if (address >= arch_phys_end())
		return false;
	*mapped = ioremap(address, size);
	if (*mapped)
		*va = (vaddr_t)*mapped;
	else
		*va = (vaddr_t)phys_to_virt(address);
	return *mapped || address - arch_linear_base < ARCH_LINEAR_SIZE;
}

/* One access; *@value goes one way or the other. */
static int access(enum debug_space space, u64 address, unsigned int size, u64 *value, bool write,
		  const char **why)
{
	void *mapped;
	vaddr_t va;

	if (address % size) {
		*why = "not aligned to its width";
		return -EINVAL;
	}
	if (!locate(space, address, size, &va, &mapped)) {
		*why = "cannot be mapped";
		return -ENOMEM;
	}
	*why = write ? arch_probe_write(va, size, *value) : arch_probe_read(va, size, value);
	iounmap(mapped);
	return *why ? -EFAULT : 0;
}

int debug_read(enum debug_space space, u64 address, unsigned int size, u64 *value, const char **why)
{
	return access(space, address, size, value, false, why);
}

int debug_write(enum debug_space space, u64 address, unsigned int size, u64 value, const char **why)
{
	return access(space, address, size, &value, true, why);
}
