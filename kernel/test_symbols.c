/* SPDX-License-Identifier: MIT */
/* Tests of names for code addresses, with this image's own table. */
#include <arch/sections.h>
#include <kernel/symbols.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>

static __attribute__((noinline)) void landmark(void)
{
	__asm__ volatile("nop\n\tnop");
}

static bool is_in(vaddr_t addr, const char *name, size_t offset)
{
	size_t found, size;
	const char *symbol = symbol_lookup(addr, &found, &size);

	return TEST_STR(symbol, name) && TEST_EQ(found, offset) && TEST(found < size);
}

static void functions_have_names(void)
{
	is_in((vaddr_t)landmark, "landmark", 0);
	is_in((vaddr_t)landmark + 4, "landmark", 4);
	is_in((vaddr_t)test_run, "test_run", 0);
	is_in((vaddr_t)symbol_lookup + 8, "symbol_lookup", 8);
}

/* Each name is found at its own start, and the table leaves no gap between two. */
static void all_of_the_table_is_found(void)
{
	vaddr_t at = (vaddr_t)section_text_start;
	unsigned int names = 0;
	size_t offset, size;

	while (at < (vaddr_t)section_text_end && !symbol_lookup(at, &offset, &size))
		at += 4;
	while (at < (vaddr_t)section_text_end) {
		const char *name = symbol_lookup(at, &offset, &size);

		if (!TEST(name && *name) || !TEST_EQ(offset, 0) || !TEST(size > 0))
			return;
		names++;
		at += size;
	}
	TEST(names > 100);
}

static void other_addresses_have_none(void)
{
	size_t offset, size;

	TEST_EQ(symbol_lookup(0, &offset, &size), NULL);
	TEST_EQ(symbol_lookup(~0UL, &offset, &size), NULL);
	TEST_EQ(symbol_lookup((vaddr_t)section_text_start - 1, &offset, &size), NULL);
	TEST_EQ(symbol_lookup((vaddr_t)section_text_end, &offset, &size), NULL);
	TEST_EQ(symbol_lookup((vaddr_t)section_data_start, &offset, &size), NULL);
}

static void formatted(void)
{
	char text[64];

	snprintf(text, sizeof(text), "%pS", (void *)((vaddr_t)landmark + 4));
	TEST(!strncmp(text, "landmark+0x4/0x", 15));
	snprintf(text, sizeof(text), "%pS", (void *)0x1234);
	TEST_STR(text, "0x1234");
	snprintf(text, 5, "%pS", (void *)(uintptr_t)landmark);
	TEST_STR(text, "land");
	landmark();
}

static const struct test_case cases[] = {
	TEST_CASE(functions_have_names),
	TEST_CASE(all_of_the_table_is_found),
	TEST_CASE(other_addresses_have_none),
	TEST_CASE(formatted),
};

static const struct test_suite symbols_suite = TEST_SUITE_OF("symbols", cases);
TEST_SUITE(symbols_suite);
