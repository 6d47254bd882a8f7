/* SPDX-License-Identifier: MIT */
/* Big-endian data in memory, at any alignment: device trees, network-order headers. */
#ifndef LIB_ENDIAN_H
#define LIB_ENDIAN_H

#include <lib/types.h>

/* The 32-bit big-endian value at @p. */
static inline u32 load_be32(const void *p)
{
	u32 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

/* The 64-bit big-endian value at @p. */
static inline u64 load_be64(const void *p)
{
	u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

#endif
