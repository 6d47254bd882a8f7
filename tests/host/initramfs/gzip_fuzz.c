/* SPDX-License-Identifier: MIT */
/* gzip under libFuzzer: any bytes are unpacked, or are wrong; nothing is read behind them. */
#include <lib/assert.h>

#include "../../../fs/initramfs/gzip.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct gzip gzip;

static void out(void *arg __unused, const u8 *data __unused, size_t n)
{
	if (!n || n > GZIP_WINDOW)
		panic("%zu bytes at once", n);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *why;

	gzip.in = data;
	gzip.end = data + size;
	gzip.out = out;
	why = gzip_unpack(&gzip);
	if (gzip.in < data || gzip.in > data + size)
		panic("it is at %ld of %zu", gzip.in - data, size);
	if (!why && !gzip.ended)
		panic("it is good and has no end");
	return 0;
}
