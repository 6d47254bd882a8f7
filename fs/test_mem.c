/* SPDX-License-Identifier: MIT */
/*
 * /dev/mem: memory as the kernel itself sees it, at every alignment and length; the tree's own
 * magic; addresses that nobody answers to, before and behind what is there; and no fault of it.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/map.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define LENGTH	24

static struct file *open_mem(void)
{
	struct file *f;

	return TEST_EQ(file_open("/dev/mem", O_RDWR, 0, &f), 0) ? f : NULL;
}

static void reads_and_writes_memory(void)
{
	struct page *page = page_alloc(0, PAGE_USE_KERNEL | PAGE_ZERO);
	struct file *f = page ? open_mem() : NULL;
	u8 *memory = page ? page_to_virt(page) : NULL, copy[LENGTH];

	for (unsigned int i = 0; f && i < LENGTH; i++)
		memory[i] = (u8)(i * 7 + 1);
	for (unsigned int at = 0; f && at < 9; at++) {
		s64 pos = (s64)(page_to_phys(page) + at);

		for (size_t n = 0; n <= LENGTH - at; n++) {
			memset(copy, 0, sizeof(copy));
			TEST_EQ(file_pread(f, copy, n, pos), (ssize_t)n);
			TEST(!memcmp(copy, memory + at, n) && (n == LENGTH || !copy[n]));
		}
		copy[0] = (u8)(at ^ 0x55);
		memcpy(copy + 1, "seven b", 7);
		TEST_EQ(file_pwrite(f, copy, 8, pos), 8);
		TEST(!memcmp(memory + at, copy, 8));
	}
	if (f) {
		TEST_EQ(file_seek(f, (s64)page_to_phys(page), SEEK_SET), (s64)page_to_phys(page));
		TEST_EQ(file_read(f, copy, 5), 5);
		TEST_EQ(file_seek(f, 0, SEEK_CUR), (s64)page_to_phys(page) + 5);
		file_put(f);
	}
	if (page)
		page_free(page);
	fs_cache_shrink();
}

static void reads_the_tree(void)
{
	static const u8 magic[] = { 0xd0, 0x0d, 0xfe, 0xed };
	struct file *f = open_mem();
	u8 bytes[4];

	if (!f)
		return;
	TEST_EQ(file_pread(f, bytes, 4, (s64)arch_boot_tree_phys()), 4);
	TEST(!memcmp(bytes, magic, 4));
	file_put(f);
	fs_cache_shrink();
}

static void holes_are_errors(void)
{
	s64 end = (s64)arch_phys_end();
	struct file *f = open_mem();
	u32 words[2] = {};

	if (!f)
		return;
	TEST_EQ(file_pread(f, words, 8, end), -EFAULT);
	TEST_EQ(file_pread(f, words, 1, INT64_MAX), -EFAULT);
	TEST_EQ(file_pwrite(f, words, 8, end + 4096), -EFAULT);
	TEST_EQ(file_pread(f, words, 1, -1), -EINVAL);
	TEST_EQ(file_pread(f, words, 0, end), 0);
	/* there, and no memory and no device */
	TEST_EQ(file_pread(f, words, 8, end - 4096), -EFAULT);
	TEST_EQ(file_pwrite(f, words, 8, end - 4096), -EFAULT);
	TEST_EQ(file_pread(f, words, 8, end - 4), -EFAULT);
	file_put(f);
	fs_cache_shrink();
}

static const struct test_case cases[] = {
	TEST_CASE(reads_and_writes_memory),
	TEST_CASE(reads_the_tree),
	TEST_CASE(holes_are_errors),
};

static const struct test_suite mem_suite = TEST_SUITE_OF("mem", cases);
TEST_SUITE(mem_suite);
