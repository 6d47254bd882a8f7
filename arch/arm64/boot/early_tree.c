/* SPDX-License-Identifier: MIT */
/*
 * A small scanner of the flattened device tree (Devicetree Specification 0.4, chapter 5) for
 * the time before the MMU is on. It goes through the structure block from tag to tag, remembers
 * the way from the root, and answers three questions: where is the UART that stdout-path names,
 * where is the interrupt controller, how fast is the timer. It makes the best of a broken tree:
 * the full check, with words and offsets, is drivers/fdt.c's.
 */
#include "boot.h"

#include <asm/memory.h>

#define FDT_MAGIC 0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_NOP 4
#define FDT_END 9

/* ATAG_CORE, little-endian, is the second word of the old 32-bit hand-over. */
#define ATAG_CORE 0x54410001

#define HEADER_SIZE 40

/* Every word of a tree is aligned, its start being so. */
static u32 be32(const u8 *p)
{
	return __builtin_bswap32(*(const u32 *)(uintptr_t)p);
}

/*
 * Header words, by their order: magic, totalsize, off_dt_struct, off_dt_strings,
 * off_mem_rsvmap, version, last_comp, ...
 */
enum {
	H_MAGIC,
	H_TOTALSIZE,
	H_STRUCT,
	H_STRINGS,
	H_RSVMAP,
	H_VERSION,
	H_LAST_COMP,
	H_CPU,
	H_STRINGS_SIZE,
	H_STRUCT_SIZE
};

static u32 header(const u8 *tree, unsigned int word)
{
	return be32(tree + 4 * word);
}

