/* SPDX-License-Identifier: MIT */
/* Leftist heaps (see <lib/leftist.h>). */
#include <lib/leftist.h>

static unsigned long rank(const struct leftist_node *node)
{
	return node ? node->rank : 0;
}

/* Puts the deeper subtree of @node to the left, and says how deep it is itself. */
static unsigned long arrange(struct leftist_node *node)
{
	struct leftist_node *left = node->left, *right = node->right;

	if (rank(left) < rank(right)) {
		node->left = right;
		node->right = left;
	}
	return rank(node->right) + 1;
}

/* @node has another child than before: puts that right, upwards as far as it makes a difference. */
static void repair(struct leftist_node *node)
{
	for (; node; node = node->parent) {
		unsigned long now = arrange(node);

		if (now == node->rank)
			break;
		node->rank = now;
	}
}

/* Makes one heap of two below @parent, and returns its root. */
static struct leftist_node *merge(struct leftist_node *a, struct leftist_node *b,
				  struct leftist_node *parent)
{
	struct leftist_node above = { .right = NULL }, *last = &above, *rest;
	unsigned long depth;

	while (a && b) {
		if (b->key < a->key) {
			rest = a;
			a = b;
			b = rest;
		}
		last->right = a;
		a->parent = last;
		last = a;
		a = a->right;
	}
	rest = a ? a : b;
	last->right = rest;
	if (rest)
		rest->parent = last;
	/* back up: as arrange(), which does not know that it comes from the right */
	for (depth = rank(rest); last != &above; last = last->parent) {
		struct leftist_node *left = last->left;
		unsigned long other = rank(left);

		if (other < depth) {
			last->left = last->right;
			last->right = left;
			depth = other;
		}
		last->rank = ++depth;
	}
	if (above.right)
		above.right->parent = parent;
	return above.right;
}

/* A merge with a heap of one node, whose place is found by its key alone. */
void leftist_insert(struct leftist *heap, struct leftist_node *node)
{
	struct leftist_node *parent = NULL, *below = heap->root;

	while (below && below->key <= node->key) {
		parent = below;
		below = below->right;
	}
	node->parent = parent;
	node->left = below;
	node->right = NULL;
	node->rank = 1;
	if (below)
		below->parent = node;
	if (parent)
		parent->right = node;
	else
		heap->root = node;
	repair(parent);
}

struct leftist_node *leftist_skip(const struct leftist_node *node)
{
	const struct leftist_node *parent;

	for (; (parent = node->parent); node = parent)
		if (parent->left == node && parent->right)
			return parent->right;
	return NULL;
}

void leftist_remove(struct leftist *heap, struct leftist_node *node)
{
	struct leftist_node *parent = node->parent, *rest = node->left;

	if (node->right)
		rest = merge(rest, node->right, parent);
	else if (rest)
		rest->parent = parent;
	if (!parent)
		heap->root = rest;
	else if (parent->left == node)
		parent->left = rest;
	else
		parent->right = rest;
	repair(parent);
}
