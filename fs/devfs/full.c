/* SPDX-License-Identifier: MIT */
/* /dev/full: zeroes without end, and no room for anything. */
#include <fs/device.h>
#include <mm/iov.h>
#include <uapi/errno.h>

static ssize_t read_full(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	size_t want = iov->left;
	ssize_t n = (ssize_t)iov_zero(iov, want);

	return n || !want ? n : -EFAULT;
}

static ssize_t write_full(struct file *file __unused, struct iov *iov __unused, u64 pos __unused)
{
	return -ENOSPC;
}

static const struct file_ops full_ops = { .read = read_full, .write = write_full };

static const struct device_node full_node = {
	.name = "full", .number = NODE_NUMBER(1, 7), .mode = S_IFCHR | 0666, .ops = &full_ops,
};
DEVICE_NODE(full_node);
