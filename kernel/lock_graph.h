/* SPDX-License-Identifier: MIT */
/*
 * Which class of locks was taken with which one held: a directed graph, with the call chain at
 * which each edge was first seen. A cycle in it is a deadlock that waits for its day.
 */
#ifndef KERNEL_LOCK_GRAPH_H
#define KERNEL_LOCK_GRAPH_H

#include <lib/types.h>

#define LOCK_CLASSES	128	/* 0 is none */
#define LOCK_EDGES	512
#define LOCK_CHAIN	8	/* levels of a call chain */

/* Lower halves of return addresses, the innermost first, 0 behind the last. */
struct lock_chain {
	u32 pc[LOCK_CHAIN];
};

struct lock_edge {
	u8 first;
	u8 second;
	struct lock_chain chain;	/* of who took the second one with the first one held */
};

/* Zeroed memory is an empty graph. */
struct lock_graph {
	u64 after[LOCK_CLASSES][LOCK_CLASSES / 64];	/* [first], a bit for each second */
	u32 edges;
	u32 lost;	/* edges that are known, but whose chain there was no room for */
	struct lock_edge edge[LOCK_EDGES];
};

/* Whether @second was taken with @first held. May be asked while an edge is added. */
bool lock_graph_has(const struct lock_graph *g, u32 first, u32 second);

/* Adds that edge, which is not there yet. One caller at a time. */
void lock_graph_add(struct lock_graph *g, u32 first, u32 second, const struct lock_chain *chain);

/* The chain of that edge; NULL when there was no room for it. */
const struct lock_chain *lock_graph_chain(const struct lock_graph *g, u32 first, u32 second);

/*
 * The shortest way from @from to @to, which are different: writes the classes, both ends included,
 * to @path, which has room for LOCK_CLASSES. Returns how many they are; 0: there is no way. One
 * caller at a time.
 */
size_t lock_graph_path(const struct lock_graph *g, u32 from, u32 to, u8 *path);

#endif