static bool equal(const char *a, const char *b, size_t len)
{
	while (len--)
		if (*a++ != *b++)
			return false;
	return true;
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

const char *early_tree_find(paddr_t tree)
{
	if (!tree)
		return "no device tree: x0 was 0 at entry";
	if (tree & 7)
		return "no device tree: x0 is not 8-byte aligned";
	if (header((const u8 *)tree, H_MAGIC) != FDT_MAGIC) {
		if (*(const volatile u32 *)(tree + 4) == ATAG_CORE)
			return "no device tree: x0 points at ATAGS (boot with a dtb)";
		return "no device tree: x0 does not point at the magic d00dfeed";
	}
	return NULL;
}

const char *early_tree_check(const u8 *t, u64 *size)
{
	u64 total, struct_end, strings_end;

	if (header(t, H_VERSION) < 17 || header(t, H_LAST_COMP) > 17)
		return "device tree: version is not 17 or compatible with it";
	total = header(t, H_TOTALSIZE);
	if (total < HEADER_SIZE)
		return "device tree: totalsize is smaller than the header";
	if (total > ARCH_TREE_MAX)
		return "device tree: totalsize is above 2 MiB";
	struct_end = (u64)header(t, H_STRUCT) + header(t, H_STRUCT_SIZE);
	strings_end = (u64)header(t, H_STRINGS) + header(t, H_STRINGS_SIZE);
	if (struct_end > total || strings_end > total || (header(t, H_STRUCT) & 3))
		return "device tree: a block lies outside of totalsize (truncated?)";
	/*
	 * The list of reservations comes first. Firmware likes to leave much room behind the last
	 * block: it is memory like any other.
	 */
	*size = MAX(struct_end, strings_end);
	return NULL;
}

/* A place in the structure block; every step checks that it stays inside. */
struct cursor {
	const u8 *p;
	const u8 *end;
	bool broken;
};

/*
 * Reads the tag at the cursor and moves behind it with all that belongs to it. 0: no more.
 * @body is what follows the tag.
 *
 * Words that are no tag are passed over. Sound trees have none, but FDT_NOP; in a broken one it
 * is what still leads to the UART, on which the kernel can then say where it is broken. There a
 * property counts only when a tag follows it: a wrong length leads to something else, mostly.
 */
static u32 next_tag(struct cursor *c, const u8 **body)
{
	while (c->end - c->p >= 4) {
		u32 tag = be32(c->p);
		u64 left = (u64)(c->end - c->p) - 4, size = 0;

		c->p += 4;
		*body = c->p;
		if (tag == FDT_BEGIN_NODE) {
			while (size < left && c->p[size])
				size++;
			size++;
		} else if (tag == FDT_PROP && left >= 8) {
			size = ALIGN_UP(8 + (u64)be32(c->p), 4);
			if (c->broken && size + 4 <= left && be32(c->p + size) - 1 >= FDT_END)
				continue;
		} else if (tag != FDT_END_NODE) {
			/* a node's end alone stands before another node's beginning or end */
			if (tag == FDT_NOP || left < 4 || be32(c->p) - FDT_BEGIN_NODE > 1)
				continue;
			tag = FDT_END_NODE;
		}
		if (size > left)
			continue;
		c->p += ALIGN_UP(size, 4);
		return tag;
	}
	return 0;
}

/* A cursor at @p, or at the beginning; it stays near the tree, whatever the header says. */
static struct cursor cursor_at(const u8 *tree, const u8 *p)
{
	u64 start = header(tree, H_STRUCT) & ~3U, end = header(tree, H_STRINGS);

	/* an offset that leads to no node: look for the first one, word by word */
	if (boot_info.tree_broken &&
	    (start > ARCH_TREE_MAX || be32(tree + start) != FDT_BEGIN_NODE))
		start = HEADER_SIZE;
	/* mostly the strings stand behind, and the size may be the very thing that is wrong */
	if (end < start)
		end = start + header(tree, H_STRUCT_SIZE);
	end = MIN(end, ARCH_TREE_MAX);
	return (struct cursor){
		.p = p ? p : tree + MIN(start, end),
		.end = tree + end,
		.broken = boot_info.tree_broken,
	};
}

static const u8 *prop_at(const u8 *tree, const u8 *props, const char *name, u32 *len)
{
	struct cursor c = cursor_at(tree, props);
	size_t n = length(name) + 1;
	const u8 *body;

	while (next_tag(&c, &body) == FDT_PROP) {
		u64 nameoff = (u64)header(tree, H_STRINGS) + be32(body + 4);

		if (nameoff + n > ARCH_TREE_MAX || !equal((const char *)tree + nameoff, name, n))
			continue;
		*len = be32(body);
		return body + 8;
	}
	return NULL;
}

const u8 *early_prop(const struct early_node *node, const char *name, u32 *len)
{
	return prop_at(node->tree, node->props[node->depth], name, len);
}

u32 early_prop_u32(const struct early_node *node, const char *name, u32 otherwise)
{
	u32 len;
	const u8 *value = early_prop(node, name, &len);

	return value && len >= 4 ? be32(value) : otherwise;
}

bool early_is_enabled(const struct early_node *node)
{
	for (unsigned int level = node->depth; level; level--) {
		u32 len;
		const char *status =
			(const char *)prop_at(node->tree, node->props[level], "status", &len);

		if (status && !(len == 5 && equal(status, "okay", 5)) &&
		    !(len == 3 && equal(status, "ok", 3)))
			return false;
	}
	return true;
}

bool early_is_compatible(const struct early_node *node, const char *compatible)
{
	size_t n = length(compatible) + 1;
	u32 len;
	const u8 *list = early_prop(node, "compatible", &len);

	for (u32 at = 0; list && at + n <= len; at++)
		if ((at == 0 || !list[at - 1]) && equal((const char *)list + at, compatible, n))
			return true;
	return false;
}

/* Does @name, with or without its unit address, equal the @len bytes at @want? */
static bool name_matches(const char *name, const char *want, size_t len)
{
	return equal(name, want, len) && (!name[len] || name[len] == '@');
}

/*
 * Goes down from the root until a node is found: by path, where each level must match the next
 * component, or by compatible, anywhere.
 */
static bool find(const u8 *tree, const char *path, size_t path_len, const char *compatible,
		 struct early_node *node)
{
	struct cursor c = cursor_at(tree, NULL);
	unsigned int depth = 0, matched = 0; /* levels from the root that match the path */
	size_t at = 0;			     /* how much of the path they are */
	const u8 *body;
	u32 tag;

	node->tree = tree;
	while ((tag = next_tag(&c, &body))) {
		if (tag == FDT_END_NODE && depth > 1) {
			depth--;
			/* a matching parent ends without a matching child */
			if (matched > depth)
				return false;
		}
		/* only the root has no name */
		if (tag != FDT_BEGIN_NODE || (depth && !*body))
			continue;
		if (++depth > EARLY_DEPTH)
			continue;
		node->depth = depth;
		node->props[depth] = c.p;
		if (compatible) {
			if (early_is_compatible(node, compatible) && early_is_enabled(node))
				return true;
			continue;
		}
		if (depth == 1) {
			matched = 1;
		} else if (matched == depth - 1) {
			size_t start = at, len;

			while (start < path_len && path[start] == '/')
				start++;
			for (len = 0; start + len < path_len && path[start + len] != '/'; len++)
				;
			if (!name_matches((const char *)body, path + start, len))
				continue;
			matched = depth;
			at = start + len;
		}
		if (matched == depth && at == path_len)
			return true;
	}
	return false;
}

bool early_tree_path(const u8 *tree, const char *path, size_t len, struct early_node *node)
{
	while (len && path[len - 1] == '/')
		len--;
	return find(tree, path, len, NULL, node);
}

bool early_tree_compatible(const u8 *tree, const char *compatible, struct early_node *node)
{
	return find(tree, NULL, 0, compatible, node);
}

bool early_tree_stdout(const u8 *tree, struct early_node *node)
{
	const char *path;
	char alias[32];
	u32 len, n;

	if (!early_tree_path(tree, "/chosen", 7, node))
		return false;
	path = (const char *)early_prop(node, "stdout-path", &len);
	if (!path)
		return false;
	for (n = 0; n < len && path[n] && path[n] != ':'; n++)
		;
	if (!n)
		return false;
	if (path[0] != '/') {
		if (n >= sizeof(alias) || !early_tree_path(tree, "/aliases", 8, node))
			return false;
		for (u32 i = 0; i < n; i++)
			((volatile char *)alias)[i] = path[i]; /* volatile: no memcpy() here */
		alias[n] = 0;
		path = (const char *)early_prop(node, alias, &len);
		if (!path || !len)
			return false;
		n = len - 1;
	}
	return early_tree_path(tree, path, n, node);
}

static u64 cells(const u8 *p, unsigned int n)
{
	u64 value = 0;

	while (n--) {
		value = value << 32 | be32(p);
		p += 4;
	}
	return value;
}

/* #address-cells or #size-cells of the node at @level, as its children use them. */
static u32 cell_count(const struct early_node *node, unsigned int level, const char *name,
		      u32 otherwise)
{
	u32 len;
	const u8 *value = prop_at(node->tree, node->props[level], name, &len);

	return value && len == 4 && be32(value) <= 4 ? be32(value) : otherwise;
}

paddr_t early_reg(const struct early_node *node, unsigned int index, u64 *size)
{
	const u8 *reg;
	u32 len, ac, sc;
	u64 addr;

	if (node->depth < 2)
		return 0;
	ac = cell_count(node, node->depth - 1, "#address-cells", 2);
	sc = cell_count(node, node->depth - 1, "#size-cells", 1);
	reg = early_prop(node, "reg", &len);
	if (!reg || len < 4 * (ac + sc) * (index + 1))
		return 0;
	reg += 4 * (ac + sc) * index;
	addr = cells(reg, ac);
	if (size)
		*size = cells(reg + 4 * ac, sc);

	for (unsigned int bus = node->depth - 1; bus > 1; bus--) {
		u32 pac = cell_count(node, bus - 1, "#address-cells", 2);
		const u8 *r = prop_at(node->tree, node->props[bus], "ranges", &len);
		bool translated;
		u32 entry;

		entry = 4 * (ac + pac + sc);
		if (!r)
			return 0;
		translated = !len; /* an empty one: the same addresses on both sides */
		for (; len >= entry && entry; len -= entry, r += entry) {
			u64 child = cells(r, ac), span = cells(r + 4 * (ac + pac), sc);

			if (addr >= child && addr - child < span) {
				addr = addr - child + cells(r + 4 * ac, pac);
				translated = true;
				break;
			}
		}
		if (!translated)
			return 0;
		ac = pac;
		sc = cell_count(node, bus - 1, "#size-cells", 1);
	}
	return addr;
}
