/* SPDX-License-Identifier: MIT */
/*
 * Tests of boot memory on the machine as it is; tests/host/boot_mem.c plays through all others.
 * What these allocate is never given back.
 */
#include <arch/sections.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

static paddr_t range_end(const struct boot_mem_range *r)
{
	return r->base + r->size;
}

static void banks_are_sorted_pages(void)
{
	const struct boot_mem_range *r, *before = NULL;
	u64 sum = 0;

	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++) {
		TEST(r->size > 0);
		TEST(IS_ALIGNED(r->base, PAGE_SIZE) && IS_ALIGNED(r->size, PAGE_SIZE));
		TEST(!before || r->base > range_end(before));
		sum += r->size;
		before = r;
	}
	TEST(before);
	TEST_EQ(sum, boot_mem_total());
}

static void reservations_are_sorted_and_named(void)
{
	const struct boot_mem_range *r, *before = NULL;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++) {
		TEST(IS_ALIGNED(r->base, PAGE_SIZE) && IS_ALIGNED(r->size, PAGE_SIZE));
		TEST(!before || r->base >= before->base);
		TEST(r->name && *r->name);
		before = r;
	}
	TEST(boot_mem_used() <= boot_mem_total());
}

/* The reservation that holds all of [base, base + size), or NULL. */
static const struct boot_mem_range *holder(paddr_t base, u64 size)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		if (base >= r->base && base + size <= range_end(r))
			return r;
	return NULL;
}

static void what_boot_stands_on_is_reserved(void)
{
	size_t size;

	TEST(holder(arch_image_phys(), (u64)(section_image_end - section_text_start)));
	arch_boot_tree(&size);
	TEST(holder(arch_boot_tree_phys(), size));
	TEST(holder(virt_to_phys(boot_mem_alloc(100, 8)), 100));
}

static void runs_are_aligned_and_taken(void)
{
	static const size_t aligns[] = { 1, PAGE_SIZE, 4 * PAGE_SIZE, MIB(2) };

	for (size_t i = 0; i < ARRAY_SIZE(aligns); i++) {
		u64 used = boot_mem_used();
		paddr_t pa = boot_mem_alloc_phys(PAGE_SIZE + 1, aligns[i], "test");

		if (!TEST(pa))
			return;
		TEST(IS_ALIGNED(pa, MAX(aligns[i], PAGE_SIZE)));
		TEST(holder(pa, 2 * PAGE_SIZE));
		TEST_EQ(boot_mem_used(), used + 2 * PAGE_SIZE);
		memset(phys_to_virt(pa), 0xa5, 2 * PAGE_SIZE);
	}
}

static void impossible_runs_are_refused(void)
{
	u64 used = boot_mem_used();

	TEST_EQ(boot_mem_alloc_phys(boot_mem_total(), PAGE_SIZE, "test"), 0);
	TEST_EQ(boot_mem_alloc_phys(0, PAGE_SIZE, "test"), 0);
	TEST_EQ(boot_mem_alloc_phys(PAGE_SIZE, 1UL << 47, "test"), 0);
	TEST_EQ(boot_mem_used(), used);
}

/* Objects of many sizes: zeroed, aligned, and none on another. */
static void objects_are_zeroed_and_apart(void)
{
	static u8 *object[64];
	static const size_t aligns[] = { 1, 2, 8, 16, 64, 4096 };

	for (unsigned int i = 0; i < ARRAY_SIZE(object); i++) {
		size_t size = 1 + i * i, align = aligns[i % ARRAY_SIZE(aligns)];

		object[i] = boot_mem_alloc(size, align);
		TEST(IS_ALIGNED((vaddr_t)object[i], align));
		for (size_t at = 0; at < size; at++)
			if (!TEST_EQ(object[i][at], 0))
				return;
		memset(object[i], (int)i + 1, size);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(object); i++)
		TEST(object[i][0] == i + 1 && object[i][i * i] == i + 1);
}

static const struct test_case cases[] = {
	TEST_CASE(banks_are_sorted_pages),	    TEST_CASE(reservations_are_sorted_and_named),
	TEST_CASE(what_boot_stands_on_is_reserved), TEST_CASE(runs_are_aligned_and_taken),
	TEST_CASE(impossible_runs_are_refused),	    TEST_CASE(objects_are_zeroed_and_apart),
};

static const struct test_suite boot_mem_suite = TEST_SUITE_OF("boot_mem", cases);
TEST_SUITE(boot_mem_suite);
