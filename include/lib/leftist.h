/* SPDX-License-Identifier: MIT */
/*
 * Leftist heap: a priority queue of nodes that lie in the objects they stand for, the smallest key
 * first. Of each node's two subtrees the one on the right has the shorter way down, so a right
 * spine has at most log2(n + 1) nodes, and everything here is done by merging along right spines:
 * insertion, and removal of any node, take O(log n) steps at worst, the look at the first none.
 * Equal keys come in no particular order. Knuth, The Art of Computer Programming 3, 5.2.3. Nothing
 * here locks or allocates.
 */
#ifndef LIB_LEFTIST_H
#define LIB_LEFTIST_H

#include <lib/types.h>

struct leftist_node {
	u64 key;
	struct leftist_node *parent;
	struct leftist_node *left;
	struct leftist_node *right;
	unsigned long rank;	/* nodes on the way down to the right, itself included */
};

/* Zeroed memory is an empty heap. */
struct leftist {
	struct leftist_node *root;
};

/* The node with the smallest key, or NULL. */
static inline struct leftist_node *leftist_first(const struct leftist *heap)
{
	return heap->root;
}

/*
 * Walks a heap from its root on, in no order but that a node comes before those below it: the one
 * behind @node; without what is below @node. NULL at the end. No right child is without a left one.
 */
struct leftist_node *leftist_skip(const struct leftist_node *node);

static inline struct leftist_node *leftist_next(const struct leftist_node *node)
{
	return node->left ? node->left : leftist_skip(node);
}

/* Puts @node, which is in no heap, in by its key. */
void leftist_insert(struct leftist *heap, struct leftist_node *node);

/* Takes @node, which is in @heap, out. */
void leftist_remove(struct leftist *heap, struct leftist_node *node);

#endif
