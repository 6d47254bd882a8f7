/* SPDX-License-Identifier: MIT */
/*
 * Tests of the index on the tree that this machine was booted with: every way of asking gives the
 * same answer. tests/host/ has the trees that are odd or broken.
 */
#include <device/driver.h>
#include <device/fdt.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

static void nodes_are_in_order(void)
{
	const struct dt_node *node = NULL, *before = NULL;
	unsigned int count = 0;

	TEST_EQ(dt_next(NULL), dt_root());
	while ((node = dt_next(node))) {
		count++;
		if (node == dt_root()) {
			TEST(!node->parent && !node->depth && !*node->name);
		} else {
			TEST(node->parent && node->parent < node && *node->name);
			TEST_EQ(node->depth, node->parent->depth + 1);
			TEST(node->depth <= before->depth + 1);
			TEST(!node->enabled || node->parent->enabled);
		}
		before = node;
	}
	TEST(count > 5);
}

/* Goes through the tree by child and sibling; returns how many nodes were met. */
static unsigned int walk(const struct dt_node *node, const struct dt_node **next)
{
	unsigned int count = 1;

	TEST_EQ(node, *next);
	*next = dt_next(node);
	for (const struct dt_node *child = dt_child(node); child; child = dt_sibling(child)) {
		TEST_EQ(child->parent, node);
		count += walk(child, next);
	}
	return count;
}

static void children_and_siblings_are_all_nodes(void)
{
	const struct dt_node *next = dt_root(), *node = NULL;
	unsigned int count = 0;

	while ((node = dt_next(node)))
		count++;
	TEST_EQ(walk(dt_root(), &next), count);
	TEST_EQ(next, NULL);
	TEST_EQ(dt_sibling(dt_root()), NULL);
}

static void paths_lead_back(void)
{
	const struct dt_node *node = NULL;
	char path[256];

	while ((node = dt_next(node))) {
		size_t len = dt_path(node, path, sizeof(path));

		TEST_EQ(len, strlen(path));
		TEST_EQ(path[0], '/');
		TEST_EQ(dt_find(path), node);
		TEST_EQ(dt_find_n(path, len), node);
	}
	TEST_EQ(dt_find("/no/such/node"), NULL);
	TEST_EQ(dt_find("no-such-alias"), NULL);
	TEST_EQ(dt_find(""), NULL);
	TEST_EQ(dt_path(dt_find("/chosen"), path, 4), strlen("/chosen"));
	TEST_STR(path, "/ch");
}

static void phandles_are_one_node_each(void)
{
	const struct dt_node *node = NULL;
	unsigned int count = 0;

	while ((node = dt_next(node))) {
		if (!node->phandle)
			continue;
		TEST_EQ(dt_by_phandle(node->phandle), node);
		count++;
	}
	TEST(count > 0);
	TEST_EQ(dt_by_phandle(0), NULL);
	TEST_EQ(dt_by_phandle(0xfffffffe), NULL);
}

static void properties_are_found_by_name(void)
{
	const struct dt_node *node = NULL;

	while ((node = dt_next(node))) {
		struct dt_prop p = { 0 };

		while (dt_prop_next(node, &p)) {
			u32 len = 0;

			TEST_EQ(dt_prop(node, p.name, &len), p.value);
			TEST_EQ(len, p.len);
			TEST(dt_has(node, p.name));
		}
		TEST(!dt_has(node, "no-such-property"));
	}
}

static void compatible_is_read(void)
{
	const struct dt_node *node = NULL;

	while ((node = dt_next(node))) {
		const char *first = dt_string(node, "compatible", 0);

		TEST_EQ(first, node->compatible);
		if (!first)
			continue;
		TEST(dt_compatible(node, first));
		if (node->enabled)
			TEST(dt_find_compatible(NULL, first) <= node);
	}
	TEST_EQ(dt_find_compatible(NULL, "no,such"), NULL);
}

static void devices_have_their_nodes(void)
{
	unsigned int ready = 0;

	for (const struct device *dev = NULL; (dev = device_next(dev));) {
		TEST(dev->node->enabled && dev->node->compatible);
		if (dev->state != DEVICE_READY)
			continue;
		ready++;
		TEST_EQ(device_of(dev->node), dev);
	}
	TEST(ready >= 2);
	TEST_EQ(device_of(dt_root()), NULL);
}

static void questions_without_an_answer(void)
{
	const struct dt_node *root = dt_root();
	struct dt_interrupt irq;
	struct dt_range r;
	u32 value;

	TEST_EQ(dt_u32(root, "no-such-property", 0, &value), -ENOENT);
	TEST_EQ(dt_u32(root, "#address-cells", 1, &value), -ERANGE);
	TEST_EQ(dt_string(root, "no-such-property", 0), NULL);
	TEST_EQ(dt_string(root, "compatible", 1000), NULL);
	TEST_EQ(dt_reg(root, 0, &r), -ENOENT);
	TEST_EQ(dt_interrupt(root, 0, &irq), -ENOENT);
}

static const struct test_case cases[] = {
	TEST_CASE(nodes_are_in_order),
	TEST_CASE(children_and_siblings_are_all_nodes),
	TEST_CASE(paths_lead_back),
	TEST_CASE(phandles_are_one_node_each),
	TEST_CASE(properties_are_found_by_name),
	TEST_CASE(compatible_is_read),
	TEST_CASE(devices_have_their_nodes),
	TEST_CASE(questions_without_an_answer),
};

static const struct test_suite fdt_suite = TEST_SUITE_OF("fdt", cases);
TEST_SUITE(fdt_suite);
