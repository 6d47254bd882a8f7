/* SPDX-License-Identifier: MIT */
/*
 * Runs test suites and prints what came of them as KTAP (version 1): one subtest per suite,
 * one line per case, and before the line of a case that failed one diagnostic per failed
 * check. A loop may fail many times: the first SHOWN_MAX are shown, the rest is counted. A
 * case that panics ends the run; nothing here catches that. Of a suite that cannot be run here
 * each case is skipped, with the reason.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define SHOWN_MAX	8

static test_print *print;
static unsigned int failures;	/* failed checks of the case that runs; atomic, threads share it */

/* Counts a failed check. True when it is to be shown. */
static bool failed(void)
{
	return __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED) <= SHOWN_MAX;
}

bool test_true(bool ok, const char *file, int line, const char *what)
{
	if (!ok && failed())
		print("    # %s:%d: not so: %s\n", file, line, what);
	return ok;
}

bool test_equal(u64 a, u64 b, const char *file, int line, const char *what)
{
	if (a != b && failed())
		print("    # %s:%d: not so: %s: left %ld (%#lx), right %ld (%#lx)\n",
		      file, line, what, (long)a, (unsigned long)a, (long)b, (unsigned long)b);
	return a == b;
}

bool test_same(const char *a, const char *b, const char *file, int line, const char *what)
{
	bool same = a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);

	if (!same && failed())
		print("    # %s:%d: not so: %s: left \"%s\", right \"%s\"\n", file, line, what,
		      a ? a : "(null)", b ? b : "(null)");
	return same;
}

/* Runs one case: true when every check held. */
static bool run_case(const struct test_case *c, size_t number)
{
	unsigned int count;

	__atomic_store_n(&failures, 0, __ATOMIC_RELAXED);
	c->run();
	count = __atomic_load_n(&failures, __ATOMIC_RELAXED);
	if (count > SHOWN_MAX)
		print("    # and %u more\n", count - SHOWN_MAX);
	print("    %s %zu - %s\n", count ? "not ok" : "ok", number, c->name);
	return count == 0;
}

__weak void test_one_cpu(bool on __unused)
{
}

/* Runs one suite. Returns how many cases failed, and adds to @skipped those that did not run. */
static unsigned int run_suite(const struct test_suite *suite, unsigned int number,
			      unsigned int *skipped, test_stop *stop)
{
	const char *why = suite->skip ? suite->skip() : NULL;
	unsigned int bad = 0;

	if (suite->one_cpu)
		test_one_cpu(true);
	print("    KTAP version 1\n    # Subtest: %s\n    1..%zu\n", suite->name, suite->count);
	for (size_t i = 0; i < suite->count && !(stop && stop()); i++) {
		if (why)
			print("    ok %zu - %s # SKIP %s\n", i + 1, suite->cases[i].name, why);
		else
			bad += !run_case(&suite->cases[i], i + 1);
	}
	if (why)
		*skipped += (unsigned int)suite->count;
	if (suite->one_cpu)
		test_one_cpu(false);
	print("%s %u - %s\n", bad ? "not ok" : "ok", number, suite->name);
	return bad;
}

static bool wanted(const char *name, const struct test_suite *suite)
{
	return name == NULL || strcmp(name, suite->name) == 0;
}

int test_run(const char *name, test_print *print_with, test_stop *stop)
{
	unsigned int suites = 0;
	unsigned int cases = 0;
	unsigned int bad = 0;
	unsigned int number = 0;
	unsigned int skipped = 0;

	TABLE_FOREACH(test_suite, struct test_suite, suite) {
		if (wanted(name, *suite)) {
			suites++;
			cases += (*suite)->count;
		}
	}
	if (name != NULL && suites == 0)
		return -ENOENT;

	print = print_with;
	print("KTAP version 1\n1..%u\n", suites);
	TABLE_FOREACH(test_suite, struct test_suite, suite) {
		if (wanted(name, *suite))
			bad += run_suite(*suite, ++number, &skipped, stop);
		if (stop && stop()) {
			print("Bail out! stopped\n");
			return -EINTR;
		}
	}
	print("# Totals: pass:%u fail:%u skip:%u\n", cases - bad - skipped, bad, skipped);
	return (int)bad;
}
