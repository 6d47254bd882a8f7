/* SPDX-License-Identifier: MIT */
/*
 * The graph of lock classes (see lock_graph.h). Edges are asked for at each taking of a lock and
 * added a few hundred times in all: so a matrix of bits answers, and the chains lie in a plain
 * list.
 */
#include <arch/atomic.h>
#include <lib/string.h>

#include "lock_graph.h"

bool lock_graph_has(const struct lock_graph *g, u32 first, u32 second)
{
	return atomic_load_relaxed(&g->after[first][second / 64]) >> second % 64 & 1;
}

void lock_graph_add(struct lock_graph *g, u32 first, u32 second, const struct lock_chain *chain)
{
	u64 *word = &g->after[first][second / 64];

	if (g->edges < LOCK_EDGES)
		g->edge[g->edges++] = (struct lock_edge){ (u8)first, (u8)second, *chain };
	else
		g->lost++;
	atomic_store_relaxed(word, *word | BIT(second % 64));
}

const struct lock_chain *lock_graph_chain(const struct lock_graph *g, u32 first, u32 second)
{
	for (u32 i = 0; i < g->edges; i++)
		if (g->edge[i].first == first && g->edge[i].second == second)
			return &g->edge[i].chain;
	return NULL;
}

/* Turns the way back, from @to over who led to it, into the way there. */
static size_t write_path(const u8 *before, u32 from, u32 to, u8 *path)
{
	size_t n = 1;

	for (u32 c = to; c != from; c = before[c])
		n++;
	for (size_t i = n; i-- > 0; to = before[to])
		path[i] = (u8)to;
	return n;
}

size_t lock_graph_path(const struct lock_graph *g, u32 from, u32 to, u8 *path)
{
	/* breadth first; the classes to go on from wait in @path; 0 is nobody's class */
	u8 before[LOCK_CLASSES];
	size_t head = 0, tail = 0;

	memset(before, 0, sizeof(before));
	path[tail++] = (u8)from;
	while (head < tail) {
		u32 c = path[head++];

		for (u32 next = 1; next < LOCK_CLASSES; next++) {
			if (next == from || before[next] || !lock_graph_has(g, c, next))
				continue;
			before[next] = (u8)c;
			if (next == to)
				return write_path(before, from, to, path);
			path[tail++] = (u8)next;
		}
	}
	return 0;
}
