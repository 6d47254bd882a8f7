/* SPDX-License-Identifier: MIT */
/*
 * dt: the device tree as the kernel sees it. `ls` shows a node's children and properties, `cat`
 * one property, `tree` everything below a node. Disabled nodes are shown and marked.
 */
#include <device/fdt.h>
#include <lib/endian.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/complete.h>

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
		if (shell_stopped())
			return;
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

/* The node whose children the word's last part is one of, with the part before that in *@len. */
static const struct dt_node *node_of_word(const struct completion *c, size_t *len)
{
	const char *slash = strrchr(c->word, '/');

	*len = slash ? (size_t)(slash + 1 - c->word) : 0;
	if (*len < 2)
		return dt_root();
	return dt_find_n(c->word, *len - 1);
}

static void offer_nodes(struct completion *c)
{
	size_t len;
	const struct dt_node *node = node_of_word(c, &len);
	char path[256];

	if (!len) {
		complete_offer(c, "/", "");
		return;
	}
	for (node = node ? dt_child(node) : NULL; node; node = dt_sibling(node)) {
		const char *slash = dt_child(node) ? "/" : "";

		if (snprintf(path, sizeof(path), "%.*s%s%s", (int)len, c->word, node->name,
			     slash) < sizeof(path))
			complete_offer(c, path, *slash ? "" : " ");
	}
}

static void offer_properties(struct completion *c)
{
	size_t len;
	const struct dt_node *node = node_of_word(c, &len);
	struct dt_prop p = { 0 };
	char path[256];

	while (len && node && dt_prop_next(node, &p))
		if (snprintf(path, sizeof(path), "%.*s%s", (int)len, c->word, p.name) <
		    sizeof(path))
			complete_offer(c, path, " ");
}

static const struct completer node_completer = { .kinds = "NODE", .offer = offer_nodes };
COMPLETER(node_completer);

static const struct completer property_completer = {
	.kinds = "PROPERTY", .offer = offer_properties,
};
COMPLETER(property_completer);

/* Only `cat` asks for properties. */
static void dt_complete(struct completion *c)
{
	static const char *const words[] = { "cat", "ls", "tree" };

	for (unsigned int i = 0; c->index == 1 && i < ARRAY_SIZE(words); i++)
		complete_offer(c, words[i], " ");
	if (c->index != 2)
		return;
	complete_kind(c, "NODE", 4);
	if (!strcmp(c->words[1], "cat"))
		complete_kind(c, "PROPERTY", 8);
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
	.complete = IS_ENABLED(CONFIG_SHELL_COMPLETE) ? dt_complete : NULL,
};
COMMAND(dt_command);
