/* SPDX-License-Identifier: MIT */
/*
 * A million random operations on a leftist heap, against a model that is a counted set of keys; the
 * heap's own rules are looked at now and then. Prints its seed.
 */
#include <lib/leftist.h>
#include <lib/test.h>

#include "host.h"

#define NODES		4096
#define KEYS		500
#define OPERATIONS	1000000

static struct leftist_node nodes[NODES];
static bool inside[NODES];
static unsigned int with_key[KEYS];

static unsigned long check(const struct leftist_node *node, const struct leftist_node *parent,
			   unsigned int *count)
{
	unsigned long left, right;

	if (!node)
		return 0;
	++*count;
	TEST(inside[node - nodes] && node->parent == parent);
	TEST(!parent || parent->key <= node->key);
	left = check(node->left, node, count);
	right = check(node->right, node, count);
	TEST(left >= right);
	TEST_EQ(node->rank, right + 1);
	return right + 1;
}

static u64 smallest(void)
{
	u64 key = 0;

	while (key < KEYS && !with_key[key])
		key++;
	return key;
}

static void take(struct leftist *heap, struct leftist_node *node)
{
	leftist_remove(heap, node);
	with_key[node->key]--;
	inside[node - nodes] = false;
}

static void put(struct leftist *heap, struct leftist_node *node, u64 key)
{
	node->key = key;
	leftist_insert(heap, node);
	with_key[key]++;
	inside[node - nodes] = true;
}

static void million(void)
{
	struct leftist heap = { 0 };
	unsigned int count = 0;

	for (unsigned int i = 0; i < OPERATIONS; i++) {
		/* it fills and empties by turns */
		bool fill = i / 50000 % 2 == 0;
		struct leftist_node *node = &nodes[host_random() % NODES];

		if (!inside[node - nodes] && (fill || host_random() % 4 == 0)) {
			put(&heap, node, host_random() % (i % 3 ? KEYS : 16));
			count++;
		} else if (heap.root && host_random() % 2) {
			TEST_EQ(leftist_first(&heap)->key, smallest());
			take(&heap, leftist_first(&heap));
			count--;
		} else if (inside[node - nodes]) {
			take(&heap, node);
			count--;
		}
		if (i % 5000 == 0) {
			unsigned int found = 0;

			check(heap.root, NULL, &found);
			TEST_EQ(found, count);
		}
	}
	while (leftist_first(&heap))
		take(&heap, leftist_first(&heap));
	TEST_EQ(smallest(), KEYS);
}

static const struct test_case cases[] = { TEST_CASE(million) };
static const struct test_suite million_suite = TEST_SUITE_OF("million", cases);
TEST_SUITE(million_suite);
