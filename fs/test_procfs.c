/* SPDX-License-Identifier: MIT */
/*
 * /proc in the running kernel: every file reads the same in pieces of any size, ends where it ends,
 * and refuses to be written; /proc/device-tree is what the index of the tree says, node by node.
 * What is in the files is compared from outside (tests/boot/test_proc.py).
 */
#include <device/fdt.h>
#include <fs/fs.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#define MOST	KIB(64)
#define BASE	"/proc/device-tree"

/* Reads all that is left of @f to @buf by @piece bytes a time: how many. */
static size_t read_all(struct file *f, char *buf, size_t piece)
{
	size_t n = 0;

	while (n + piece <= MOST) {
		ssize_t one = file_read(f, buf + n, piece);

		if (!TEST(one >= 0 && one <= (ssize_t)piece))
			return 0;
		if (!one)
			return n;
		n += (size_t)one;
	}
	TEST(!"shorter than that");
	return 0;
}

/* One file, open: @whole has what it is, of @n bytes; @other is room for it. */
static void in_pieces(struct file *f, const char *whole, char *other, size_t n)
{
	static const s64 beyond[] = { 0, 1, 4096, INT64_MAX / 2 };
	char byte = 0;

	/* from behind the beginning on it is the text that was written at the beginning */
	for (size_t at = 1; at < n; at += n / 3 + 1) {
		TEST_EQ(file_pread(f, other, 7, (s64)at), (ssize_t)MIN(n - at, (size_t)7));
		TEST(!memcmp(other, whole + at, MIN(n - at, (size_t)7)));
	}
	for (unsigned int i = 0; i < 4; i++)
		TEST_EQ(file_pread(f, other, 1, (s64)n + beyond[i]), 0);
	if (n > 1) {
		TEST_EQ(file_seek(f, 1, SEEK_SET), 1);
		TEST_EQ(read_all(f, other, 3), n - 1);
		TEST(!memcmp(other, whole + 1, n - 1));
	}
	TEST_EQ(file_write(f, &byte, 1), -EIO);
	TEST_EQ(file_truncate(f, 0), 0);
}

static void check_file(const char *path)
{
	char *whole = kmalloc(MOST), *other = kmalloc(MOST);
	struct file *f;

	if (whole && other && TEST_EQ(file_open(path, O_RDWR, 0, &f), 0)) {
		TEST_EQ(file_read(f, whole, 0), 0);
		in_pieces(f, whole, other, read_all(f, whole, 61));
		file_put(f);
	}
	kfree(whole);
	kfree(other);
}

static int check_one(void *arg, const struct dir_entry *e)
{
	char path[64];

	++*(unsigned int *)arg;
	snprintf(path, sizeof(path), "/proc/%s", e->name);
	if (e->type == DT_REG)
		check_file(path);
	return 0;
}

static void every_file(void)
{
	unsigned int n = 0;
	struct file *f;

	if (!TEST_EQ(file_open("/proc", O_RDONLY | O_DIRECTORY, 0, &f), 0))
		return;
	TEST_EQ(file_readdir(f, check_one, &n), 0);
	file_put(f);
	TEST(n >= 11);
	fs_cache_shrink();
}

/* A property, by its path: the very bytes. */
static void check_property(const char *path, const struct dt_prop *p)
{
	struct file_stat st;
	char bytes[32];
	struct file *f;
	size_t n = MIN((size_t)p->len, sizeof(bytes));

	if (!TEST_EQ(fs_stat(path, false, &st), 0) || !TEST_EQ(file_open(path, O_RDONLY, 0, &f), 0))
		return;
	TEST_EQ(st.size, p->len);
	TEST_EQ(st.mode, S_IFREG | 0444);
	TEST_EQ(file_read(f, bytes, sizeof(bytes)), (ssize_t)n);
	TEST(!memcmp(bytes, p->value, n));
	TEST_EQ(file_pread(f, bytes, 1, p->len), 0);
	file_put(f);
}

/* Makes @path, which begins with the place of the root, that of @node; how many names are in it. */
static unsigned int check_node(const struct dt_node *node, char *path, size_t size)
{
	size_t length = sizeof(BASE) - 1;
	unsigned int n = 0;
	struct dt_prop p = {};

	length += dt_path(node, path + length, size - length);
	for (; dt_prop_next(node, &p); n++) {
		snprintf(path + length, size - length, "/%s", p.name);
		check_property(path, &p);
	}
	path[length] = '\0';
	for (const struct dt_node *c = dt_child(node); c; c = dt_sibling(c))
		n++;
	return n;
}

static int count_one(void *arg, const struct dir_entry *e __unused)
{
	++*(unsigned int *)arg;
	return 0;
}

static void device_tree(void)
{
	const struct dt_node *node = NULL;
	char path[512] = BASE;
	struct file *f;

	while ((node = dt_next(node))) {
		unsigned int known = check_node(node, path, sizeof(path)), n = 0;

		if (!TEST_EQ(file_open(path, O_RDONLY | O_DIRECTORY, 0, &f), 0))
			break;
		TEST_EQ(file_readdir(f, count_one, &n), 0);
		TEST_EQ(n, known + 2);
		file_put(f);
	}
	fs_cache_shrink();
}

static void what_is_not_there(void)
{
	struct file *f;

	TEST_EQ(file_open("/proc/none", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/proc/device-tree/none", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/proc/device-tree/none/compatible", O_RDONLY, 0, &f), -ENOENT);
	TEST_EQ(file_open("/proc/device-tree/compatible/x", O_RDONLY, 0, &f), -ENOTDIR);
	TEST_EQ(file_open("/proc/device-tree", O_WRONLY, 0, &f), -EISDIR);
	TEST_EQ(fs_mkdir("/proc/d", 0755), -ENOENT);
	TEST_EQ(fs_symlink("version", "/proc/device-tree/d"), -ENOENT);
	TEST_EQ(file_open("/proc/d", O_WRONLY | O_CREAT, 0644, &f), -ENOENT);
	TEST_EQ(fs_unlink("/proc/version"), -EPERM);
	TEST_EQ(fs_rmdir("/proc/device-tree"), -EPERM);
	TEST_EQ(fs_rmdir("/proc"), -EBUSY);
	fs_cache_shrink();
}

static const struct test_case cases[] = {
	TEST_CASE(every_file),
	TEST_CASE(device_tree),
	TEST_CASE(what_is_not_there),
};

static const struct test_suite procfs_suite = TEST_SUITE_OF("procfs", cases);
TEST_SUITE(procfs_suite);
