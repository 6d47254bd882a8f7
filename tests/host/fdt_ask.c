/* SPDX-License-Identifier: MIT */
/*
 * See fdt_ask.h. A rule of include/device/fdt.h that an answer breaks ends the program: for a
 * broken tree there is no other right answer than an error, or answers that hold together.
 */
#include <device/fdt.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "fdt_ask.h"
#include "host.h"

#define RULE(cond) \
	do { \
		if (!(cond)) \
			panic("%s:%d: the device tree's answers break the rule: %s", \
			      __FILE__, __LINE__, #cond); \
	} while (0)

/* Trees above this are not asked the questions that take a walk for each node. */
#define SMALL	2000

static unsigned int banks;
static volatile u8 eaten;

/* Reads every byte, so that one that cannot be read is noticed. */
static void eat(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		eaten ^= ((const u8 *)p)[i];
}

static void eat_string(const char *s)
{
	eat(s, strlen(s));
}

static void on_memory(paddr_t base, u64 size)
{
	RULE(size > 0);
	RULE(base + (size - 1) >= base);
	banks++;
}

static void on_reserved(paddr_t base, u64 size, const char *name, bool no_map)
{
	RULE(size == 0 || base + (size - 1) >= base);
	eat(&no_map, 1);
	eat_string(name);
}

static void ask_properties(const struct dt_node *node)
{
	struct dt_prop p = { 0 };

	while (dt_prop_next(node, &p)) {
		u32 len, value, first_len;
		const char *string;
		const void *first = dt_prop(node, p.name, &first_len);

		eat_string(p.name);
		eat(p.value, p.len);
		/* Of two with one name the first counts. */
		RULE(first != NULL && (const u8 *)first <= p.value);
		RULE(dt_prop(node, p.name, NULL) == first);
		RULE(dt_has(node, p.name));
		len = first_len;
		RULE(dt_u32(node, p.name, len / 4, &value) == -ERANGE);
		RULE(dt_u32(node, p.name, UINT32_MAX, &value) == -ERANGE);
		for (u32 i = 0; i < len / 4; i++)
			RULE(dt_u32(node, p.name, i, &value) == 0);
		for (u32 i = 0; (string = dt_string(node, p.name, i)) != NULL; i++) {
			RULE(i < len);
			eat_string(string);
		}
		RULE(dt_string(node, p.name, UINT32_MAX) == NULL);
	}
	RULE(dt_prop(node, "no-such-property", NULL) == NULL);
}

static void ask_addresses(const struct dt_node *node)
{
	struct dt_interrupt irq;
	struct dt_range r;
	unsigned int i;
	int err;

	for (i = 0; (err = dt_reg(node, i, &r)) == 0; i++)
		RULE(r.size == 0 || r.base + (r.size - 1) >= r.base);
	RULE(err == -ENOENT || err == -EINVAL);
	RULE(dt_reg(node, UINT32_MAX, &r) != 0);

	for (i = 0; (err = dt_interrupt(node, i, &irq)) == 0; i++) {
		RULE(irq.controller != NULL);
		RULE(irq.cells >= 1 && irq.cells <= 4);
		eat(irq.cell, irq.cells * sizeof(irq.cell[0]));
	}
	RULE(err == -ENOENT || err == -EINVAL);
	RULE(dt_interrupt(node, UINT32_MAX, &irq) != 0);
}

static void ask_suppliers(const struct dt_node *node)
{
	static const char *const lists[][2] = {
		{ "clocks", "#clock-cells" }, { "gpios", "#gpio-cells" },
		{ "interrupts-extended", "#interrupt-cells" },
	};
	struct dt_args args;
	int err;

	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		unsigned int n = 0;

		while (!(err = dt_args(node, lists[i][0], lists[i][1], n, &args))) {
			RULE(args.node != NULL);
			RULE(args.cells <= ARRAY_SIZE(args.cell));
			n++;
		}
		RULE(err == -ENOENT || err == -EINVAL);
	}
}

