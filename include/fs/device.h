/* SPDX-License-Identifier: MIT */
/*
 * Devices as files: each is an entry in a table, with Linux's number, and what is done when it is
 * opened, read and written. /dev shows all that were linked, and a node that has such a number
 * opens the device wherever it lies (fs_mknod()). CONFIG_FS_DEVFS.
 */
#ifndef FS_DEVICE_H
#define FS_DEVICE_H

#include <fs/file.h>
#include <lib/table.h>
#include <lib/types.h>
#include <uapi/stat.h>

struct device_node {
	const char *name;	/* in /dev */
	u32 number;		/* NODE_NUMBER(), Linux's: its admin-guide/devices.txt */
	u32 mode;		/* S_IFCHR or S_IFBLK (or S_IFLNK, S_IFDIR), and permissions */
	const struct file_ops *ops;
#ifdef CONFIG_PROCESS
	const char *target;	/* of a symbolic link, which is no device and has no ops */
#endif
};

/* The variable's name must end in _node. */
#define DEVICE_NODE(node)	TABLE_ENTRY(device_node, struct device_node, node)

/*
 * For a device's read() and write(): calls @act for some bytes at a time, in a buffer on the stack,
 * until all of @iov is done: it makes those that are read, and takes those that are written.
 */
ssize_t device_pieces(struct iov *iov, u32 access, void (*act)(u8 *data, size_t n));

/* What opens the device of that number, S_IFCHR or S_IFBLK in @mode; NULL: this image has none. */
const struct file_ops *device_ops(u32 mode, u32 number);

#endif
