/* SPDX-License-Identifier: MIT */
/*
 * lib/string.c on the host, beyond lib/test_string.c: every block is an allocation of its
 * exact size, so that the address sanitizer sees a single byte read or written too far, at
 * every size to SIZES and every alignment.
 */
#include <lib/string.h>
#include <lib/test.h>

#include "host.h"

#define SIZES		128
#define ALIGNMENTS	16

/* @n bytes that end exactly where the allocation does, at @skip behind its start. */
static u8 *exact(size_t skip, size_t n)
{
	u8 *p = malloc(skip + n);

	for (size_t i = 0; i < skip + n; i++)
		p[i] = (u8)(host_random() | 1);
	return p + skip;
}

static void blocks_end_where_they_should(void)
{
	for (size_t skip = 0; skip < ALIGNMENTS; skip++) {
		for (size_t n = 0; n <= SIZES; n++) {
			u8 *a = exact(skip, n);
			u8 *b = exact((skip * 7 + n) % ALIGNMENTS, n);
			size_t b_skip = (skip * 7 + n) % ALIGNMENTS;

			memcpy(a, b, n);
			TEST_EQ(memcmp(a, b, n), 0);
			memmove(a, b, n);
			memmove(a, a, n);
			memset(b, (int)n, n);
			TEST_EQ(memchr(a, 0, n), NULL);
			if (n > 1) {
				memmove(a + 1, a, n - 1);
				memmove(a, a + 1, n - 1);
			}
			free(a - skip);
			free(b - b_skip);
		}
	}
}

static void strings_end_where_they_should(void)
{
	for (size_t skip = 0; skip < ALIGNMENTS; skip++) {
		for (size_t n = 1; n <= SIZES; n++) {
			char *s = (char *)exact(skip, n);
			char *copy = (char *)exact(0, n);

			TEST_EQ(strnlen(s, n), n);
			TEST_EQ(strncmp(s, s, n), 0);
			s[n - 1] = '\0';
			TEST_EQ(strlen(s), n - 1);
			TEST_EQ(strchr(s, 256), s + n - 1);
			TEST_EQ(strrchr(s, 0), s + n - 1);
			TEST_EQ(strlcpy(copy, s, n), n - 1);
			TEST_EQ(strcmp(copy, s), 0);
			TEST_EQ(strstr(s, copy), s);
			TEST_EQ(strlcpy(copy, s, n / 2), n - 1);
			if (n >= 2)
				TEST_EQ(strlcat(copy, s, n), n / 2 - 1 + n - 1);
			free(s - skip);
			free(copy);
		}
	}
}

static const struct test_case cases[] = {
	TEST_CASE(blocks_end_where_they_should),
	TEST_CASE(strings_end_where_they_should),
};

static const struct test_suite string_host_suite = TEST_SUITE_OF("string-host", cases);
TEST_SUITE(string_host_suite);
