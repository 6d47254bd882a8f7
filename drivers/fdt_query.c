/* SPDX-License-Identifier: MIT */
/*
 * Questions to the device tree's index: nodes by path, alias, phandle and compatible;
 * properties by name, and what is in them. Nothing here knows how the index is kept.
 */
#include <device/fdt.h>
#include <lib/endian.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <uapi/errno.h>

const struct dt_node *dt_by_phandle(u32 phandle)
{
	const struct dt_node *node = NULL;

	if (!phandle)
		return NULL;
	while ((node = dt_next(node)))
		if (node->phandle == phandle)
			return node;
	return NULL;
}

/* The child of that name; without one, the first child that has it in front of the unit address. */
static const struct dt_node *child_named(const struct dt_node *node, const char *name, size_t len)
{
	const struct dt_node *child, *found = NULL;

	for (child = dt_child(node); child; child = dt_sibling(child)) {
		if (strncmp(child->name, name, len))
			continue;
		if (!child->name[len])
			return child;
		if (child->name[len] == '@' && !found)
			found = child;
	}
	return found;
}

const struct dt_node *dt_find_n(const char *path, size_t len)
{
	const struct dt_node *node = dt_root();
	const char *end = path + len;

	if (node && len && *path != '/') {
		const struct dt_node *aliases = dt_find("/aliases");
		const char *slash = memchr(path, '/', len), *target;
		size_t n = slash ? (size_t)(slash - path) : len;
		char name[32];

		if (!aliases || n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = 0;
		target = dt_string(aliases, name, 0);
		/* an alias is a full path, never another alias */
		node = target && *target == '/' ? dt_find(target) : NULL;
		path += n;
	}
	while (node && path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		size_t n = (size_t)((slash ? slash : end) - path);

		if (n)
			node = child_named(node, path, n);
		path += n + (slash != NULL);
	}
	return len ? node : NULL;
}

const struct dt_node *dt_find(const char *path)
{
	return dt_find_n(path, strlen(path));
}

size_t dt_path(const struct dt_node *node, char *buf, size_t size)
{
	size_t n;

	if (!node->parent)
		return strlcpy(buf, "/", size);
	n = node->parent->parent ? dt_path(node->parent, buf, size) : 0;
	return n + snprintf(n < size ? buf + n : buf, n < size ? size - n : 0, "/%s", node->name);
}

const void *dt_prop(const struct dt_node *node, const char *name, u32 *len)
{
	struct dt_prop p = { 0 };

	while (dt_prop_next(node, &p)) {
		if (strcmp(p.name, name))
			continue;
		if (len)
			*len = p.len;
		return p.value;
	}
	return NULL;
}

bool dt_has(const struct dt_node *node, const char *name)
{
	return dt_prop(node, name, NULL);
}

int dt_u32(const struct dt_node *node, const char *name, unsigned int index, u32 *value)
{
	u32 len;
	const u8 *p = dt_prop(node, name, &len);

	if (!p)
		return -ENOENT;
	if (index >= len / 4)
		return -ERANGE;
	*value = load_be32(p + 4 * index);
	return 0;
}

int dt_args(const struct dt_node *node, const char *name, const char *counter, unsigned int index,
	    struct dt_args *args)
{
	unsigned int at = 0;
	u32 phandle;

	for (;; index--) {
		*args = (struct dt_args){ 0 };
		if (dt_u32(node, name, at++, &phandle))
			return -ENOENT;
		args->node = dt_by_phandle(phandle);
		if (args->node && dt_u32(args->node, counter, 0, &args->cells))
			args->cells = 0;
		/* 0 in the place of a phandle is an entry that is left out */
		if ((phandle && !args->node) || args->cells > ARRAY_SIZE(args->cell))
			break;
		for (unsigned int i = 0; i < args->cells; i++)
			if (dt_u32(node, name, at++, &args->cell[i]))
				goto out_broken;
		if (!index)
			return args->node ? 0 : -ENOENT;
	}
out_broken:
	log_err("device tree: %s: cell %u of %s makes no sense", node->name, at - 1, name);
	return -EINVAL;
}

const char *dt_string(const struct dt_node *node, const char *name, unsigned int index)
{
	u32 len;
	const char *p = dt_prop(node, name, &len), *end = p ? p + len : NULL;

	if (!p || !len || end[-1])
		return NULL;
	for (; p < end; p += strlen(p) + 1)
		if (!index--)
			return p;
	return NULL;
}

bool dt_compatible(const struct dt_node *node, const char *compatible)
{
	const char *p = node->compatible, *end = p ? p + node->compatible_len : NULL;

	for (; p < end; p += strlen(p) + 1)
		if (!strcmp(p, compatible))
			return true;
	return false;
}

const struct dt_node *dt_find_compatible(const struct dt_node *from, const char *compatible)
{
	while ((from = dt_next(from)))
		if (from->enabled && dt_compatible(from, compatible))
			return from;
	return NULL;
}

const struct dt_node *dt_stdout(const char **options)
{
	const struct dt_node *chosen = dt_find("/chosen");
	const char *path = chosen ? dt_string(chosen, "stdout-path", 0) : NULL;
	const char *colon = path ? strchr(path, ':') : NULL;

	*options = colon ? colon + 1 : NULL;
	if (!path)
		return NULL;
	return dt_find_n(path, colon ? (size_t)(colon - path) : strlen(path));
}

static bool overlap(u64 base, u64 size, u64 base2, u64 size2)
{
	return base < base2 ? base2 - base < size : base - base2 < size2;
}

bool dt_reserves(paddr_t base, u64 size)
{
	const struct dt_node *node = dt_find("/reserved-memory");
	u64 base2, size2;
	struct dt_range r;

	for (unsigned int i = 0; dt_memreserve(i, &base2, &size2); i++)
		if (overlap(base, size, base2, size2))
			return true;
	for (node = node && node->enabled ? dt_child(node) : NULL; node; node = dt_sibling(node))
		for (unsigned int i = 0; node->enabled && !dt_reg(node, i, &r); i++)
			if (overlap(base, size, r.base, r.size))
				return true;
	return false;
}
