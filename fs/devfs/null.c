/* SPDX-License-Identifier: MIT */
/* /dev/null, at whose end one is at once; /dev/zero, which has none. Both swallow what they get. */
#include <fs/device.h>
#include <mm/iov.h>
#include <uapi/errno.h>

static ssize_t read_null(struct file *file __unused, struct iov *iov __unused, u64 pos __unused)
{
	return 0;
}

static ssize_t write_null(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	return (ssize_t)iov->left;
}

static ssize_t read_zero(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	size_t want = iov->left;
	ssize_t n = (ssize_t)iov_zero(iov, want);

	return n || !want ? n : -EFAULT;
}

static const struct file_ops null_ops = { .read = read_null, .write = write_null };
static const struct file_ops zero_ops = { .read = read_zero, .write = write_null };

static const struct device_node null_node = {
	.name = "null", .number = NODE_NUMBER(1, 3), .mode = S_IFCHR | 0666, .ops = &null_ops,
};
DEVICE_NODE(null_node);

static const struct device_node zero_node = {
	.name = "zero", .number = NODE_NUMBER(1, 5), .mode = S_IFCHR | 0666, .ops = &zero_ops,
};
DEVICE_NODE(zero_node);
