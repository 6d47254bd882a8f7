/* SPDX-License-Identifier: MIT */
/* What a program has open, by names in /dev: symbolic links to its descriptors in /proc. */
#include <fs/device.h>

/* The number is the inode's alone: no device of Linux's has the major number 0. */
static const struct device_node fd_node = {
	.name = "fd", .number = NODE_NUMBER(0, 2), .mode = S_IFLNK | 0777,
	.target = "/proc/self/fd",
};
DEVICE_NODE(fd_node);

static const struct device_node stdin_node = {
	.name = "stdin", .number = NODE_NUMBER(0, 3), .mode = S_IFLNK | 0777,
	.target = "/proc/self/fd/0",
};
DEVICE_NODE(stdin_node);

static const struct device_node stdout_node = {
	.name = "stdout", .number = NODE_NUMBER(0, 4), .mode = S_IFLNK | 0777,
	.target = "/proc/self/fd/1",
};
DEVICE_NODE(stdout_node);

static const struct device_node stderr_node = {
	.name = "stderr", .number = NODE_NUMBER(0, 5), .mode = S_IFLNK | 0777,
	.target = "/proc/self/fd/2",
};
DEVICE_NODE(stderr_node);
