/* SPDX-License-Identifier: MIT */
/* source: runs the lines of a file in this shell. */
#include <lib/format.h>
#include <shell/command.h>

static const struct argument source_arguments[] = {
	{ .name = "FILE", .type = ARGUMENT_TEXT },
};

static int source(const struct arguments *a)
{
	int status = STATUS_OK;
	int err = shell_run_file(a->value[0].text, &status);

	if (!err)
		return status;
	print("source: %s: %s\n", a->value[0].text, errno_text(-err));
	return STATUS_FAIL;
}

static const struct command source_command = {
	.name = "source", .runs_others = true, .help = "run the lines of a file", .parsed = source,
	ARGUMENTS(source_arguments),
};
COMMAND(source_command);
