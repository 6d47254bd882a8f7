/* SPDX-License-Identifier: MIT */
/*
 * devpts: a directory with a node for each pseudo-terminal (pty.c) whose master is open, and one
 * that makes more, ptmx. Every mount shows the same ones; the options gid= and mode= of the last
 * one are for those that are made from then on. It is mounted on /dev/pts at boot.
 */
#include <fs/device.h>
#include <fs/inode.h>
#include <fs/synth.h>
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "terminal.h"

#define INODE_PTMX	2U
#define INODE_FIRST	3U	/* number 0's */
#define COOKIE_FIRST	16U	/* behind those of "." and ".." */

static u32 node_mode = 0600;	/* for each a word of its own: one is looked at at a time */
static u32 node_gid;
static bool has_gid;

/* --- Names ------------------------------------------------------------------------------------ */

static void tell_ptmx(struct synth_entry *e)
{
	e->name = "ptmx";
	e->number = INODE_PTMX;
	e->mode = S_IFCHR;
	e->device = NODE_NUMBER(5, 2);
	e->ops = NULL;
	e->data = NULL;
	e->cookie = COOKIE_FIRST;
	e->state = INODE_FIRST;
}

/* The first one from number @n on; false: there is none. */
static bool tell(unsigned int n, struct synth_entry *e)
{
	struct pty_info info;

	while (n < PTYS_MAX && !pty_info(n, &info))
		n++;
	if (n == PTYS_MAX)
		return false;
	snprintf(e->text, sizeof(e->text), "%u", n);
	e->name = e->text;
	e->number = INODE_FIRST + n;
	e->mode = S_IFCHR | node_mode;
	e->device = NODE_NUMBER(136, n);
	e->ops = &pty_slave_ops;
	e->data = (void *)(uintptr_t)info.serial;
	e->uid = info.uid;
	e->gid = has_gid ? node_gid : info.gid;
	e->cookie = COOKIE_FIRST + 1 + n;
	e->state = INODE_FIRST + n + 1;
	return true;
}

/* The state is the inode that comes next. */
static bool next(const struct inode *dir __unused, struct synth_entry *e)
{
	if (!e->state) {
		tell_ptmx(e);
		return true;
	}
	return tell((unsigned int)(e->state - INODE_FIRST), e);
}

/* A name of an inode that was told of means the same one still; one that was not may be there. */
static bool valid(const struct inode *dir __unused, const struct fs_name *name __unused,
		  const struct inode *inode)
{
	struct pty_info info;

	if (!inode)
		return false;
	return inode->number == INODE_PTMX ||
	       (pty_info((unsigned int)(inode->number - INODE_FIRST), &info) &&
		info.serial == (uintptr_t)inode->data);
}

static const struct synth_dir root = { SYNTH_DIR_OPS, next, valid, NULL };

/* --- Mounting --------------------------------------------------------------------------------- */

static int option(struct super *super __unused, const char *word)
{
	u64 value;

	if (!strncmp(word, "gid=", 4) && !parse_u64(word + 4, 10, &value)) {
		node_gid = (u32)value;
		has_gid = true;
		return 0;
	}
	if (!strncmp(word, "mode=", 5) && !parse_u64(word + 5, 8, &value)) {
		node_mode = (u32)value & 0777;
		return 0;
	}
	return strncmp(word, "ptmxmode=", 9) && strcmp(word, "newinstance") ? -EINVAL : 0;
}

static const struct super_ops super_ops = { .option = option };

static int mount(struct super *super, const char *source __unused)
{
	int err = synth_mount(super, &root);

	super->ops = &super_ops;
	return err;
}

static const struct filesystem devpts_filesystem = {
	.name = "devpts", .place = "/dev/pts", .mount = mount,
};
FILESYSTEM(devpts_filesystem);

/* Where it is mounted: a directory without names. */
static bool no_next(const struct inode *dir __unused, struct synth_entry *e __unused)
{
	return false;
}

static const struct synth_dir empty = { .ops = SYNTH_DIR_OPS, .next = no_next };

/* The number is the inode's alone: no device of Linux's has the major number 0. */
static const struct device_node pts_node = {
	.name = "pts", .number = NODE_NUMBER(0, 6), .mode = S_IFDIR | 0755, .ops = &empty.ops,
};
DEVICE_NODE(pts_node);
