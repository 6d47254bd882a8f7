/* SPDX-License-Identifier: MIT */
/* Names for code addresses, from the table that the build puts into the image (CONFIG_KALLSYMS). */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <lib/types.h>

/*
 * Returns the function that holds @addr, or NULL, and in *@offset and *@size (bytes) where in
 * it that is. Any context.
 */
#ifdef CONFIG_KALLSYMS
const char *symbol_lookup(vaddr_t addr, size_t *offset, size_t *size);
#else
static inline const char *symbol_lookup(vaddr_t addr, size_t *offset, size_t *size)
{
	(void)addr;
	(void)offset;
	(void)size;
	return NULL;
}
#endif

/* As text it is %pS of <lib/format.h>. */

#endif
