/* SPDX-License-Identifier: MIT */
/* The C library's functions for tests that compare with them; built without shim/prefix.h. */
#include "shim/system.h"

#include "host.h"

int libc_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	return vsnprintf(buf, size, fmt, ap);
}
