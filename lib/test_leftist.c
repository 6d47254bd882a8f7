/* SPDX-License-Identifier: MIT */
/* Tests of leftist heaps, against what a sorted array would say. */
#include <lib/leftist.h>
#include <lib/test.h>

#define NODES	200

static struct leftist_node nodes[NODES];
static bool inside[NODES];
static u64 seed;

static unsigned int random_below(unsigned int n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(seed >> 33) % n;
}

/* The next node on a walk: down to the left, else the nearest one on the right. */
static const struct leftist_node *follow(const struct leftist_node *node)
{
	if (node->left)
		return node->left;
	for (; node->parent; node = node->parent)
		if (node->parent->left == node && node->parent->right)
			return node->parent->right;
	return NULL;
}

static unsigned long rank(const struct leftist_node *node)
{
	return node ? node->rank : 0;
}

/* That the heap holds @count nodes, in a leftist heap's order. */
static bool is_sound(const struct leftist *heap, unsigned int count)
{
	unsigned int n = 0;

	for (const struct leftist_node *node = heap->root; node; node = follow(node)) {
		const struct leftist_node *left = node->left, *right = node->right;

		if (!inside[node - nodes] || (left && left->parent != node) ||
		    (right && right->parent != node) || (left && left->key < node->key) ||
		    (right && right->key < node->key) || rank(left) < rank(right) ||
		    node->rank != rank(right) + 1 || ++n > count)
			return false;
	}
	return n == count && (!heap->root || !heap->root->parent);
}

static u64 smallest(void)
{
	u64 key = UINT64_MAX;

	for (unsigned int i = 0; i < NODES; i++)
		if (inside[i] && nodes[i].key < key)
			key = nodes[i].key;
	return key;
}

/* One random step. Returns how many nodes are in the heap after it. */
static unsigned int step(struct leftist *heap, unsigned int count)
{
	unsigned int i = random_below(NODES);

	/* at times the first one, which is what timers take out most */
	if (heap->root && random_below(4) == 0)
		i = (unsigned int)(leftist_first(heap) - nodes);
	if (inside[i]) {
		leftist_remove(heap, &nodes[i]);
		inside[i] = false;
		return count - 1;
	}
	/* few different keys at times, so that there are equal ones; and the largest there is */
	nodes[i].key = random_below(2) ? random_below(10) : ~(u64)random_below(1000);
	leftist_insert(heap, &nodes[i]);
	inside[i] = true;
	return count + 1;
}

static void random_steps(void)
{
	struct leftist heap = { 0 };
	unsigned int count = 0;

	seed = 1;
	for (unsigned int i = 0; i < NODES; i++)
		inside[i] = false;
	for (unsigned int i = 0; i < 20000; i++) {
		count = step(&heap, count);
		if (!TEST(i % 16 || is_sound(&heap, count)))
			return;
		if (!TEST_EQ(count ? leftist_first(&heap)->key : UINT64_MAX, smallest()))
			return;
	}
}

static void comes_out_in_order(void)
{
	struct leftist heap = { 0 };
	u64 last = 0;

	for (unsigned int i = 0; i < NODES; i++) {
		nodes[i].key = i * 7919 % NODES;
		inside[i] = true;
		leftist_insert(&heap, &nodes[i]);
	}
	TEST(is_sound(&heap, NODES));
	for (unsigned int i = 0; i < NODES; i++) {
		struct leftist_node *first = leftist_first(&heap);

		TEST(first && first->key >= last);
		last = first->key;
		leftist_remove(&heap, first);
		inside[first - nodes] = false;
	}
	TEST(!leftist_first(&heap));
}

/* No order of insertion makes a right spine of more than log2(n + 1) nodes. */
static void spine_is_short(void)
{
	for (unsigned int order = 0; order < 3; order++) {
		struct leftist heap = { 0 };
		unsigned int length = 0;

		for (unsigned int i = 0; i < NODES; i++) {
			nodes[i].key = order == 0 ? i : order == 1 ? NODES - i : 5;
			inside[i] = true;
			leftist_insert(&heap, &nodes[i]);
		}
		for (const struct leftist_node *n = heap.root; n; n = n->right)
			length++;
		TEST(length <= 7);
		TEST(is_sound(&heap, NODES));
	}
}

static const struct test_case cases[] = {
	TEST_CASE(random_steps),
	TEST_CASE(comes_out_in_order),
	TEST_CASE(spine_is_short),
};
static const struct test_suite leftist_suite = TEST_SUITE_OF("leftist", cases);
TEST_SUITE(leftist_suite);
