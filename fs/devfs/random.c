/* SPDX-License-Identifier: MIT */
/*
 * /dev/random and /dev/urandom, which are the same: the kernel's random numbers
 * (<kernel/random.h>). What is written is mixed in.
 */
#include <fs/device.h>
#include <kernel/random.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define PIECE	64

static ssize_t read_random(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	ssize_t done = 0;
	u8 piece[PIECE];

	while (iov->left) {
		size_t n = MIN(iov->left, sizeof(piece)), put;

		random_bytes(piece, n);
		put = iov_put(iov, piece, n);
		done += (ssize_t)put;
		if (put < n)
			return done ? done : -EFAULT;
	}
	return done;
}

static ssize_t write_random(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	ssize_t done = 0;
	u8 piece[PIECE];

	while (iov->left) {
		size_t n = MIN(iov->left, sizeof(piece)), got = iov_get(iov, piece, n);

		random_mix(piece, got);
		done += (ssize_t)got;
		if (got < n)
			return done ? done : -EFAULT;
	}
	return done;
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
