/* SPDX-License-Identifier: MIT */
/*
 * The device tree under libFuzzer: any bytes at all are an error with a line in the log, or a
 * tree whose answers hold together.
 */
#include <lib/string.h>

#include "fdt_ask.h"
#include "guard.h"
#include "host.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	host_log_quiet = true;
	if (size <= KIB(64))
		fdt_ask(memcpy(guarded(size), data, size), size);
	return 0;
}
