/* SPDX-License-Identifier: MIT */
/* How often a line may be logged (see <lib/log.h>); the log itself is kernel/printk.c. */
#include <arch/atomic.h>
#include <lib/log.h>

#define LINES_MAX	5		/* of a kind, in a second */
#define NS_PER_SECOND	1000000000UL

bool log_may(struct log_limit *limit, u64 now)
{
	u64 second = now / NS_PER_SECOND;

	if (atomic_load_relaxed(&limit->second) != second) {
		atomic_store_relaxed(&limit->second, second);
		atomic_store_relaxed(&limit->lines, 0);
	}
	return atomic_add_relaxed(&limit->lines, 1) < LINES_MAX;
}
