/* SPDX-License-Identifier: MIT */
/*
 * The parts of early boot among themselves. Everything here runs with the MMU off, at whatever
 * address it was loaded: compiled -fpie -mstrict-align, no pointer in static data, no library.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include <asm/boot.h>
#include <lib/types.h>

/*
 * early_main.c: from head.S at EL1, after early_begin(). Returns only when everything is ready for
 * the MMU.
 */
void early_main(void);

/*
 * early_main.c: from head.S at the entry EL: checks x0 and finds the UART, so that words can
 * come out from here on.
 */
void early_begin(paddr_t tree, u64 entry_el);

/* early_main.c: from the vectors in head.S. */
__noreturn void early_exception(u64 esr, u64 elr, u64 far, u64 kind);

/* early_uart.c: the boot UART; without one they do nothing. */
void early_print(const char *text);
void early_print_hex(const char *text, u64 value);	/* @text before it */

/* Says `cairn: panic: @text` and, when @value is not NULL, its value in hex; then stops. */
__noreturn void early_fail(const char *text, const u64 *value);

/* The same without a word. */
__noreturn void early_stop(void);

/*
 * early_map.c: makes both sets of tables, then walks them as the CPU will, and fails in words
 * where they are wrong.
 */
void early_map(void);
void early_check(void);

/* early_tree.c: a node, with the way to it. */
#define EARLY_DEPTH	8

struct early_node {
	const u8 *tree;
	unsigned int depth;			/* 1 = the root */
	const u8 *props[EARLY_DEPTH + 1];	/* first tag behind the name, for each level */
};

/*
 * NULL when there is a tree at @tree, which can be scanned then; and when its header is right,
 * with the bytes up to the end of its last block in *@size. Else what is wrong, in words.
 */
const char *early_tree_find(paddr_t tree);
const char *early_tree_check(const u8 *tree, u64 *size);

/*
 * The node at @path of @len bytes, and the first enabled one compatible with @compatible: false
 * when there is none.
 */
bool early_tree_path(const u8 *tree, const char *path, size_t len, struct early_node *node);
bool early_tree_compatible(const u8 *tree, const char *compatible, struct early_node *node);

/* Property @name of @node, or NULL; and a 32-bit one, or @otherwise. */
const u8 *early_prop(const struct early_node *node, const char *name, u32 *len);
u32 early_prop_u32(const struct early_node *node, const char *name, u32 otherwise);
/* Neither the node's status nor that of one above it says otherwise. */
bool early_is_enabled(const struct early_node *node);
bool early_is_compatible(const struct early_node *node, const char *compatible);

/*
 * The CPU's address of the @index-th `reg` of @node, through every `ranges`; 0 when there is
 * none.
 */
paddr_t early_reg(const struct early_node *node, unsigned int index, u64 *size);

/* The node that stdout-path in /chosen names. */
bool early_tree_stdout(const u8 *tree, struct early_node *node);

/*
 * early_el3.c: what only EL3 can set up, before EL3 is left for good. Needs @tree to be a
 * checked one.
 */
void early_el3(const u8 *tree);

#endif
