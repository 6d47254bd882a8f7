/* SPDX-License-Identifier: MIT */
/*
 * The functions of lib/string.h at the edges of what is mapped: pages with nothing mapped before
 * and behind them, and blocks and strings that begin or end exactly there. A byte read or
 * written beyond is a fault and ends the run with its address. What the results must be is
 * lib/test_string_all.c's; here they are checked by the way.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/vmap.h>

#define SIZES		512
#define ALIGNMENTS	16

/* Two pages, each with a hole before and one behind it. */
static struct {
	u8 *start, *end;
} one, two;

static bool set_up(void)
{
	one.start = vmalloc(PAGE_SIZE);
	two.start = vmalloc(PAGE_SIZE);
	one.end = one.start + PAGE_SIZE;
	two.end = two.start + PAGE_SIZE;
	return TEST(one.start) && TEST(two.start);
}

static void tear_down(void)
{
	vfree(one.start);
	vfree(two.start);
}

/* Everything that takes blocks, with those at @a and @b. */
static bool blocks(u8 *a, u8 *b, size_t n)
{
	memset(a, 0x55, n);
	memset(b, 0xaa, n);
	if (n && !TEST(memcmp(a, b, n) < 0))
		return false;
	memcpy(b, a, n);
	memmove(a, b, n);
	memset(b, 0, n);
	return TEST_EQ(memchr(a, 0, n), NULL) && TEST_EQ(memchr(b, 1, n), NULL) &&
	       TEST_EQ(memcmp(b, b, n), 0) && TEST(!n || (a[0] == 0x55 && a[n - 1] == 0x55));
}

static void blocks_at_edges(void)
{
	bool fine = set_up();

	for (size_t k = 0; fine && k < ALIGNMENTS; k++) {
		for (size_t n = 0; fine && n <= SIZES; n++) {
			fine = blocks(one.end - n, two.end - n - k, n) &&
			       blocks(one.end - n - k, two.end - n, n) &&
			       blocks(one.start, two.start + k, n) &&
			       blocks(one.start + k, two.start, n);
			memmove(one.end - n, one.end - n - k, n);
			memmove(one.end - n - k, one.end - n, n);
			memmove(one.start, one.start + k, n);
			memmove(one.start + k, one.start, n);
		}
	}
	for (size_t n = SIZES; fine && n <= PAGE_SIZE; n += 61)
		fine = blocks(one.end - n, two.start, n) && blocks(one.start, two.end - n, n);
	if (fine)
		blocks(one.start, two.start, PAGE_SIZE);
	tear_down();
}

/* Everything that takes strings, with @n bytes at @s and at @t. */
static bool strings(char *s, char *t, size_t n, size_t k)
{
	memset(s, 'a', n);
	memset(t, 'a', n);
	/* without an end: the limit is all that holds it back */
	if (!TEST_EQ(strnlen(s, n), n) || !TEST_EQ(strncmp(s, t, n), 0) ||
	    !TEST_EQ(strncmp(t, s, n), 0) || !TEST_EQ(memchr(s, 'b', n), NULL))
		return false;
	if (!n)
		return true;
	s[n - 1] = t[n - 1] = '\0';
	return TEST_EQ(strlen(s), n - 1) && TEST_EQ(strnlen(s, SIZE_MAX), n - 1) &&
	       TEST_EQ(strcmp(s, t), 0) && TEST_EQ(strcmp(t, s), 0) &&
	       TEST_EQ(strncmp(s, t, n + k), 0) && TEST_EQ(strchr(s, 'b'), NULL) &&
	       TEST_EQ(strchr(s, 0), s + n - 1) && TEST_EQ(memchr(s, 0, SIZE_MAX), s + n - 1);
}

static void strings_at_edges(void)
{
	bool fine = set_up();

	for (size_t k = 0; k < ALIGNMENTS; k++)
		for (size_t n = 0; fine && n <= SIZES; n++)
			fine = strings((char *)one.end - n, (char *)two.end - n - k, n, k) &&
			       strings((char *)one.start + k, (char *)two.start, n, k);
	tear_down();
}

static const struct test_case cases[] = {
	TEST_CASE(blocks_at_edges),
	TEST_CASE(strings_at_edges),
};

static const struct test_suite string_edge_suite = TEST_SUITE_OF("string_edge", cases);
TEST_SUITE(string_edge_suite);
