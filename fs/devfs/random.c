/* SPDX-License-Identifier: MIT */
/*
 * /dev/random and /dev/urandom, which are the same: the kernel's random numbers
 * (<kernel/random.h>). What is written is mixed in.
 */
#include <fs/device.h>
#include <kernel/random.h>

static void make(u8 *data, size_t n)
{
	random_bytes(data, n);
}

static ssize_t read_random(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	return device_pieces(iov, FILE_READ, make);
}

static void mix(u8 *data, size_t n)
{
	random_mix(data, n);
}

static ssize_t write_random(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	return device_pieces(iov, FILE_WRITE, mix);
}

static const struct file_ops random_ops = { .read = read_random, .write = write_random };

static const struct device_node random_node = {
	.name = "random", .number = NODE_NUMBER(1, 8), .mode = S_IFCHR | 0666,
	.ops = &random_ops,
};
DEVICE_NODE(random_node);

static const struct device_node urandom_node = {
	.name = "urandom", .number = NODE_NUMBER(1, 9), .mode = S_IFCHR | 0666,
	.ops = &random_ops,
};
DEVICE_NODE(urandom_node);
