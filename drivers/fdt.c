/* SPDX-License-Identifier: MIT */
/*
 * The device tree's index (see <device/fdt.h>). libfdt goes over the whole structure block
 * once, tag by tag, and says whether every one lies inside the blob; this file adds what
 * libfdt's walk leaves open (nesting, names, property names inside the strings block). After
 * that the blob is trusted, and everything else reads it directly.
 *
 * Building the index needs memory, and memory is found in the tree: so dt_scan_memory() works
 * without it, on nodes that it builds on its own stack. Answers that need arithmetic (reg,
 * ranges, interrupts) are in fdt_address.c.
 */
#include <arch/sections.h>
#include <device/fdt.h>
#include <lib/assert.h>
#include <lib/endian.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <libfdt.h>
#include <uapi/errno.h>

#define DEPTH_MAX	64
#define NODES_MAX	60000		/* struct dt_node counts them in 16 bits */

/* A property name and what prop_compare() said of it. */
struct known_name {
	const char *name;
	u32 kind;
};

static struct {
	const u8 *blob;
	const u8 *end;			/* what can be read of it */
	const char *strings;
	u32 node_count;
	struct dt_node *nodes;		/* NULL before dt_index() */
	struct known_name known[64];
	struct dt_node chosen;		/* from dt_scan_memory() on; no name when there is none */
} tree __ro_after_init;

/* A word of the header, by its name there. */
#define HEADER(field)	load_be32(tree.blob + offsetof(struct fdt_header, field))

static int bad(u32 offset, const char *what)
{
	log_err("device tree: %s at offset %#x of the structure block", what, offset);
	return -EINVAL;
}

static int check_header(size_t mapped)
{
	int err = mapped < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED
						     : fdt_check_header(tree.blob);
	u32 strings;

	if (err) {
		log_err("device tree: header: %s",
			err == -FDT_ERR_BADMAGIC     ? "wrong magic"
			: err == -FDT_ERR_BADVERSION ? "unknown version"
						     : "sizes and offsets do not fit together");
		return -EINVAL;
	}
	/* what is behind the blocks need not be there; they are within totalsize */
	strings = HEADER(size_dt_strings);
	if (MAX(HEADER(off_dt_struct) + HEADER(size_dt_struct),
		HEADER(off_dt_strings) + strings) > mapped) {
		log_err("device tree: a block reaches beyond the %zu bytes that are there", mapped);
		return -EOVERFLOW;
	}
	if (HEADER(version) < 17) {
		log_err("device tree: version %u is older than 17", HEADER(version));
		return -EINVAL;
	}
	tree.strings = (const char *)tree.blob + HEADER(off_dt_strings);
	if (strings && tree.strings[strings - 1]) {
		log_err("device tree: the strings block does not end with a NUL");
		return -EINVAL;
	}
	return 0;
}

/* A node's name: something, without a slash, and nothing for the root. */
static bool name_is_sane(const char *name, unsigned int depth)
{
	return depth == 1 ? !*name : *name && !strchr(name, '/');
}

static int check_structure(void)
{
	u32 strings = HEADER(size_dt_strings);
	bool had_child = false;
	unsigned int depth = 0;
	int offset = 0, next;

	for (;; offset = next) {
		const u8 *at = tree.blob + HEADER(off_dt_struct) + offset;
		u32 tag = fdt_next_tag(tree.blob, offset, &next);

		if (next < 0)
			return bad((u32)offset, tag == FDT_END ? "truncated or unknown tag"
							       : "tag beyond the end");
		switch (tag) {
		case FDT_BEGIN_NODE:
			if (++depth > DEPTH_MAX)
				return bad((u32)offset, "nodes nested too deep");
			if (depth == 1 && tree.node_count)
				return bad((u32)offset, "second root");
			if (!name_is_sane((const char *)at + 4, depth))
				return bad((u32)offset, "impossible node name");
			if (++tree.node_count > NODES_MAX) {
				bad((u32)offset, "too many nodes");
				return -EOVERFLOW;
			}
			had_child = false;
			break;
		case FDT_END_NODE:
			if (!depth--)
				return bad((u32)offset, "end of a node that never began");
			had_child = true;
			break;
		case FDT_PROP:
			if (!depth || had_child)
				return bad((u32)offset, "property outside of a node's beginning");
			/*
			 * libfdt adds up in 32 bits: a length near 2^32 leads it back to where
			 * it was
			 */
			if (ALIGN_UP(12 + (u64)load_be32(at + 4), 4) != (u64)(next - offset))
				return bad((u32)offset, "impossible length of a property");
			if (load_be32(at + 8) >= strings)
				return bad((u32)offset,
					   "property name outside of the strings block");
			break;
		case FDT_NOP:
			break;
		default:	/* FDT_END: libfdt lets no other through */
			if (depth || !tree.node_count)
				return bad((u32)offset, "end inside of a node");
			return 0;
		}
	}
}

int dt_check(const void *blob, size_t mapped)
{
	int err;

	memset(&tree, 0, sizeof(tree));
	tree.blob = blob;
	tree.end = tree.blob + mapped;
	err = check_header(mapped);
	if (!err)
		err = check_structure();
	if (err)
		tree.node_count = 0;
	return err;
}

