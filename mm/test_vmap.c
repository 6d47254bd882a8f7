/* SPDX-License-Identifier: MIT */
/*
 * Tests of the vmap area and of the stacks in it, on the machine as it is; tests/host/vmap.c plays
 * with the space itself. Everything goes back, but for tables.
 */
#include <arch/mmu.h>
#include <arch/sections.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <mm/map.h>
#include <mm/page.h>
#include <mm/stack.h>
#include <mm/vmap.h>

static bool is_mapped(const void *p)
{
	unsigned int flags;
	size_t block;
	paddr_t pa;

	return arch_kernel_lookup((vaddr_t)p, &pa, &flags, &block);
}

/* Pages that are in use, but for tables, which stay. */
static size_t pages_used(void)
{
	struct page_stats stats;

	page_stats_get(&stats);
	return stats.total - stats.free - stats.used[PAGE_USE_TABLE];
}

/* One page at a time, what is between them taken meanwhile: so they are not contiguous. */
static bool scattered(struct page **pages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pages[i] = page_alloc(0, PAGE_USE_KERNEL);
		if (!pages[i]) {
			while (i--)
				page_free(pages[i]);
			return false;
		}
	}
	for (size_t i = 0; i < count / 2; i += 2) {
		struct page *other = pages[count - 1 - i];

		pages[count - 1 - i] = pages[i];
		pages[i] = other;
	}
	return true;
}

static void pages_look_contiguous(void)
{
	struct page *pages[5] = { NULL };
	size_t used = pages_used();
	char *p;

	if (!TEST(scattered(pages, 5)))
		return;
	p = vmap(pages, 5, MMU_WRITE);
	if (TEST(p)) {
		TEST(!is_mapped(p - 1) && is_mapped(p) && !is_mapped(p + 5 * PAGE_SIZE));
		for (size_t i = 0; i < 5; i++) {
			char *other = page_to_virt(pages[i]);

			/* the same memory, seen by another address at once */
			memset(p + i * PAGE_SIZE, (int)i + 1, PAGE_SIZE);
			TEST_EQ(other[0], i + 1);
			TEST_EQ(other[PAGE_SIZE - 1], i + 1);
			other[7] = 99;
			TEST_EQ(p[i * PAGE_SIZE + 7], 99);
		}
		vunmap(p);
		TEST(!is_mapped(p) && !is_mapped(p + 4 * PAGE_SIZE));
	}
	for (size_t i = 0; i < 5; i++)
		page_free(pages[i]);
	TEST_EQ(pages_used(), used);
}

/* What was there before is not seen any more, of however many pages that is. */
static void unmapped_pages_are_forgotten(void)
{
	static struct page *pages[200];
	struct page *one[2] = { page_alloc(0, PAGE_USE_KERNEL), page_alloc(0, PAGE_USE_KERNEL) };
	const size_t counts[] = { 1, 64, 65, ARRAY_SIZE(pages) };
	char *last = NULL;

	if (TEST(one[0] && one[1]))
		for (unsigned int i = 0; i < 2 * ARRAY_SIZE(counts); i++) {
			size_t count = counts[i / 2];
			char *p;

			for (size_t n = 0; n < count; n++)
				pages[n] = one[i % 2];
			*(char *)page_to_virt(one[i % 2]) = (char)i;
			p = vmap(pages, count, 0);
			if (!TEST(p))
				break;
			TEST(!(i % 2) || p == last);
			for (size_t n = 0; n < count; n++)
				TEST_EQ(*(volatile char *)(p + n * PAGE_SIZE), i);
			vunmap(p);
			last = p;
		}
	for (unsigned int i = 0; i < 2; i++)
		if (one[i])
			page_free(one[i]);
}

static void rights_are_as_asked_for(void)
{
	struct page *page = page_alloc(0, PAGE_USE_KERNEL);
	unsigned int flags;
	size_t block;
	paddr_t pa;
	void *p;

	if (!TEST(page))
		return;
	p = vmap(&page, 1, 0);
	if (TEST(p)) {
		TEST(arch_kernel_lookup((vaddr_t)p, &pa, &flags, &block));
		TEST_EQ(flags, 0);
		TEST_EQ(pa, page_to_phys(page));
		vunmap(p);
	}
	TEST_EQ(vmap(&page, 1, MMU_EXEC), NULL);
	TEST_EQ(vmap(&page, 1, MMU_WRITE | MMU_DEVICE), NULL);
	TEST_EQ(vmap(&page, 0, 0), NULL);
	page_free(page);
}

static void memory_without_a_run(void)
{
	size_t size = 37 * PAGE_SIZE + 11, used = pages_used();
	u8 *p = vmalloc(size), *other;

	if (!TEST(p))
		return;
	TEST(!is_mapped(p - 1) && !is_mapped(p + 38 * PAGE_SIZE));
	TEST_EQ(pages_used(), used + 38);
	for (size_t i = 0; i < size; i++)
		p[i] = (u8)(i * 7 + i / PAGE_SIZE);
	other = vmalloc(1);
	TEST(other && other != p);
	for (size_t i = 0; i < size; i++)
		if (p[i] != (u8)(i * 7 + i / PAGE_SIZE) && !TEST_EQ(i, size))
			break;
	vfree(p);
	vfree(other);
	vfree(NULL);
	TEST_EQ(pages_used(), used);
	TEST_EQ(vmalloc(0), NULL);
	TEST_EQ(vmalloc(SIZE_MAX), NULL);
	TEST_EQ(vmalloc(page_bytes_total() + 1), NULL);
	TEST_EQ(pages_used(), used);
}

static void space_is_used_again(void)
{
	void *first = vmalloc(1), *second = vmalloc(1), *again;

	if (TEST(first && second)) {
		vfree(first);
		again = vmalloc(1);
		TEST_EQ(again, first);
		first = again;
	}
	vfree(first);
	vfree(second);
}

