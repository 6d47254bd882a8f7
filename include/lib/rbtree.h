/* SPDX-License-Identifier: MIT */
/*
 * Red-black tree: a balanced search tree of nodes that lie in the objects they stand for. The tree
 * knows no keys: whoever inserts walks down from the root by his own order and says where he came
 * out, so that comparisons are direct. The way to any node is at most 2 log2(n + 1) nodes long.
 * Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, chapter 13. Nothing here locks or
 * allocates.
 */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include <lib/types.h>

struct rb_node {
	struct rb_node *parent;
	struct rb_node *child[2];	/* before it and behind it */
	bool red;
};

/* Zeroed memory is an empty tree. */
struct rb_tree {
	struct rb_node *root;
	/*
	 * NULL, or: each node knows something of all that are below it, such as the largest of
	 * them. This finds it out anew, from what a node is itself and what its children know, for
	 * @node, then its parent, and so on to the one below @above; NULL: to the root.
	 */
	void (*update)(struct rb_node *node, const struct rb_node *above);
};

/*
 * Puts @node in below @parent, as its child[@side], which is NULL; as the root, when @parent is
 * NULL. Takes O(log n) steps. Updates all above it: so also its neighbours, which may be changed
 * just before.
 */
void rb_insert(struct rb_tree *tree, struct rb_node *node, struct rb_node *parent, int side);

/*
 * Takes @node out. What it points at then is of no use. O(log n) steps. Updates all that were above
 * it, and the node that was behind it, which may be changed just before.
 */
void rb_remove(struct rb_tree *tree, struct rb_node *node);

/* The node at one end: the first for @side 0, the last for 1. NULL: the tree is empty. */
struct rb_node *rb_end(const struct rb_tree *tree, int side);

/* The neighbour of @node: the one before it for @side 0, behind it for 1. NULL: there is none. */
struct rb_node *rb_beside(const struct rb_node *node, int side);

static inline struct rb_node *rb_first(const struct rb_tree *tree)
{
	return rb_end(tree, 0);
}

static inline struct rb_node *rb_last(const struct rb_tree *tree)
{
	return rb_end(tree, 1);
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	return rb_beside(node, 0);
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
	return rb_beside(node, 1);
}

#endif
