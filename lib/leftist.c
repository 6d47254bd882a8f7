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

void leftist_insert(struct leftist *heap, struct leftist_node *node)
{
	node->left = NULL;
	node->right = NULL;
	node->rank = 1;
	heap->root = merge(heap->root, node, NULL);
}

void leftist_remove(struct leftist *heap, struct leftist_node *node)
{
	struct leftist_node *parent = node->parent;
	struct leftist_node *rest = merge(node->left, node->right, parent);

	if (!parent) {
		heap->root = rest;
		return;
	}
	if (parent->left == node)
		parent->left = rest;
	else
		parent->right = rest;
	/* upwards as far as it makes a difference */
	for (; parent; parent = parent->parent) {
		unsigned long now = arrange(parent);

		if (now == parent->rank)
			break;
		parent->rank = now;
	}
}
