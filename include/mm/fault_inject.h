/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail on purpose (CONFIG_DEBUG_HEAP; failmem= and the command failmem): the Nth
 * from now on gets NULL, once, and the log says whose it was. Objects of the heap and of caches
 * count, and pages that are not the heap's.
 */
#ifndef MM_FAULT_INJECT_H
#define MM_FAULT_INJECT_H

#include <lib/types.h>

#ifdef CONFIG_DEBUG_HEAP
/*
 * Counts an allocation of @bytes of @what ("heap", "pages") for @caller, a code address; true when
 * it is the one that is to fail. Any context.
 */
bool fault_inject(const char *what, size_t bytes, const void *caller);
#else
static inline bool fault_inject(const char *what, size_t bytes, const void *caller)
{
	(void)what;
	(void)bytes;
	(void)caller;
	return false;
}
#endif

/* From now on the @nth allocation fails, 1 the next one; 0: none. Any context. */
void fault_inject_at(u64 nth);

/*
 * How many allocations there were since then; true when one of them was made to fail. *@nth is
 * what was asked for.
 */
bool fault_inject_state(u64 *count, u64 *nth);

#endif
