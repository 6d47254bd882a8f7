/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 (see <lib/crc32.h>): half a byte at a time. A table of 16 entries is a third of the work
 * that bit by bit would be, and one of 256 would be a KiB.
 */
#include <lib/crc32.h>

#define POLYNOMIAL	0xedb88320U	/* its bits reversed */

/* What four bits that are shifted out add: the polynomial, for each of them that is set. */
#define SHIFT(v)	((v) >> 1 ^ ((v) & 1 ? POLYNOMIAL : 0))
#define ENTRY(v)	SHIFT(SHIFT(SHIFT(SHIFT((u32)(v)))))

static const u32 table[16] = {
	ENTRY(0), ENTRY(1), ENTRY(2), ENTRY(3), ENTRY(4), ENTRY(5), ENTRY(6), ENTRY(7),
	ENTRY(8), ENTRY(9), ENTRY(10), ENTRY(11), ENTRY(12), ENTRY(13), ENTRY(14), ENTRY(15),
};

u32 crc32(u32 crc, const void *data, size_t size)
{
	const u8 *p = data;

	crc = ~crc;
	for (; size; size--) {
		crc ^= *p++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
