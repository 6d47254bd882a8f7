/* SPDX-License-Identifier: MIT */
/*
 * devfs: a directory with a node for each device in the table (<fs/device.h>). It keeps nothing: a
 * node is made when its name is asked for. What a node opens is found by its number, as for nodes
 * of other filesystems.
 */
#include <fs/device.h>
#include <fs/synth.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define PIECE	128U	/* bytes, on the stack: what is copied at a time */

const struct file_ops *device_ops(u32 mode, u32 number)
{
	TABLE_FOREACH(device_node, struct device_node, node)
		if ((*node)->number == number && (((*node)->mode ^ mode) & S_IFMT) == 0)
			return (*node)->ops;
	return NULL;
}

ssize_t device_pieces(struct iov *iov, u32 access, void (*act)(u8 *data, size_t n))
{
	ssize_t done = 0;
	u8 piece[PIECE];

	while (iov->left) {
		size_t n = MIN(iov->left, sizeof(piece)), moved = n;

		if (access == FILE_WRITE)
			moved = iov_get(iov, piece, n);
		act(piece, moved);
		if (access == FILE_READ)
			moved = iov_put(iov, piece, n);
		done += (ssize_t)moved;
		if (moved < n)
			return done ? done : -EFAULT;
	}
	return done;
}

#ifdef CONFIG_PROCESS
static int copy_target(const struct inode *dir __unused, const struct synth_entry *e, char **target)
{
	const struct device_node *const *node = e->at;

	*target = kstrdup(node[-1]->target);
	return *target ? 0 : -ENOMEM;
}
#endif

static bool next(const struct inode *dir __unused, struct synth_entry *e)
{
	const struct device_node *const *node = e->at;

	if (!node)
		node = TABLE_EDGE(device_node, struct device_node, ".0");
	if (node == TABLE_EDGE(device_node, struct device_node, ".2"))
		return false;
	e->name = (*node)->name;
	e->number = (*node)->number;
	e->mode = (*node)->mode;
	e->device = (*node)->number;
	e->at = node + 1;
#ifdef CONFIG_PROCESS
	e->link = copy_target;
	e->ops = S_ISDIR(e->mode) ? (*node)->ops : NULL;
	if (S_ISLNK(e->mode) || S_ISDIR(e->mode))
		e->device = 0;
#endif
	return true;
}

static const struct synth_dir root = { .ops = SYNTH_DIR_OPS, .next = next };

static int mount(struct super *super, const char *source __unused)
{
	return synth_mount(super, &root);
}

static const struct filesystem devfs_filesystem = {
	.name = "devfs", .place = "/dev", .mount = mount,
};
FILESYSTEM(devfs_filesystem);
