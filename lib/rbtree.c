/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees (see <lib/rbtree.h>). The rules: no red node has a red child, and every way down
 * from a node passes the same number of black ones. Left and right are mirror images, so each case
 * is written once, for a side and its other.
 */
#include <lib/rbtree.h>

static bool is_red(const struct rb_node *node)
{
	return node && node->red;
}

static int side_of(const struct rb_node *node)
{
	return node->parent->child[1] == node;
}

/* Puts @with, or nothing, where @node is. */
static void replace(struct rb_tree *tree, struct rb_node *node, struct rb_node *with)
{
	if (!node->parent)
		tree->root = with;
	else
		node->parent->child[side_of(node)] = with;
	if (with)
		with->parent = node->parent;
}

/* @node goes down to @side, and its other child comes up in its place. */
static void rotate(struct rb_tree *tree, struct rb_node *node, int side)
{
	struct rb_node *up = node->child[!side];

	node->child[!side] = up->child[side];
	if (up->child[side])
		up->child[side]->parent = node;
	replace(tree, node, up);
	up->child[side] = node;
	node->parent = up;
	/* what is above changes too: whoever rotates goes up from there in the end */
	if (unlikely(tree->update))
		tree->update(node, up);
}

void rb_insert(struct rb_tree *tree, struct rb_node *node, struct rb_node *parent, int side)
{
	struct rb_node *added = node;

	node->parent = parent;
	node->child[0] = node->child[1] = NULL;
	node->red = true;
	if (parent)
		parent->child[side] = node;
	else
		tree->root = node;
	/* the only rule that can be broken: @node and its parent are both red */
	while (is_red(node->parent)) {
		struct rb_node *above = node->parent->parent, *uncle;

		side = side_of(node->parent);
		uncle = above->child[!side];
		if (is_red(uncle)) {
			node->parent->red = uncle->red = false;
			above->red = true;
			node = above;
			continue;
		}
		if (side_of(node) != side) {
			node = node->parent;
			rotate(tree, node, side);
		}
		node->parent->red = false;
		above->red = true;
		rotate(tree, above, !side);
	}
	tree->root->red = false;
	if (unlikely(tree->update))
		tree->update(added, NULL);
}

/* The ways by @parent's child[@side], which may be none, have a black node too few. */
static void repair(struct rb_tree *tree, struct rb_node *parent, int side)
{
	while (parent && !is_red(parent->child[side])) {
		struct rb_node *other = parent->child[!side];

		if (other->red) {
			other->red = false;
			parent->red = true;
			rotate(tree, parent, side);
			other = parent->child[!side];
		}
		if (is_red(other->child[0]) || is_red(other->child[1])) {
			if (!is_red(other->child[!side])) {
				other->child[side]->red = false;
				other->red = true;
				rotate(tree, other, !side);
				other = parent->child[!side];
			}
			other->red = parent->red;
			parent->red = false;
			other->child[!side]->red = false;
			rotate(tree, parent, side);
			return;
		}
		other->red = true;
		if (!parent->parent)
			return;
		side = side_of(parent);
		if (parent->red) {
			parent->red = false;
			return;
		}
		parent = parent->parent;
	}
	if (parent)
		parent->child[side]->red = false;
}

void rb_remove(struct rb_tree *tree, struct rb_node *node)
{
	struct rb_node *next, *parent, *below;
	bool red;
	int side;

	if (node->child[0] && node->child[1]) {
		/* its successor, which has no child before it, takes its place and its colour */
		for (next = node->child[1]; next->child[0];)
			next = next->child[0];
		below = next->child[1];
		red = next->red;
		parent = next->parent;
		side = side_of(next);
		replace(tree, next, below);
		next->child[0] = node->child[0];
		next->child[1] = node->child[1];
		next->red = node->red;
		next->child[0]->parent = next;
		if (next->child[1])
			next->child[1]->parent = next;
		replace(tree, node, next);
		if (parent == node)
			parent = next;
	} else {
		below = node->child[0] ? node->child[0] : node->child[1];
		red = node->red;
		parent = node->parent;
		side = parent ? side_of(node) : 0;
		replace(tree, node, below);
	}
	if (!parent && below)
		below->red = false;
	else if (!red)
		repair(tree, parent, side);
	if (unlikely(tree->update))
		tree->update(below ? below : parent, NULL);
}

struct rb_node *rb_end(const struct rb_tree *tree, int side)
{
	struct rb_node *node = tree->root;

	while (node && node->child[side])
		node = node->child[side];
	return node;
}

struct rb_node *rb_beside(const struct rb_node *node, int side)
{
	struct rb_node *at = node->child[side];

	if (at) {
		while (at->child[!side])
			at = at->child[!side];
		return at;
	}
	while (node->parent && side_of(node) == side)
		node = node->parent;
	return node->parent;
}
