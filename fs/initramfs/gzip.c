/* SPDX-License-Identifier: MIT */
/*
 * See gzip.h; the compressed data is RFC 1951's. A symbol is found by its next 10 bits in a table,
 * or bit by bit where its code is longer. What comes out goes into a window of 32 KiB, which is
 * also where repetitions are copied from; each time that it is full it is summed up and handed out.
 * Behind the end of the input there are zeroes: that more was wanted is noticed once a symbol.
 */
#include <lib/string.h>

#include "gzip.h"

#define LENGTHS_MAX	(GZIP_CODES + 32)
#define END_OF_BLOCK	256

/* --- Bits ------------------------------------------------------------------------------------- */

static void refill(struct gzip *z)
{
	while (z->count <= 56 && z->in < z->end) {
		z->bits |= (u64)*z->in++ << z->count;
		z->count += 8;
	}
}

static void drop(struct gzip *z, u32 n)
{
	if (n > z->count) {
		z->cut = true;
		n = z->count;
	}
	z->bits >>= n;
	z->count -= n;
}

/* The next @n bits, 32 at most. */
static u32 take(struct gzip *z, u32 n)
{
	u32 value;

	refill(z);
	value = (u32)(z->bits & ((1UL << n) - 1));
	drop(z, n);
	return value;
}

/* --- Codes ------------------------------------------------------------------------------------ */

/* The codes whose bits one look finds: @code has them the other way round. */
static void make_fast(struct gzip_code *c)
{
	const u16 *symbol = c->symbol;
	u32 code = 0;

	memset(c->fast, 0, sizeof(c->fast));
	for (u32 length = 1; length <= GZIP_FAST; length++) {
		u32 top = 1U << (length - 1);

		for (u32 n = c->count[length]; n; n--, symbol++) {
			u32 bit = top;

			for (u32 i = code; i < 1U << GZIP_FAST; i += top * 2)
				c->fast[i] = (u16)(*symbol << 4 | length);
			/* one more, carried towards the low bits */
			for (; code & bit; bit >>= 1)
				code ^= bit;
			code |= bit;
		}
	}
}

/* The code of @n symbols of these lengths; false: there is none. */
static bool make_code(struct gzip_code *c, const u8 *length, u32 n)
{
	s32 left = 1;
	u16 at[16];

	memset(c->count, 0, sizeof(c->count));
	for (u32 i = 0; i < n; i++)
		c->count[length[i]]++;
	at[1] = 0;
	for (u32 i = 1; i < 16; i++) {
		left = left * 2 - c->count[i];
		if (left < 0)
			return false;
		if (i < 15)
			at[i + 1] = (u16)(at[i] + c->count[i]);
	}
	for (u32 i = 0; i < n; i++)
		if (length[i])
			c->symbol[at[length[i]]++] = (u16)i;
	make_fast(c);
	/* one symbol alone has one bit, and none at all none; else every code has a meaning */
	return !left || c->count[0] == n || (c->count[0] == n - 1 && c->count[1] == 1);
}

