/* SPDX-License-Identifier: MIT */
/* Tests of red-black trees, against what an array says. */
#include <lib/rbtree.h>
#include <lib/test.h>

#define NODES	200

struct item {
	struct rb_node node;
	unsigned int key;
	bool inside;
	unsigned int weight;
	unsigned int heaviest;	/* of it and all below it, in a tree that knows that */
};

static struct item items[NODES];
static u64 seed;

static unsigned int random_below(unsigned int n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(seed >> 33) % n;
}

static unsigned int key_of(const struct rb_node *node)
{
	return container_of(node, struct item, node)->key;
}

static void insert(struct rb_tree *tree, struct item *item)
{
	struct rb_node *parent = NULL, *at = tree->root;
	int side = 0;

	while (at) {
		parent = at;
		side = item->key > key_of(at);
		at = at->child[side];
	}
	rb_insert(tree, &item->node, parent, side);
	item->inside = true;
}

static void take_out(struct rb_tree *tree, struct item *item)
{
	rb_remove(tree, &item->node);
	item->inside = false;
}

/* How many black nodes are on the way up from @node, itself included. */
static unsigned int blacks(const struct rb_node *node)
{
	unsigned int n = 0;

	for (; node; node = node->parent)
		n += !node->red;
	return n;
}

/* That the tree has what is inside, in order, by the rules of colours. */
static bool is_sound(const struct rb_tree *tree)
{
	unsigned int depth = 0, key = 0;
	struct rb_node *node = rb_first(tree);

	if (tree->root && (tree->root->red || tree->root->parent))
		return false;
	for (struct rb_node *n = node; n; n = rb_next(n)) {
		if (n->red && n->parent->red)
			return false;
		for (int side = 0; side < 2; side++) {
			if (n->child[side] && n->child[side]->parent != n)
				return false;
			if (n->child[side])
				continue;
			if (depth && blacks(n) != depth)
				return false;
			depth = blacks(n);
		}
	}
	for (; key < NODES; key++) {
		if (!items[key].inside)
			continue;
		if (!node || key_of(node) != key)
			return false;
		node = rb_next(node);
	}
	return !node;
}

static unsigned int heaviest_of(const struct rb_node *node)
{
	unsigned int heaviest = container_of(node, struct item, node)->weight;

	for (int side = 0; side < 2; side++)
		if (node->child[side])
			heaviest = MAX(heaviest, container_of(node->child[side], struct item,
							      node)->heaviest);
	return heaviest;
}

static void weigh(struct rb_node *node, const struct rb_node *above)
{
	for (; node != above; node = node->parent)
		container_of(node, struct item, node)->heaviest = heaviest_of(node);
}

static bool is_weighed(const struct rb_tree *tree)
{
	for (struct rb_node *n = rb_first(tree); n; n = rb_next(n))
		if (container_of(n, struct item, node)->heaviest != heaviest_of(n))
			return false;
	return true;
}

/* The item behind @key that is inside, or NULL. */
static struct item *behind(unsigned int key)
{
	while (++key < NODES)
		if (items[key].inside)
			return &items[key];
	return NULL;
}

static void empty(void)
{
	for (unsigned int i = 0; i < NODES; i++)
		items[i] = (struct item){ .key = i };
}

static void random_steps(void)
{
	struct rb_tree tree = { 0 };

	seed = 1;
	empty();
	for (unsigned int i = 0; i < 20000; i++) {
		/* few of them at times, so that the tree becomes empty */
		struct item *item = &items[random_below(i / 1000 % 2 ? 5 : NODES)];

		if (item->inside)
			take_out(&tree, item);
		else
			insert(&tree, item);
		if (!TEST(i % 16 || is_sound(&tree)))
			return;
	}
}

/* Nodes know the heaviest below them, also when the one behind changes together with one. */
static void nodes_know_what_is_below(void)
{
	struct rb_tree tree = { .update = weigh };

	seed = 2;
	empty();
	for (unsigned int i = 0; i < 20000; i++) {
		struct item *item = &items[random_below(i / 1000 % 2 ? 5 : NODES)];
		struct item *next = behind(item->key);

		if (item->inside && i % 3 == 0) {
			item->weight = random_below(1000);
			weigh(&item->node, NULL);
			continue;
		}
		if (next)
			next->weight = random_below(1000);
		item->weight = random_below(1000);
		if (item->inside)
			take_out(&tree, item);
		else
			insert(&tree, item);
		if (!TEST(i % 16 || (is_sound(&tree) && is_weighed(&tree))))
			return;
	}
}

/* In order, the other way round, and in none: each is as high as one that is balanced may be. */
static void height_is_bounded(void)
{
	for (unsigned int order = 0; order < 3; order++) {
		struct rb_tree tree = { 0 };
		unsigned int highest = 0;

		empty();
		for (unsigned int i = 0; i < NODES; i++)
			insert(&tree, &items[order == 0 ? i : order == 1 ? NODES - 1 - i :
							       i * 7919 % NODES]);
		TEST(is_sound(&tree));
		for (unsigned int i = 0; i < NODES; i++) {
			unsigned int height = 0;

			for (struct rb_node *n = &items[i].node; n; n = n->parent)
				height++;
			highest = MAX(highest, height);
		}
		TEST(highest <= 15);	/* 2 log2(NODES + 1) */
		for (unsigned int i = 0; i < NODES; i += 2)
			take_out(&tree, &items[i]);
		TEST(is_sound(&tree));
		for (struct rb_node *n = rb_last(&tree); n; n = rb_prev(n))
			highest = key_of(n);
		TEST_EQ(highest, 1);
	}
}

static void one_and_none(void)
{
	struct rb_tree tree = { 0 };

	empty();
	TEST(!rb_first(&tree) && !rb_last(&tree));
	insert(&tree, &items[7]);
	TEST(rb_first(&tree) == &items[7].node && rb_last(&tree) == &items[7].node);
	TEST(!rb_prev(&items[7].node) && !rb_next(&items[7].node));
	take_out(&tree, &items[7]);
	TEST(!tree.root);
}

static const struct test_case cases[] = {
	TEST_CASE(random_steps),
	TEST_CASE(nodes_know_what_is_below),
	TEST_CASE(height_is_bounded),
	TEST_CASE(one_and_none),
};
static const struct test_suite rbtree_suite = TEST_SUITE_OF("rbtree", cases);
TEST_SUITE(rbtree_suite);
