/* SPDX-License-Identifier: MIT */
/* sum: the CRC-32 of its input, as zlib's, and how many bytes it was. */
#include <shell/command.h>

#define POLYNOMIAL	0xedb88320U	/* of CRC-32, its bits reversed */

static u32 add(u32 crc, const char *data, size_t len)
{
	for (; len; len--, data++) {
		crc ^= (unsigned char)*data;
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return crc;
}

static int sum_run(int argc __unused, char **argv __unused)
{
	char buffer[SHELL_READ_SIZE];
	u32 crc = ~0U;
	u64 len = 0;
	ssize_t n;

	while ((n = shell_read(buffer, sizeof(buffer))) > 0) {
		crc = add(crc, buffer, (size_t)n);
		len += (u64)n;
	}
	if (shell_stopped())
		return STATUS_STOPPED;
	print("%08x %lu\n", ~crc, len);
	return STATUS_OK;
}

static const struct command sum_command = {
	.name = "sum", .usage = "", .help = "the CRC-32 of what it reads, and its length",
	.run = sum_run,
};
COMMAND(sum_command);
