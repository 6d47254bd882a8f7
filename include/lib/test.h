/* SPDX-License-Identifier: MIT */
/*
 * Tests beside the code that they test (lib/test_string.c for lib/string.c). The same file is
 * linked into the kernel (CONFIG_SELFTEST, shell command selftest) and into a program on the
 * host (tests/host/), so it uses nothing but the interface under test:
 *
 *   static void finds_a_byte(void)
 *   {
 *           TEST(memchr("abc", 'd', 3) == NULL);
 *           TEST_EQ(strlen("abc"), 3);
 *   }
 *
 *   static const struct test_case cases[] = { TEST_CASE(finds_a_byte) };
 *   static const struct test_suite string_suite = TEST_SUITE_OF("string", cases);
 *   TEST_SUITE(string_suite);
 *
 * A check that fails is reported with its place and values, and the case goes on; each check
 * is true when it held, for those cases that cannot. One run at a time; checks may come from
 * any thread of it, not from interrupts.
 */
#ifndef LIB_TEST_H
#define LIB_TEST_H

#include <lib/table.h>
#include <lib/types.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

struct test_suite {
	const char *name;
	const struct test_case *cases;
	size_t count;
	const char *(*skip)(void);	/* why it cannot be run here, or NULL */
	bool one_cpu;			/* it is about what one CPU does: see test_one_cpu() */
};

#define TEST_CASE(f)	{ .name = #f, .run = (f) }
#define TEST_SUITE_OF(suite_name, suite_cases) \
	{ .name = (suite_name), .cases = (suite_cases), .count = ARRAY_SIZE(suite_cases) }

/* Of a suite whose threads take turns on one CPU. */
#define TEST_SUITE_ONE_CPU(suite_name, suite_cases) \
	{ .one_cpu = true, .name = (suite_name), .cases = (suite_cases), \
	  .count = ARRAY_SIZE(suite_cases) }

#define TEST_SUITE_UNLESS(why, suite_name, suite_cases) \
	{ .skip = (why), .one_cpu = true, .name = (suite_name), .cases = (suite_cases), \
	  .count = ARRAY_SIZE(suite_cases) }

/* The variable must be named <name>_suite: suites run in the order of these names. */
#define TEST_SUITE(suite)	TABLE_ENTRY(test_suite, struct test_suite, suite)

#define TEST(cond)	test_true((cond), __FILE__, __LINE__, #cond)
/* Integers or pointers. Both are compared and shown as 64 bits, a negative one sign-extended. */
#define TEST_EQ(a, b)	test_equal((uintptr_t)(a), (uintptr_t)(b), __FILE__, __LINE__, #a " == " #b)
/* Strings; NULL is equal to NULL only. */
#define TEST_STR(a, b)	test_same((a), (b), __FILE__, __LINE__, #a " is " #b)

bool test_true(bool ok, const char *file, int line, const char *what);
bool test_equal(u64 a, u64 b, const char *file, int line, const char *what);
bool test_same(const char *a, const char *b, const char *file, int line, const char *what);

/*
 * Before and after a suite that wants it: the calling thread, and those that it makes, keep to one
 * CPU from now on, or do not any more. Does nothing where nobody defines it.
 */
void test_one_cpu(bool on);

typedef void test_print(const char *fmt, ...) __printf(1, 2);
typedef bool test_stop(void);

/*
 * Runs the suite of that name, or all when @name is NULL, and prints KTAP version 1 through
 * @print. @stop is asked before each case and ends the run when it is true; it may be NULL.
 * Returns how many cases failed; -ENOENT when there is no such suite; -EINTR when it was ended.
 */
int test_run(const char *name, test_print *print, test_stop *stop);

#endif
