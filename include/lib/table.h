/* SPDX-License-Identifier: MIT */
/*
 * Link-time tables: a file puts a pointer to its own constant into a table by naming the table, and
 * whoever walks the table finds the entries of the files that were linked. The linker script keeps
 * `.table.*` sorted by name, so that `<table>.0` is the start, `<table>.1.<entry>` are the
 * entries in the order of their names, and `<table>.2` is the end. A new table needs no new line
 * there, and a table that nobody filled is empty.
 */
#ifndef LIB_TABLE_H
#define LIB_TABLE_H

#include <lib/types.h>

/* Puts &@entry, a static const object of @type, into @table. */
#define TABLE_ENTRY(table, type, entry) \
	static const type *const table##_entry_##entry __used \
		__section(".table." #table ".1." #entry) = &(entry)

/* The address of a table's edge; the asm keeps the compiler from knowing that two edges differ. */
#define TABLE_EDGE(table, type, edge) ({ \
	static const type *const table_edge_[0] __used __section(".table." #table edge); \
	const type *const *table_p_ = table_edge_; \
	__asm__("" : "+r"(table_p_)); \
	table_p_; })

/* for (each @pos of type `const type *const *` in @table), in the order of the entries' names. */
#define TABLE_FOREACH(table, type, pos) \
	for (const type *const *pos = TABLE_EDGE(table, type, ".0"), \
			*const *table_end_ = TABLE_EDGE(table, type, ".2"); \
	     pos < table_end_; pos++)

#endif
