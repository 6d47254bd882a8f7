/* SPDX-License-Identifier: MIT */
/* failmem: makes the Nth allocation from now on fail, or says how many there have been. */
#include <mm/fault_inject.h>
#include <shell/command.h>

static const struct argument failmem_arguments[] = {
	{ .name = "N", .type = ARGUMENT_NUMBER, .max = INT64_MAX, .optional = true,
	  .help = "the next one is 1; 0: none" },
};

static int failmem(const struct arguments *a)
{
	u64 count, nth;
	bool fired;

	if (a->given) {
		fault_inject_at((u64)a->value[0].number);
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
	.name = "failmem",
	.help = "let the Nth allocation from now on fail (0: none), or count them",
	.parsed = failmem, ARGUMENTS(failmem_arguments),
};
COMMAND(failmem_command);
