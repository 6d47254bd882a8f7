/* SPDX-License-Identifier: MIT */
/*
 * <lib/table.h> for the host, whose linker script knows nothing of our tables: entries put
 * themselves into an array before main() runs, sorted by name as the kernel's linker sorts
 * them.
 */
#ifndef LIB_TABLE_H
#define LIB_TABLE_H

#include <lib/types.h>

void host_table_add(const char *table, const char *name, const void *entry);

/* The first entry of @table; in *@end the place behind the last. */
const void *const *host_table(const char *table, const void *const **end);

#define TABLE_ENTRY(table, type, entry) \
	static void __attribute__((constructor)) table##_register_##entry(void) \
	{ \
		const type *const p = &(entry); \
		host_table_add(#table, #entry, p); \
	} \
	static_assert(1, "takes the semicolon")

#define TABLE_FOREACH(table, type, pos) \
	for (const void *const *end_ = NULL, *const *start_ = host_table(#table, &end_); \
	     start_ != NULL; start_ = NULL) \
		for (const type *const *pos = (const type *const *)start_; \
		     (const void *const *)pos < end_; pos++)

#endif
