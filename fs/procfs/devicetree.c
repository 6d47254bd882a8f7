/* SPDX-License-Identifier: MIT */
/*
 * /proc/device-tree: each node a directory, each property a file of its bytes, as boot was given
 * them; disabled nodes too. A directory's inode->data is its node (NULL: the root), a file's is the
 * value itself, in the tree that stays where it is.
 *
 * Where a node has a property and a child of one name, the child is what is found.
 */
#include <device/fdt.h>
#include <fs/proc.h>
#include <fs/synth.h>

#define NUMBER_FIRST	1024	/* of inodes: behind those of the table */

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	return synth_read(iov, pos, file->inode->data, file->inode->size);
}

static const struct file_ops value_ops = { .read = read, .write = synth_write };

static bool next(const struct inode *dir, struct synth_entry *e);

static const struct synth_dir node_dir = { .ops = SYNTH_DIR_OPS, .next = next };

/* Addresses in the tree tell all apart: a value has its header before it, a node its name. */
static u64 number(const void *place)
{
	return NUMBER_FIRST + (u64)((const u8 *)place - dt_root()->props);
}

/* Property number @n of @node: its value is e->data, with its length. */
static bool property(const struct dt_node *node, struct synth_entry *e)
{
	struct dt_prop p = { .next = e->at };

	if (!dt_prop_next(node, &p))
		return false;
	e->name = p.name;
	e->number = number(p.value);
	e->mode = S_IFREG | 0444;
	e->size = p.len;
	e->ops = &value_ops;
	e->data = p.value;
	e->at = p.next;
	return true;
}

static void child(const struct dt_node *node, struct synth_entry *e)
{
	e->name = node->name;
	e->number = number(node->props);
	e->mode = S_IFDIR | 0555;
	e->size = 0;
	e->ops = &node_dir.ops;
	e->data = node;
	e->at = node;
}

/* The children first, then the properties. */
static bool next(const struct inode *dir, struct synth_entry *e)
{
	const struct dt_node *node = dir->data ? dir->data : dt_root(), *at = NULL;

	if (!e->name)
		at = dt_child(node);
	else if (S_ISDIR(e->mode))
		at = dt_sibling(e->at);
	if (at) {
		child(at, e);
		return true;
	}
	if (!e->name || S_ISDIR(e->mode))
		e->at = NULL;
	return property(node, e);
}

static const struct proc_entry device_tree_proc = { .name = "device-tree", .dir = &node_dir };
PROC_ENTRY(device_tree_proc);
