/* SPDX-License-Identifier: MIT */
/*
 * What was allocated since boot finished and is still there (CONFIG_DEBUG_HEAP), grouped by who
 * allocated it. It is for the end of a run, or between two commands: a figure that grows is a leak,
 * one that stays may be a cache.
 */
#include <kernel/cmdline.h>
#include <kernel/printk.h>
#include <mm/heap_debug.h>

#include "heap_object.h"

#define ROWS_MAX	32

struct row {
	const void *caller;
	size_t count, bytes;
};

struct table {
	unsigned int rows;
	struct row row[ROWS_MAX];
	struct row others;	/* of callers for whom there was no row */
};

void heap_debug_mark(void)
{
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);

	heap_debug.mark = heap_debug.number;
	spin_unlock_irqrestore(&heap_debug.lock, state);
}

static struct row *row_of(struct table *t, const void *caller)
{
	for (unsigned int i = 0; i < t->rows; i++)
		if (t->row[i].caller == caller)
			return &t->row[i];
	if (t->rows == ROWS_MAX)
		return &t->others;
	t->row[t->rows] = (struct row){ .caller = caller };
	return &t->row[t->rows++];
}

static void collect(struct table *t)
{
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);

	list_for_each(o, &heap_debug.live, struct object, link) {
		struct row *row;

		if (o->number <= heap_debug.mark)
			continue;
		row = row_of(t, o->allocated_by);
		row->count++;
		row->bytes += o->size;
	}
	spin_unlock_irqrestore(&heap_debug.lock, state);
}

/* Most bytes first; the rows are few. */
static void sort(struct table *t)
{
	for (unsigned int i = 1; i < t->rows; i++) {
		struct row row = t->row[i];
		unsigned int j = i;

		for (; j && t->row[j - 1].bytes < row.bytes; j--)
			t->row[j] = t->row[j - 1];
		t->row[j] = row;
	}
}

void heap_debug_leaks(void)
{
	struct table t = { .rows = 0 };

	heap_check();		/* the list can be followed */
	collect(&t);
	sort(&t);
	if (!t.rows)
		print("memleak: nothing left\n");
	for (unsigned int i = 0; i < t.rows; i++)
		print("memleak: %zu object%s, %zu bytes by %pS\n", t.row[i].count,
		      t.row[i].count == 1 ? "" : "s", t.row[i].bytes, t.row[i].caller);
	if (t.others.count)
		print("memleak: %zu objects, %zu bytes by others\n", t.others.count,
		      t.others.bytes);
}

void heap_debug_off(void)
{
	heap_check();
	if (cmdline_has("memleak"))
		heap_debug_leaks();
}