/* From here on the blob is known to be sound. */

static const u8 *skip_nops(const u8 *p)
{
	while (load_be32(p) == FDT_NOP)
		p += 4;
	return p;
}

/*
 * The property at or behind @p and where the next one may be; false at another tag, with *@p
 * there.
 */
static bool prop_read(const u8 **p, struct dt_prop *prop)
{
	const u8 *at = skip_nops(*p);

	*p = at;
	if (load_be32(at) != FDT_PROP)
		return false;
	prop->len = load_be32(at + 4);
	prop->name = tree.strings + load_be32(at + 8);
	prop->value = at + 12;
	prop->next = prop->value + ALIGN_UP(prop->len, 4);
	*p = prop->next;
	return true;
}

bool dt_prop_next(const struct dt_node *node, struct dt_prop *p)
{
	const u8 *at = p->next ? p->next : node->props;

	return prop_read(&at, p);
}

static bool string_is(const struct dt_prop *p, const char *text)
{
	size_t len = strlen(text) + 1;

	return p->len == len && !memcmp(p->value, text, len);
}

static u8 cell_count(const struct dt_prop *p, u8 otherwise)
{
	u32 cells = p->len == 4 ? load_be32(p->value) : ~0U;

	if (cells <= 4)
		return (u8)cells;
	log_warn("device tree: %s is not a number from 0 to 4", p->name);
	return otherwise;
}

/* The properties that every node is read for. */
enum known_prop {
	PROP_OTHER = 1,
	PROP_ADDRESS_CELLS,
	PROP_SIZE_CELLS,
	PROP_COMPATIBLE,
	PROP_STATUS,
	PROP_REG,
	PROP_PHANDLE
};

static enum known_prop prop_compare(const char *name)
{
	if (!strcmp(name, "#address-cells"))
		return PROP_ADDRESS_CELLS;
	if (!strcmp(name, "#size-cells"))
		return PROP_SIZE_CELLS;
	if (!strcmp(name, "compatible"))
		return PROP_COMPATIBLE;
	if (!strcmp(name, "status"))
		return PROP_STATUS;
	if (!strcmp(name, "reg"))
		return PROP_REG;
	if (!strcmp(name, "phandle") || !strcmp(name, "linux,phandle"))
		return PROP_PHANDLE;
	return PROP_OTHER;
}

/*
 * Which one @name is. Names stand in the strings block once, mostly, and there are few: the
 * answer for each is remembered by its address, so that strings are compared once a name and
 * not once a property.
 */
static enum known_prop prop_kind(const char *name)
{
	size_t place = (size_t)(name - tree.strings) / 4;
	struct known_name *known = &tree.known[place % ARRAY_SIZE(tree.known)];

	if (known->name != name) {
		known->name = name;
		known->kind = prop_compare(name);
	}
	return known->kind;
}

/*
 * Fills in @node from the BEGIN_NODE tag at @p, which may be an index entry or a temporary one.
 * Returns the tag behind its properties.
 */
static const u8 *node_read(const u8 *p, const struct dt_node *parent, struct dt_node *node)
{
	struct dt_prop prop;

	/* one by one, as all of it at once would be a call of memset() for each node */
	node->name = (const char *)p + 4;
	node->parent = parent;
	node->compatible = NULL;
	node->reg = NULL;
	node->compatible_len = 0;
	node->phandle = 0;
	node->next = 0;
	node->address_cells = 2;
	node->size_cells = 1;
	node->enabled = true;
	node->depth = 0;
	if (parent) {
		node->enabled = parent->enabled;
		node->depth = (u8)(parent->depth + 1);
	}
	p += 4 + ALIGN_UP(strlen(node->name) + 1, 4);
	node->props = p;
	while (prop_read(&p, &prop)) {
		switch (prop_kind(prop.name)) {
		case PROP_ADDRESS_CELLS:
			node->address_cells = cell_count(&prop, 2);
			break;
		case PROP_SIZE_CELLS:
			node->size_cells = cell_count(&prop, 1);
			break;
		case PROP_COMPATIBLE:
			/* a list that is not terminated is none */
			if (prop.len && !prop.value[prop.len - 1]) {
				node->compatible = (const char *)prop.value;
				node->compatible_len = prop.len;
			}
			break;
		case PROP_STATUS:
			if (!string_is(&prop, "okay") && !string_is(&prop, "ok"))
				node->enabled = false;
			break;
		case PROP_REG:
			node->reg = prop.value;
			break;
		case PROP_PHANDLE:
			if (prop.len == 4)
				node->phandle = load_be32(prop.value);
			break;
		case PROP_OTHER:
			break;
		}
	}
	return p;
}

/* The tag behind the name and the properties of the node at @p. */
static const u8 *node_skip(const u8 *p)
{
	struct dt_prop prop;

	p += 4 + ALIGN_UP(strlen((const char *)p + 4) + 1, 4);
	while (prop_read(&p, &prop))
		;
	return p;
}

