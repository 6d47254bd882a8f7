/* SPDX-License-Identifier: MIT */
/*
 * /dev/mem: what is at the physical address that the position is, memory or device, by accesses of
 * 4 bytes where position and length allow it, else of 2 or 1: a register is touched once. What
 * nobody answers to is -EFAULT, or an end before it; an error that a bus reports late, as an
 * SError, is a panic.
 */
#include <fs/device.h>
#include <kernel/debug.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define WIDTH_MAX	4U

/* One access at @pos: bytes that were copied, 0 at memory of the caller that is not there. */
static ssize_t access(struct iov *iov, u64 pos, bool write)
{
	unsigned int width = WIDTH_MAX;
	const char *why;
	u64 value = 0;
	int err;

	while (pos % width || width > iov->left)
		width /= 2;
	if (write) {
		if (iov_get(iov, &value, width) < width)
			return 0;
		err = debug_write(DEBUG_PHYSICAL, pos, width, value, &why);
	} else {
		err = debug_read(DEBUG_PHYSICAL, pos, width, &value, &why);
	}
	if (err)
		return -EFAULT;
	return write ? (ssize_t)width : (ssize_t)iov_put(iov, &value, width);
}

static ssize_t transfer(struct iov *iov, u64 pos, bool write)
{
	ssize_t done = 0, n = 0;

	while (iov->left) {
		n = access(iov, pos + (u64)done, write);
		if (n <= 0)
			return done ? done : -EFAULT;
		done += n;
	}
	return done;
}

static ssize_t read_mem(struct file *file __unused, struct iov *iov, u64 pos)
{
	return transfer(iov, pos, false);
}

static ssize_t write_mem(struct file *file __unused, struct iov *iov, u64 pos)
{
	return transfer(iov, pos, true);
}

static const struct file_ops mem_ops = { .read = read_mem, .write = write_mem };

static const struct device_node mem_node = {
	.name = "mem", .number = NODE_NUMBER(1, 1), .mode = S_IFCHR | 0600, .ops = &mem_ops,
};
DEVICE_NODE(mem_node);
