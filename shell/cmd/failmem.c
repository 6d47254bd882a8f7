/* SPDX-License-Identifier: MIT */
/* failmem: makes the Nth allocation from now on fail, or says how many there have been. */
#include <lib/format.h>
#include <mm/fault_inject.h>
#include <shell/command.h>

static int failmem_run(int argc, char **argv)
{
	u64 count, nth;
	bool fired;

	if (argc > 1) {
		if (parse_u64(argv[1], 0, &nth))
			return STATUS_USAGE;
		fault_inject_at(nth);
		return STATUS_OK;
	}
	fired = fault_inject_state(&count, &nth);
	if (nth)
		print("failmem: %lu allocations, number %lu %s\n", count, nth,
		      fired ? "has failed" : "is to fail");
	else
		print("failmem: %lu allocations, none is to fail\n", count);
	return STATUS_OK;
}

static const struct command failmem_command = {
	.name = "failmem", .usage = "[N]",
	.help = "let the Nth allocation from now on fail (0: none), or count them",
	.run = failmem_run, .min_args = 0, .max_args = 1,
};
COMMAND(failmem_command);