static void ask_compatible(const struct dt_node *node)
{
	const struct dt_node *found;
	const char *s = node->compatible;

	if (s == NULL)
		return;
	eat(s, node->compatible_len);
	for (; s < node->compatible + node->compatible_len; s += strlen(s) + 1) {
		RULE(dt_compatible(node, s));
		found = dt_find_compatible(NULL, s);
		RULE(!node->enabled || (found != NULL && found <= node));
		RULE(found == NULL || found->enabled);
	}
	RULE(!dt_compatible(node, "no,such-thing"));
}

/*
 * True unless one of two nodes with the same path is above @node: then its path may lead
 * elsewhere.
 */
static bool path_is_its_own(const struct dt_node *node)
{
	char path[512];

	return node->parent == NULL || dt_path(node->parent, path, sizeof(path)) >= sizeof(path) ||
	       (dt_find(path) == node->parent && path_is_its_own(node->parent));
}

/* What a path or an alias leads to. */
static void ask_names(const struct dt_node *node)
{
	char path[512], other[512], cut[4];
	size_t len = dt_path(node, path, sizeof(path));
	const struct dt_node *found;

	RULE(dt_path(node, cut, sizeof(cut)) == len);
	RULE(strlen(cut) == (len < sizeof(cut) ? len : sizeof(cut) - 1));
	RULE(dt_path(node, NULL, 0) == len);
	if (len < sizeof(path) && path_is_its_own(node)) {
		RULE(strlen(path) == len);
		found = dt_find(path);
		RULE(found != NULL && found <= node);
		dt_path(found, other, sizeof(other));
		RULE(strcmp(path, other) == 0);
		RULE(dt_find_n(path, len) == found);
	}
	if (node->phandle != 0) {
		found = dt_by_phandle(node->phandle);
		RULE(found != NULL && found <= node && found->phandle == node->phandle);
	}
	dt_find(node->name);
}

static void ask_node(const struct dt_node *node)
{
	RULE(node->address_cells <= 4 && node->size_cells <= 4);
	if (node->parent == NULL) {
		RULE(node == dt_root() && node->depth == 0);
	} else {
		RULE(node->parent < node);
		RULE(node->depth == node->parent->depth + 1);
		RULE(!node->enabled || node->parent->enabled);
	}
	eat_string(node->name);
	ask_properties(node);
	ask_addresses(node);
	ask_suppliers(node);
}

/* The nodes below @node, by child and sibling. */
static size_t count_below(const struct dt_node *node)
{
	const struct dt_node *child;
	size_t n = 0;

	for (child = dt_child(node); child != NULL; child = dt_sibling(child)) {
		RULE(child->parent == node);
		n += 1 + count_below(child);
	}
	return n;
}

static void ask_tree(void)
{
	const struct dt_node *node = NULL;
	size_t n = dt_index_size() / sizeof(struct dt_node);
	size_t count = 0;
	const char *options;

	while ((node = dt_next(node)) != NULL) {
		count++;
		ask_node(node);
		if (n <= SMALL) {
			ask_compatible(node);
			ask_names(node);
		}
	}
	RULE(count == n);
	RULE(count_below(dt_root()) + 1 == n);
	RULE(dt_by_phandle(0) == NULL);
	RULE(dt_find("") == NULL);
	RULE(dt_find("/") == dt_root());
	RULE(dt_find("no-such-alias") == NULL);
	options = NULL;
	dt_stdout(&options);
	if (options != NULL)
		eat_string(options);
}

int fdt_ask(const void *blob, size_t mapped)
{
	unsigned int usable;
	void *storage;
	int err;

	host_log_lines();
	err = dt_check(blob, mapped);
	if (err) {
		RULE(err == -EINVAL || err == -EOVERFLOW);
		RULE(host_log_lines() >= 1);
		return err;
	}
	banks = 0;
	usable = dt_scan_memory(on_memory, on_reserved);
	RULE(usable == banks);
	RULE(dt_root() == NULL);

	storage = malloc(dt_index_size());
	dt_index(storage);
	dt_reserves(0, 8);
	ask_tree();
	free(storage);
	return 0;
}
