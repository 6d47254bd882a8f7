/* SPDX-License-Identifier: MIT */
/*
 * memtest: tests free memory. Progress is one line a pass that only grows, so that a log of the
 * console shows what a screen does.
 */
#include <lib/format.h>
#include <mm/memtest.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define PASSES_MAX	1000

/* The next multiple of ten to print, of the pass that goes on. */
static unsigned int next;

static bool progress(unsigned int pass, unsigned int done)
{
	if (next == 0)
		print("pass %u:", pass);
	for (; next <= done; next += 10)
		print(" %u%%", next);
	if (next > 100) {
		print("\n");
		next = 0;
	}
	return !shell_stopped();
}

static void print_result(const struct memtest *t)
{
	print("memtest: %lu KiB tested, ", t->tested / 1024);
	if (!t->bad_words) {
		print("no error");
	} else {
		print("%lu bad word%s, %zu page%s out of use from now on", t->bad_words,
		      t->bad_words == 1 ? "" : "s", t->bad_pages, t->bad_pages == 1 ? "" : "s");
	}
	if (memtest_bad_pages() > t->bad_pages)
		print("; %zu by earlier tests", memtest_bad_pages() - t->bad_pages);
	print("\n");
}

static int run_test(int argc, char **argv)
{
	struct memtest t = { .progress = progress };
	u64 passes = 1;
	int err;

	if (argc > 1 && (parse_size(argv[1], &t.size) || !t.size)) {
		print("memtest: \"%s\" is no SIZE: bytes, or with K, M or G behind the number\n",
		      argv[1]);
		return STATUS_USAGE;
	}
	if (argc > 2 && (parse_u64(argv[2], 0, &passes) || !passes || passes > PASSES_MAX)) {
		print("memtest: \"%s\" is not a number of passes: 1 to %u\n", argv[2], PASSES_MAX);
		return STATUS_USAGE;
	}
	t.passes = (unsigned int)passes;
	next = 0;
	err = memtest_run(&t);
	if (err == -EINTR)
		return STATUS_STOPPED;
	if (err) {
		print("memtest: only %lu KiB can be taken, the rest is in use or left to others\n",
		      t.tested / 1024);
		return STATUS_FAIL;
	}
	print_result(&t);
	return t.bad_words ? STATUS_FAIL : STATUS_OK;
}

static const struct command memtest_command = {
	.name = "memtest", .usage = "[SIZE [PASSES]]", .help = "test free memory with patterns",
	.run = run_test, .min_args = 0, .max_args = 2,
};
COMMAND(memtest_command);
