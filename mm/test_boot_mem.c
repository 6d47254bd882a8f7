/* SPDX-License-Identifier: MIT */
/*
 * Tests of boot memory on the machine as it is, when boot is over; tests/host/boot_mem.c plays
 * through all that comes before.
 */
#include <arch/sections.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/map.h>
#include <mm/page.h>

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

	/* early boot's spare tables, and what lies below its stack, have been handed over */
	TEST(holder(arch_image_phys(), (u64)(section_noinit_end - section_text_start)));
	TEST(holder(arch_image_to_phys(boot_stack), (u64)(boot_tables - boot_stack)));
	arch_boot_tree(&size);
	TEST(holder(arch_boot_tree_phys(), size));
}

/* What the page allocator has is not reserved, and nothing else is missing. */
static void what_is_not_reserved_is_handed_over(void)
{
	TEST_EQ(page_bytes_total(), boot_mem_total() - boot_mem_used());
}

static const struct test_case cases[] = {
	TEST_CASE(banks_are_sorted_pages),
	TEST_CASE(reservations_are_sorted_and_named),
	TEST_CASE(what_boot_stands_on_is_reserved),
	TEST_CASE(what_is_not_reserved_is_handed_over),
};

static const struct test_suite boot_mem_suite = TEST_SUITE_OF("boot_mem", cases);
TEST_SUITE(boot_mem_suite);
