/* SPDX-License-Identifier: MIT */
/*
 * Runs every suite that was linked, or the one that CAIRN_SUITE names, and prints KTAP. What
 * stands on the command line is for the tests: files, mostly.
 */
#include <lib/test.h>

#include "host.h"

int host_argc;
char **host_argv;

static void __printf(1, 2) print_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

int main(int argc, char **argv)
{
	const char *seed = getenv("CAIRN_SEED");
	int bad;

	setvbuf(stdout, NULL, _IOLBF, 0);
	host_argc = argc - 1;
	host_argv = argv + 1;
	host_random_state = (u64)time(NULL) * 1000003 + (u64)getpid();
	if (seed != NULL)
		host_random_state = strtoull(seed, NULL, 0);
	printf("# CAIRN_SEED=%llu\n", (unsigned long long)host_random_state);
	bad = test_run(getenv("CAIRN_SUITE"), print_line, NULL);
	return bad == 0 ? 0 : 1;
}
