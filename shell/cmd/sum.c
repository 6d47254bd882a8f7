/* SPDX-License-Identifier: MIT */
/* sum: the CRC-32 of files or of its input, as zlib's, and how many bytes it was. */
#include <lib/crc32.h>

#include "inputs.h"

static const struct argument sum_arguments[] = { INPUT_FILES };

static int sum_one(const char *name, void *arg __unused)
{
	char buffer[SHELL_READ_SIZE];
	u32 crc = 0;
	u64 len = 0;
	ssize_t n = 0;

	while (!shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0) {
		crc = crc32(crc, buffer, (size_t)n);
		len += (u64)n;
	}
	if (!n && !shell_stopped())
		print("%08x %lu%s%s\n", crc, len, name ? " " : "", name ? name : "");
	return (int)n < 0 ? (int)n : 0;
}

static int sum(const struct arguments *a)
{
	return inputs_each("sum", a, sum_one, NULL);
}

static const struct command sum_command = {
	.name = "sum", .help = "the CRC-32 of files, or of what it reads, and the length",
	.parsed = sum, ARGUMENTS(sum_arguments),
};
COMMAND(sum_command);