static const u8 *first_tag(void)
{
	return skip_nops(tree.blob + HEADER(off_dt_struct));
}

/*
 * Goes on from the tag at @p to the next BEGIN_NODE, and counts @depth down for each END_NODE.
 * NULL at the end.
 */
static const u8 *next_begin(const u8 *p, unsigned int *depth)
{
	for (;; p += 4) {
		u32 tag = load_be32(p);

		if (tag == FDT_BEGIN_NODE)
			return p;
		if (tag == FDT_END_NODE)
			--*depth;
		else if (tag != FDT_NOP)
			return NULL;
	}
}

static void scan_memreserve(dt_reserved *reserved)
{
	const u8 *p = tree.blob + HEADER(off_mem_rsvmap);

	for (; tree.end - p >= 16 && load_be64(p + 8); p += 16) {
		u64 base = load_be64(p), size = load_be64(p + 8);

		if (base + size < base)
			log_warn("device tree: /memreserve/ %#lx %#lx wraps", base, size);
		else
			reserved(base, size, "memreserve", false);
	}
}

bool dt_memreserve(unsigned int index, u64 *base, u64 *size)
{
	const u8 *p = tree.blob + HEADER(off_mem_rsvmap) + 16UL * index;

	if (tree.end - p < 16)
		return false;
	*base = load_be64(p);
	*size = load_be64(p + 8);
	return *size;		/* none is how the list ends */
}

static unsigned int scan_bank(const struct dt_node *node, dt_memory *memory)
{
	unsigned int usable = 0;
	struct dt_range r;
	int err;

	for (unsigned int i = 0; !(err = dt_reg(node, i, &r)); i++)
		if (r.size) {	/* 0 is firmware's way of saying that there is none */
			memory(r.base, r.size);
			usable++;
		}
	if (err != -ENOENT)
		log_warn("device tree: %s: its reg cannot be read", node->name);
	return usable;
}

static void scan_reserved(const struct dt_node *node, dt_reserved *reserved)
{
	bool no_map = dt_has(node, "no-map");
	struct dt_range r;
	int err;

	for (unsigned int i = 0; !(err = dt_reg(node, i, &r)); i++)
		if (r.size)
			reserved(r.base, r.size, node->name, no_map);
	/* without a reg it only wishes for memory, anywhere */
	if (err != -ENOENT)
		log_warn("device tree: %s: its reg cannot be read, its memory is not reserved",
			 node->name);
}

unsigned int dt_scan_memory(dt_memory *memory, dt_reserved *reserved)
{
	struct dt_node root, top, node;	/* the way from the root to where the scan is */
	const u8 *p = node_read(first_tag(), NULL, &root);
	unsigned int depth = 1, usable = 0;
	bool in_reserved = false;

	scan_memreserve(reserved);
	while ((p = next_begin(p, &depth))) {
		const char *type;

		if (depth == 1) {
			p = node_read(p, &root, &top);
			type = dt_string(&top, "device_type", 0);
			in_reserved = !strcmp(top.name, "reserved-memory") && top.enabled;
			if (!strcmp(top.name, "chosen"))
				tree.chosen = top;
			if (type && !strcmp(type, "memory") && top.enabled)
				usable += scan_bank(&top, memory);
		} else if (depth == 2 && in_reserved) {
			p = node_read(p, &top, &node);
			if (node.enabled)
				scan_reserved(&node, reserved);
		} else {
			p = node_skip(p);
		}
		depth++;
	}
	return usable;
}

size_t dt_index_size(void)
{
	return tree.node_count * sizeof(struct dt_node);
}

void dt_index(void *storage)
{
	struct dt_node *nodes = storage, *parents[DEPTH_MAX + 1];
	unsigned int depth = 0, open = 0;
	u32 count = 0;
	const u8 *p = first_tag();

	while ((p = next_begin(p, &depth))) {
		/* all that were open below this level have ended */
		for (; open > depth; open--)
			parents[open - 1]->next = (u16)count;
		assert(count < tree.node_count);
		p = node_read(p, depth ? parents[depth - 1] : NULL, &nodes[count]);
		parents[depth++] = &nodes[count++];
		open = depth;
	}
	for (; open; open--)
		parents[open - 1]->next = (u16)count;
	assert(count == tree.node_count);
	tree.nodes = nodes;
}

const struct dt_node *dt_root(void)
{
	return tree.nodes;
}

/* @node where it is one, and not the end of all. */
static const struct dt_node *in_tree(const struct dt_node *node)
{
	return node < tree.nodes + tree.node_count ? node : NULL;
}

const struct dt_node *dt_next(const struct dt_node *node)
{
	return node ? in_tree(node + 1) : tree.nodes;
}

const struct dt_node *dt_child(const struct dt_node *node)
{
	const struct dt_node *next = dt_next(node);

	return next && next->parent == node ? next : NULL;
}

const struct dt_node *dt_sibling(const struct dt_node *node)
{
	const struct dt_node *next = in_tree(tree.nodes + node->next);

	return next && next->parent == node->parent ? next : NULL;
}

const struct dt_node *dt_chosen(void)
{
	return tree.chosen.name ? &tree.chosen : NULL;
}
