/* SPDX-License-Identifier: MIT */
/* cat: prints files, or its input, byte by byte. */
#include <kernel/stream.h>

#include "inputs.h"

static const struct argument cat_arguments[] = { INPUT_FILES };

static int copy(const char *name __unused, void *arg __unused)
{
	char buffer[SHELL_READ_SIZE];
	ssize_t n = 1;

	if (input_loops())
		return INPUT_LOOPS;
	/* what cannot be written is not the file's error, and the shell says it */
	while (!shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0)
		if (stream_write(stream_out(), buffer, (size_t)n))
			return 0;
	return n < 0 ? (int)n : 0;
}

static int cat(const struct arguments *a)
{
	return inputs_each("cat", a, copy, NULL);
}

static const struct command cat_command = {
	.name = "cat", .help = "print files, or what it reads", .parsed = cat,
	ARGUMENTS(cat_arguments),
};
COMMAND(cat_command);
