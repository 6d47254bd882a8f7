/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail on purpose (see <mm/fault_inject.h>): one counter, one number. A run is the
 * same each time, so the Nth allocation is the same one each time as well.
 */
#include <arch/atomic.h>
#include <lib/log.h>
#include <mm/fault_inject.h>

static struct {
	u64 count;	/* allocations since nth was set */
	u64 nth;	/* the one that fails; 0: none */
} inject;

bool fault_inject(const char *what, size_t bytes, const void *caller)
{
	u64 n = atomic_add_relaxed(&inject.count, 1) + 1;

	if (likely(n != atomic_load_relaxed(&inject.nth)))
		return false;
	log_warn("failmem: allocation %lu fails: %s, %zu bytes for %pS", n, what, bytes,
		 caller);
	return true;
}

void fault_inject_at(u64 nth)
{
	atomic_store_relaxed(&inject.nth, 0UL);
	atomic_store_relaxed(&inject.count, 0UL);
	atomic_store_relaxed(&inject.nth, nth);
}

bool fault_inject_state(u64 *count, u64 *nth)
{
	*count = atomic_load_relaxed(&inject.count);
	*nth = atomic_load_relaxed(&inject.nth);
	return *nth && *count >= *nth;
}
