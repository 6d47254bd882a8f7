/* SPDX-License-Identifier: MIT */
/* Unpacks files: a line for each, its length, its sum (FNV), its end, and what is wrong with it. */
#include <lib/format.h>
#include <lib/string.h>

#include "../../../fs/initramfs/gzip.h"
#include "host.h"

int main(int argc, char **argv);

static struct gzip gzip;
static u64 length, sum;

static void out(void *arg __unused, const u8 *data, size_t n)
{
	length += n;
	for (size_t i = 0; i < n; i++)
		sum = (sum ^ data[i]) * 0x100000001b3;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t size;
		u8 *data = host_read_file(argv[i], &size);
		const char *why;

		length = 0;
		sum = 0xcbf29ce484222325;
		gzip.in = data;
		gzip.end = data + size;
		gzip.out = out;
		why = gzip_unpack(&gzip);
		printf("%lu %016lx %ld %s\n", length, sum, gzip.ended ? gzip.in - data : -1,
		       why ? why : "good");
		free(data);
	}
	return 0;
}