/* The next symbol, or a number that is none. */
static u32 next(struct gzip *z, const struct gzip_code *c)
{
	u32 code = 0, first = 0, index = 0, found;

	refill(z);
	found = c->fast[z->bits & ((1U << GZIP_FAST) - 1)];
	if (found) {
		drop(z, found & 15);
		return found >> 4;
	}
	for (u32 length = 1; length < 16; length++) {
		u32 count = c->count[length];

		code |= z->bits >> (length - 1) & 1;
		if (code - first < count) {
			drop(z, length);
			return c->symbol[index + code - first];
		}
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	return GZIP_CODES;
}

/* --- What comes out --------------------------------------------------------------------------- */

static void make_crc_table(struct gzip *z)
{
	for (u32 i = 0; i < 256; i++) {
		u32 value = i;

		for (u32 bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (0xedb88320 & -(value & 1));
		z->crc_table[i] = value;
	}
}

static void flush(struct gzip *z)
{
	u32 crc = z->crc, n = z->pos;

	for (u32 i = 0; i < n; i++)
		crc = crc >> 8 ^ z->crc_table[(u8)crc ^ z->window[i]];
	z->crc = crc;
	z->total += n;
	z->pos = 0;
	z->out(z->arg, z->window, n);
}

static void put(struct gzip *z, u32 byte)
{
	z->window[z->pos++] = (u8)byte;
	if (z->pos == GZIP_WINDOW)
		flush(z);
}

static const char cut[] = "cut off";

/* @length bytes again that were out @distance bytes ago. False: there were none. */
static bool repeat(struct gzip *z, u32 length, u32 distance)
{
	if (distance > z->total + z->pos)
		return false;
	for (; length; length--)
		put(z, z->window[(z->pos - distance) & (GZIP_WINDOW - 1)]);
	return true;
}

/*
 * --- Blocks: false when one is damaged, which one that is cut off may seem to be -----------------
 */

static bool stored(struct gzip *z)
{
	u32 length;

	drop(z, z->count & 7);
	length = take(z, 16);
	if ((length ^ take(z, 16)) != 0xffff)
		return false;
	for (; length && !z->cut; length--)
		put(z, take(z, 8));
	return true;
}

/* Symbols up to the end of the block. */
static bool symbols(struct gzip *z)
{
	while (!z->cut) {
		u32 s = next(z, &z->literal), extra = 0, length, d;

		if (s < END_OF_BLOCK) {
			put(z, s);
			continue;
		}
		if (s == END_OF_BLOCK)
			return true;
		s -= END_OF_BLOCK + 1;
		length = s + 3;
		if (s > 28)
			break;
		if (s == 28) {
			length = 258;
		} else if (s >= 8) {
			extra = (s - 4) >> 2;
			length = 3 + ((4 + (s & 3)) << extra) + take(z, extra);
		}
		d = next(z, &z->distance);
		if (d > 29)
			break;
		if (d >= 4) {
			extra = (d >> 1) - 1;
			d = ((2 + (d & 1)) << extra) + take(z, extra);
		}
		if (!repeat(z, length, d + 1))
			break;
	}
	return false;
}

static bool fixed(struct gzip *z)
{
	u8 length[GZIP_CODES];

	memset(length, 8, sizeof(length));
	memset(length + 144, 9, 112);
	memset(length + 256, 7, 24);
	make_code(&z->literal, length, GZIP_CODES);
	memset(length, 5, 32);
	make_code(&z->distance, length, 32);
	return symbols(z);
}

/* The lengths of both codes, @n of them, which have a code of their own, z->literal so far. */
static bool read_lengths(struct gzip *z, u8 *length, u32 n)
{
	u32 i = 0;

	while (i < n && !z->cut) {
		u32 s = next(z, &z->literal), times = 1;
		u8 value = 0;

		if (s < 16) {
			value = (u8)s;
		} else if (s == 16) {
			if (!i)
				return false;
			value = length[i - 1];
			times = 3 + take(z, 2);
		} else if (s < 19) {
			times = s == 17 ? 3 + take(z, 3) : 11 + take(z, 7);
		} else {
			return false;
		}
		if (times > n - i)
			return false;
		memset(length + i, value, times);
		i += times;
	}
	return true;
}

static bool dynamic(struct gzip *z)
{
	static const u8 order[] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	u32 literals = 257 + take(z, 5), distances = 1 + take(z, 5), n = 4 + take(z, 4);
	u8 length[LENGTHS_MAX] = {};

	for (u32 i = 0; i < n; i++)
		length[order[i]] = (u8)take(z, 3);
	return literals <= 286 && distances <= 30 &&
	       make_code(&z->literal, length, sizeof(order)) &&
	       read_lengths(z, length, literals + distances) && length[END_OF_BLOCK] &&
	       make_code(&z->literal, length, literals) &&
	       make_code(&z->distance, length + literals, distances) && symbols(z);
}

/* --- Members ---------------------------------------------------------------------------------- */

#define FLAG_CRC	2U
#define FLAG_EXTRA	4U
#define FLAG_NAME	8U
#define FLAG_COMMENT	16U
#define FLAGS_RESERVED	0xe0U

static const char *header(struct gzip *z)
{
	u32 flags;

	if (take(z, 16) != 0x8b1f)
		return "not gzip";
	if (take(z, 8) != 8)
		return "of an unknown kind";
	flags = take(z, 8);
	if (flags & FLAGS_RESERVED)
		return "of an unknown kind";
	take(z, 32);	/* the time */
	take(z, 16);	/* how it was compressed, and on what */
	if (flags & FLAG_EXTRA)
		for (u32 n = take(z, 16); n && !z->cut; n--)
			take(z, 8);
	for (u32 flag = FLAG_NAME; flag <= FLAG_COMMENT; flag *= 2)
		while (flags & flag && take(z, 8))
			;
	if (flags & FLAG_CRC)
		take(z, 16);
	return z->cut ? cut : NULL;
}

static const char *blocks(struct gzip *z)
{
	bool good = false;
	u32 last;

	do {
		last = take(z, 1);
		switch (take(z, 2)) {
		case 0:
			good = stored(z);
			break;
		case 1:
			good = fixed(z);
			break;
		case 2:
			good = dynamic(z);
			break;
		default:
			good = false;
		}
	} while (good && !last && !z->cut);
	return z->cut ? cut : good ? NULL : "damaged";
}

const char *gzip_unpack(struct gzip *z)
{
	const char *wrong;
	u32 crc, size;

	z->bits = 0;
	z->count = 0;
	z->crc = ~0U;
	z->total = 0;
	z->pos = 0;
	z->cut = false;
	z->ended = false;
	make_crc_table(z);
	wrong = header(z);
	if (!wrong)
		wrong = blocks(z);
	/* what came before the damage is handed out: it may be good */
	if (z->pos)
		flush(z);
	if (wrong)
		return wrong;
	drop(z, z->count & 7);
	crc = take(z, 32);
	size = take(z, 32);
	if (z->cut)
		return cut;
	z->in -= z->count / 8;
	z->ended = true;
	return ~z->crc == crc && (u32)z->total == size ? NULL : "its checksum is wrong";
}
