/* SPDX-License-Identifier: MIT */
/*
 * The device tree, as an index over the blob that boot was given. libfdt checks the blob's
 * structure in one pass; then every node stands in an array, in the order of the tree, and
 * every question below is a short look into it. A node whose `status` is not okay, or that
 * stands below such a node, is disabled: lookups for drivers pass it over, listings show it.
 * Source of all meanings: the Devicetree Specification 0.4.
 *
 * The index never changes after dt_index(), so that any context may read it, without a lock.
 */
#ifndef DEVICE_FDT_H
#define DEVICE_FDT_H

#include <lib/types.h>

struct dt_node {
	const char *name;		/* with the unit address; "" for the root */
	const u8 *props;		/* the first tag behind the name */
	const struct dt_node *parent;	/* NULL for the root */
	const char *compatible;		/* the list, or NULL */
	const u8 *reg;			/* the value of `reg`, or NULL */
	u32 compatible_len;
	u32 phandle;			/* 0 = none */
	u16 next;			/* index of the first node that is not below this one */
	u8 address_cells;		/* how its children write `reg` */
	u8 size_cells;
	bool enabled;
	u8 depth;			/* 0 for the root */
};

/* One property, as dt_prop_next() hands it out. */
struct dt_prop {
	const char *name;
	const u8 *value;
	u32 len;			/* bytes */
	const u8 *next;			/* the walk's place; not for callers */
};

/* One interrupt of a device, in its controller's words. */
struct dt_interrupt {
	const struct dt_node *controller;
	unsigned int cells;		/* 1 to 4 */
	u32 cell[4];
};

/* What a list of suppliers names at one place: a node, and the cells that are meant for it. */
struct dt_args {
	const struct dt_node *node;
	unsigned int cells;		/* 0 to 4 */
	u32 cell[4];			/* 0 where there is none */
};

/* A range of physical addresses, bytes. */
struct dt_range {
	paddr_t base;
	u64 size;
};

/*
 * Checks the blob at @blob, of which @mapped bytes can be read: header, version, sizes, every
 * tag and every property's bounds. Logs what is wrong, with its offset. 0; -EINVAL; -EOVERFLOW
 * when a block reaches beyond @mapped, and when there are too many nodes.
 */
int dt_check(const void *blob, size_t mapped);

/* As boot_mem_add() and boot_mem_reserve() in <mm/boot_mem.h>. */
typedef void dt_memory(paddr_t base, u64 size);
typedef void dt_reserved(paddr_t base, u64 size, const char *name, bool no_map);

/*
 * What boot memory is made of, before there is an index: calls @memory for each range of
 * enabled memory nodes, and @reserved for each of /memreserve/ and /reserved-memory, with
 * @no_map as the node says. Logs malformed entries and passes them over. Returns how many
 * usable memory ranges it found.
 */
unsigned int dt_scan_memory(dt_memory *memory, dt_reserved *reserved);

/*
 * Entry @index of /memreserve/ as it stands there; false behind the last one. After dt_check(); any
 * context.
 */
bool dt_memreserve(unsigned int index, u64 *base, u64 *size);

/*
 * True when /memreserve/ or an enabled node of /reserved-memory keeps a byte of [@base, @base +
 * @size), which does not wrap, for firmware. After dt_index(); any context.
 */
bool dt_reserves(paddr_t base, u64 size);

/*
 * /chosen, for its properties alone, from dt_scan_memory() on: boot asks it before there is
 * memory for an index. NULL when there is none.
 */
const struct dt_node *dt_chosen(void);

/* Bytes that dt_index() needs; after dt_check(). */
size_t dt_index_size(void);

/* Builds the index in @storage, which stays in use for good. */
void dt_index(void *storage);

/* The root; NULL before dt_index(). */
const struct dt_node *dt_root(void);

/*
 * Every node in the order of the tree: the one behind @node (the root, when NULL), or NULL at
 * the end.
 */
const struct dt_node *dt_next(const struct dt_node *node);

/* First child and next sibling, disabled ones included, or NULL. */
const struct dt_node *dt_child(const struct dt_node *node);
const struct dt_node *dt_sibling(const struct dt_node *node);

/*
 * The node at @path, or NULL: "/soc/serial@7e215040", "/soc/serial" where the name is unique
 * without its unit address, or an alias with an optional rest ("serial0", "soc/gpio@0").
 * dt_find_n() reads @len bytes of it.
 */
const struct dt_node *dt_find(const char *path);
const struct dt_node *dt_find_n(const char *path, size_t len);

/* The node with that phandle, or NULL. */
const struct dt_node *dt_by_phandle(u32 phandle);

/* Writes the node's full path; returns its length as snprintf does. */
size_t dt_path(const struct dt_node *node, char *buf, size_t size);

/*
 * The value of property @name and in *@len its bytes (@len may be NULL); NULL when there is
 * none.
 */
const void *dt_prop(const struct dt_node *node, const char *name, u32 *len);

/* True when the property is there, whatever its value. */
bool dt_has(const struct dt_node *node, const char *name);

/* Walks the properties of @node: start with *@p zeroed; false at the end. */
bool dt_prop_next(const struct dt_node *node, struct dt_prop *p);

/*
 * The @index-th 32-bit cell of @name: 0, -ENOENT without the property, -ERANGE when it is
 * shorter.
 */
int dt_u32(const struct dt_node *node, const char *name, unsigned int index, u32 *value);

/*
 * The @index-th entry of @name, a list of phandles with cells behind each, whose number stands in
 * @counter of the node that it leads to ("clocks" and "#clock-cells"). 0; -ENOENT when there is
 * none; -EINVAL, with a log line, when it leads nowhere, or cells are missing.
 */
int dt_args(const struct dt_node *node, const char *name, const char *counter, unsigned int index,
	    struct dt_args *args);

/* The @index-th string of the list in @name, properly terminated, or NULL. */
const char *dt_string(const struct dt_node *node, const char *name, unsigned int index);

/* True when @compatible stands in the node's list. */
bool dt_compatible(const struct dt_node *node, const char *compatible);

/* The first enabled node behind @from (from the start, when NULL) that is compatible, or NULL. */
const struct dt_node *dt_find_compatible(const struct dt_node *from, const char *compatible);

/*
 * The node that stdout-path in /chosen names, or NULL; *@options is what follows the colon, or
 * NULL.
 */
const struct dt_node *dt_stdout(const char **options);

/*
 * The @index-th entry of `reg` as a range the CPU can address, taken through every parent's
 * `ranges`. 0; -ENOENT when there is none; -EINVAL when cells and length disagree or a bus does
 * not translate it.
 */
int dt_reg(const struct dt_node *node, unsigned int index, struct dt_range *range);

/*
 * The @index-th interrupt: `interrupts-extended`, or `interrupts` with the inherited
 * `interrupt-parent`. 0; -ENOENT when there is none; -EINVAL when the controller is missing or
 * cells do not fit.
 */
int dt_interrupt(const struct dt_node *node, unsigned int index, struct dt_interrupt *irq);

#endif
