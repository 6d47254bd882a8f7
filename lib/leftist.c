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
	struct leftist_node *top = parent, *root = NULL, **link = &root, *rest;

	while (a && b) {
		if (b->key < a->key) {
			rest = a;
			a = b;
			b = rest;
		}
		*link = a;
		a->parent = parent;
		parent = a;
		link = &a->right;
		a = *link;
	}
	rest = a ? a : b;
	*link = rest;
	if (rest)
		rest->parent = parent;
	for (; parent != top; parent = parent->parent)
		parent->rank = arrange(parent);
	return root;
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
