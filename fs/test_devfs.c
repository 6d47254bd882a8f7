/* SPDX-License-Identifier: MIT */
/*
 * Devices as files: those of /dev, and nodes in ramfs that have their numbers. What a person must
 * type or see is tested from outside (tests/boot/test_devices.py).
 */
#include <fs/device.h>
#include <fs/fs.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define NODE	"/node"

static struct file *open_it(const char *path, int flags)
{
	struct file *f;

	return TEST_EQ(file_open(path, flags, 0, &f), 0) ? f : NULL;
}

static void null_and_zero(void)
{
	static char block[5000];
	struct file *f = open_it("/dev/null", O_RDWR | O_TRUNC | O_APPEND);

	if (f) {
		TEST_EQ(file_read(f, block, sizeof(block)), 0);
		TEST_EQ(file_write(f, block, sizeof(block)), (ssize_t)sizeof(block));
		TEST_EQ(file_truncate(f, 5), -EINVAL);
		file_put(f);
	}
	f = open_it("/dev/zero", O_RDWR);
	if (f) {
		memset(block, 1, sizeof(block));
		TEST_EQ(file_pread(f, block, sizeof(block) - 1, INT64_MAX - 10000), 4999);
		TEST(!block[0] && !block[4998] && block[4999]);
		TEST_EQ(file_write(f, block, 3), 3);
		file_put(f);
	}
	fs_cache_shrink();
}

static void opens(const char *path, u32 mode, u32 number, int expected)
{
	struct file *f;
	int err = fs_mknod(path, mode, number);

	if (!TEST_EQ(err, 0))
		return;
	err = file_open(path, O_RDWR, 0, &f);
	TEST_EQ(err, expected);
	if (!err)
		file_put(f);
	TEST_EQ(fs_unlink(path), 0);
}

static void nodes_elsewhere(void)
{
	char byte = 1;
	struct file *f;

	opens(NODE, S_IFCHR | 0600, NODE_NUMBER(1, 3), 0);
	opens(NODE, S_IFCHR | 0600, NODE_NUMBER(1, 255), -ENXIO);
	opens(NODE, S_IFCHR | 0600, NODE_NUMBER(257, 3), -ENXIO);
	opens(NODE, S_IFBLK | 0600, NODE_NUMBER(1, 3), -ENXIO);
	opens(NODE, S_IFIFO | 0600, NODE_NUMBER(1, 3), -ENXIO);
	if (TEST_EQ(fs_mknod(NODE, S_IFCHR | 0600, NODE_NUMBER(1, 5)), 0)) {
		f = open_it(NODE, O_RDONLY);
		if (f) {
			TEST_EQ(file_read(f, &byte, 1), 1);
			TEST_EQ(byte, 0);
			TEST_EQ(file_write(f, &byte, 1), -EBADF);
			file_put(f);
		}
		TEST_EQ(fs_unlink(NODE), 0);
	}
}

static void nothing_is_made_there(void)
{
	struct file *f;

	TEST_EQ(fs_mknod("/dev/mine", S_IFCHR | 0600, NODE_NUMBER(1, 3)), -EPERM);
	TEST_EQ(fs_mkdir("/dev/d", 0755), -EPERM);
	TEST_EQ(fs_unlink("/dev/null"), -EPERM);
	TEST_EQ(fs_rename("/dev/null", "/dev/zero", 0), -EPERM);
	TEST_EQ(file_open("/dev/none", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/dev/nul", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/dev/nulls", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/dev/null/x", O_RDONLY, 0, &f), -ENOTDIR);
	fs_cache_shrink();
}

static void random_does_not_repeat(void)
{
	static u64 words[4][9];		/* no multiple of a block */
	static u32 bits[64];
	struct file *f = open_it("/dev/urandom", O_RDWR);
	u32 ones = 0;

	if (!f)
		return;
	for (unsigned int i = 0; i < 4; i++) {
		TEST_EQ(file_read(f, words[i], sizeof(words[i])), (ssize_t)sizeof(words[i]));
		TEST_EQ(file_write(f, "what was mixed in", 17), 17);
	}
	for (unsigned int i = 0; i < 36; i++)
		for (unsigned int j = 0; j < i; j++)
			TEST(words[i / 9][i % 9] != words[j / 9][j % 9]);
	/* of 2,048 bits as many as 160 away from the half come once in 10^12 times */
	TEST_EQ(file_read(f, bits, sizeof(bits)), (ssize_t)sizeof(bits));
	for (unsigned int i = 0; i < 64 * 32; i++)
		ones += bits[i / 32] >> (i % 32) & 1;
	TEST(ones > 1024 - 160 && ones < 1024 + 160);
	file_put(f);
	fs_cache_shrink();
}

static const struct test_case cases[] = {
	TEST_CASE(null_and_zero),
	TEST_CASE(nodes_elsewhere),
	TEST_CASE(nothing_is_made_there),
	TEST_CASE(random_does_not_repeat),
};

static const struct test_suite devfs_suite = TEST_SUITE_OF("devfs", cases);
TEST_SUITE(devfs_suite);
