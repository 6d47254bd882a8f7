/* SPDX-License-Identifier: MIT */
/*
 * dt: the device tree as the kernel sees it. `ls` shows a node's children and properties, `cat`
 * one property, `tree` everything below a node. Disabled nodes are shown and marked.
 */
#include <device/fdt.h>
#include <lib/endian.h>
#include <lib/string.h>
#include <shell/command.h>

/* A property that is a list of printable strings, as dtc would write it. */
static bool is_text(const u8 *value, u32 len)
{
	if (!len || value[len - 1])
		return false;
	for (u32 i = 0; i < len; i++) {
		if (!value[i] && (i == 0 || !value[i - 1]))
			return false;
		if (value[i] && (value[i] < ' ' || value[i] > '~'))
			return false;
	}
	return true;
}

static void print_value(const u8 *value, u32 len)
{
	if (is_text(value, len)) {
		for (u32 at = 0; at < len; at += (u32)strlen((const char *)value + at) + 1)
			print("%s\"%s\"", at ? ", " : "", (const char *)value + at);
	} else if (len % 4 == 0) {
		for (u32 at = 0; at < len; at += 4)
			print("%s%#x", at ? " " : "<", load_be32(value + at));
		print("%s", len ? ">" : "");
	} else {
		for (u32 at = 0; at < len; at++)
			print("%s%02x", at ? " " : "[", value[at]);
		print("]");
	}
}

static void indent(unsigned int depth)
{
	while (depth--)
		print("  ");
}

static void print_properties(const struct dt_node *node, unsigned int depth)
{
	struct dt_prop p = { 0 };

	while (dt_prop_next(node, &p)) {
		indent(depth);
		print("%s%s", p.name, p.len ? " = " : "");
		print_value(p.value, p.len);
		print("\n");
	}
}

static void print_name(const struct dt_node *node, unsigned int depth)
{
	indent(depth);
	print("%s/%s\n", node->name, node->enabled ? "" : "  (disabled)");
}

static void print_tree(const struct dt_node *node)
{
	const struct dt_node *n = node;

	do {
		print_name(n, n->depth - node->depth);
		print_properties(n, n->depth - node->depth + 1U);
		n = dt_next(n);
	} while (n && n->depth > node->depth);
}

static int no_node(const char *path)
{
	print("dt: no node %s\n", path);
	return STATUS_FAIL;
}

/* The last part of the path is the property's name. */
static int cat(const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct dt_node *node;
	const u8 *value;
	u32 len;

	if (!slash)
		return no_node(path);
	node = slash == path ? dt_root() : dt_find_n(path, (size_t)(slash - path));
	if (!node)
		return no_node(path);
	value = dt_prop(node, slash + 1, &len);
	if (!value) {
		print("dt: %s has no property %s\n", *node->name ? node->name : "/", slash + 1);
		return STATUS_FAIL;
	}
	print_value(value, len);
	print("\n");
	return STATUS_OK;
}

static int dt_run(int argc, char **argv)
{
	const char *path = argc == 3 ? argv[2] : "/";
	const struct dt_node *node;

	if (!strcmp(argv[1], "cat"))
		return argc == 3 ? cat(path) : STATUS_USAGE;
	if (strcmp(argv[1], "ls") && strcmp(argv[1], "tree"))
		return STATUS_USAGE;
	node = dt_find(path);
	if (!node)
		return no_node(path);
	if (!strcmp(argv[1], "tree")) {
		print_tree(node);
		return STATUS_OK;
	}
	for (const struct dt_node *child = dt_child(node); child; child = dt_sibling(child))
		print_name(child, 0);
	print_properties(node, 0);
	return STATUS_OK;
}

static const struct command dt_command = {
	.name = "dt",
	.usage = "ls|tree [NODE] | cat NODE/PROPERTY",
	.help = "look into the device tree",
	.run = dt_run,
	.min_args = 1,
	.max_args = 2,
};
COMMAND(dt_command);
