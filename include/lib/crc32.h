/* SPDX-License-Identifier: MIT */
/* CRC-32, as zlib, gzip and Ethernet count it (ISO 3309). Any context. */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include <lib/types.h>

/* The checksum of what @crc is the one of, 0 at first, and of @size bytes behind that. */
u32 crc32(u32 crc, const void *data, size_t size);

#endif