static void stacks_have_guards(void)
{
	char *stack[6];
	size_t used;

	stack_drop_cached();
	used = pages_used();
	for (size_t i = 0; i < ARRAY_SIZE(stack); i++) {
		stack[i] = stack_alloc();
		if (!TEST(stack[i]))
			continue;
		TEST(IS_ALIGNED((vaddr_t)stack[i], 2 * STACK_SIZE));
		for (size_t at = 0; at < STACK_SIZE; at += PAGE_SIZE) {
			TEST(is_mapped(stack[i] + at));
			TEST(!is_mapped(stack[i] - 1 - at));
			TEST(!is_mapped(stack[i] + STACK_SIZE + at));
		}
	}
	TEST_EQ(pages_used(), used + ARRAY_SIZE(stack) * STACK_SIZE / PAGE_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(stack); i++)
		stack_free(stack[i]);
	stack_free(NULL);
	stack_drop_cached();
	TEST_EQ(pages_used(), used);
	TEST(!stack[0] || !is_mapped(stack[0]));
}

static void use_of_a_stack_shows(void)
{
	static const size_t depths[] = { 8, 16, 24, 4096, STACK_SIZE - 8, STACK_SIZE };
	char *stack;

	stack_drop_cached();
	stack = stack_alloc();
	if (!TEST(stack))
		return;
	TEST_EQ(stack_used_max(stack), 0);
	for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
		*(u64 *)(void *)(stack + STACK_SIZE - depths[i]) = 1;
		TEST_EQ(stack_used_max(stack), depths[i]);
	}
	stack_free(stack);
	/* it comes back as it is */
	TEST_EQ(stack_alloc(), stack);
	TEST_EQ(stack_used_max(stack), STACK_SIZE);
	stack_free(stack);
	stack_drop_cached();
}

/* Takes all memory but some, the largest runs first; gives it back by giving back the list. */
static void hoard(struct list *runs)
{
	list_init(runs);
	for (unsigned int order = PAGE_ORDERS; order--;) {
		struct page *page;

		while (page_bytes_free() > MIB(1) + (PAGE_SIZE << order) &&
		       (page = page_alloc(order, PAGE_USE_KERNEL | PAGE_QUIET)))
			list_add_tail(runs, &page->link);
	}
}

static void memory_runs_out(void)
{
	size_t used, stacks = 0, longest = 0;
	struct list runs;
	void *p, *last = NULL;

	stack_drop_cached();
	/* when memory is out the heap gives back what is empty: before the count, not within */
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_shrink();
	else
		heap_policy_shrink();
	used = pages_used();
	hoard(&runs);
	/* each stack holds the one before it */
	while ((p = stack_alloc())) {
		*(void **)p = last;
		last = p;
		stacks++;
	}
	/* some is in use otherwise, most is stacks now */
	TEST(stacks > MIB(1) / STACK_SIZE / 2);
	for (; last; last = p) {
		p = *(void **)last;
		stack_free(last);
	}
	stack_drop_cached();
	for (size_t size = PAGE_SIZE; (p = vmalloc(size)); size += 16 * PAGE_SIZE) {
		longest = size;
		vfree(p);
	}
	TEST(longest > 0);
	while (!list_empty(&runs)) {
		struct page *page = list_entry(runs.next, struct page, link);

		list_del(&page->link);
		page_free(page);
	}
	TEST_EQ(pages_used(), used);
}

static size_t tables_used(void)
{
	struct page_stats stats;

	page_stats_get(&stats);
	return stats.used[PAGE_USE_TABLE];
}

/* A page out of the image that came back when boot was over; NULL when none of 4096 is one. */
static struct page *page_of_image(void)
{
	size_t size = (vaddr_t)boot_stack - ARCH_IMAGE_START;
	struct list others = LIST_INIT(others);
	struct page *page = NULL;

	for (unsigned int i = 0; i < 4096; i++) {
		page = page_alloc(0, PAGE_USE_KERNEL | PAGE_QUIET);
		if (!page || page_to_phys(page) - arch_image_phys() < size)
			break;
		list_add(&others, &page->link);
		page = NULL;
	}
	while (!list_empty(&others)) {
		struct page *other = list_entry(others.next, struct page, link);

		list_del(&other->link);
		page_free(other);
	}
	return page;
}

/* Where the image was mapped such a page is not any more. */
static void pages_of_the_image_may_be_tables(void)
{
	/* as much as a table is for, yet no block */
	size_t size = (PAGE_SIZE << (PAGE_SHIFT - 3)) - PAGE_SIZE, tables = tables_used();
	struct page *page = page_of_image();
	unsigned int n = 0;
	void *device[16];

	if (page)
		page_free(page);	/* it is the next to be taken */
	while (n < ARRAY_SIZE(device) && tables_used() == tables) {
		device[n] = ioremap(arch_phys_end() - size, size);
		if (!TEST(device[n]))
			break;
		n++;
	}
	TEST(tables_used() > tables);
	while (n--)
		iounmap(device[n]);
}

static const struct test_case cases[] = {
	TEST_CASE(pages_look_contiguous),
	TEST_CASE(unmapped_pages_are_forgotten),
	TEST_CASE(rights_are_as_asked_for),
	TEST_CASE(memory_without_a_run),
	TEST_CASE(space_is_used_again),
	TEST_CASE(stacks_have_guards),
	TEST_CASE(use_of_a_stack_shows),
	TEST_CASE(pages_of_the_image_may_be_tables),
	TEST_CASE(memory_runs_out),
};

static const struct test_suite vmap_suite = TEST_SUITE_OF("vmap", cases);
TEST_SUITE(vmap_suite);
