/* SPDX-License-Identifier: MIT */
/*
 * The functions of lib/string.h that have tuned bodies, against plain models: every alignment of
 * both operands to 16 bytes times every size to 512, every overlap of two blocks to 512 bytes,
 * and sizes of some KiB for the loops of many rounds. All bytes around a destination must stay as
 * they were. The models go by words to be fast, and are built so that the compiler does not turn
 * them into calls of what they are the models for (lib/Makefile). A check that fails shows where:
 * 0xTTTFFFNNN, the offsets of destination and source (or of both operands) and the size.
 *
 * What happens at a page's end is mm/test_string_edge.c's.
 */
#include <lib/string.h>
#include <lib/test.h>

#define ALIGNMENTS	16
#define SIZES		512		/* the largest size of a product */
#define MARGIN		32		/* bytes looked at on each side of a block, at least */
#define SMALL_AREA	(MARGIN + ALIGNMENTS + SIZES + MARGIN)
#define LARGE_SIZES	4200		/* the largest size beside the products */
#define LARGE_STARTS	512		/* at least the block of DC ZVA on every emulated CPU */
#define AREA		(MARGIN + LARGE_STARTS + LARGE_SIZES + MARGIN)
#define FINE		0xfffffffffUL

typedef u64 __attribute__((may_alias, aligned(1))) word;

static u8 area[AREA] __aligned(16), pristine[AREA] __aligned(16), source[AREA] __aligned(16);
static u8 filled[AREA];

static bool at(bool ok, size_t to, size_t from, size_t n)
{
	return TEST_EQ(ok ? FINE : to << 24 | from << 12 | n, FINE);
}

static bool same(const u8 *a, const u8 *b, size_t n)
{
	u64 differ = 0;

	for (; n >= sizeof(word); n -= sizeof(word)) {
		differ |= *(const word *)a ^ *(const word *)b;
		a += sizeof(word);
		b += sizeof(word);
	}
	while (n-- > 0)
		differ |= *a++ ^ *b++;
	return !differ;
}

/* For blocks apart from each other. */
static void put(u8 *to, const u8 *from, size_t n)
{
	for (; n >= sizeof(word); n -= sizeof(word)) {
		*(word *)to = *(const word *)from;
		to += sizeof(word);
		from += sizeof(word);
	}
	while (n-- > 0)
		*to++ = *from++;
}

/* Different bytes everywhere, and different ones for another @seed. */
static void scribble(u8 *p, unsigned int seed)
{
	for (unsigned int i = 0; i < AREA; i++)
		p[i] = (u8)((i + seed) * 167 + (i >> 3) + (i >> 8));
}

static void scribble_all(void)
{
	scribble(area, 1);
	scribble(pristine, 1);
	scribble(source, 2);
}

/* All of the first @size bytes of area are pristine, but for @n at @to, which are @model's. */
static bool only_changed(size_t size, size_t to, const u8 *model, size_t n)
{
	return same(area, pristine, to) && same(area + to, model, n) &&
	       same(area + to + n, pristine + to + n, size - to - n);
}

static bool copy(size_t size, size_t to, size_t from, size_t n)
{
	bool ok = memcpy(area + to, source + from, n) == area + to &&
		  only_changed(size, to, source + from, n);

	put(area + to, pristine + to, n);
	return at(ok, to, from, n);
}

static bool move(size_t size, size_t to, size_t from, size_t n)
{
	bool ok = memmove(area + to, area + from, n) == area + to &&
		  only_changed(size, to, pristine + from, n);

	put(area + to, pristine + to, n);
	return at(ok, to, from, n);
}

static bool set(size_t size, size_t to, int value, size_t n)
{
	bool ok;

	for (size_t i = 0; i < n; i++)
		filled[i] = (u8)value;
	ok = memset(area + to, value, n) == area + to && only_changed(size, to, filled, n);
	put(area + to, pristine + to, n);
	return at(ok, to, (size_t)(value & 0xff), n);
}

static void copies(void)
{
	scribble_all();
	for (size_t to = MARGIN; to < MARGIN + ALIGNMENTS; to++)
		for (size_t from = 0; from < ALIGNMENTS; from++)
			for (size_t n = 0; n <= SIZES; n++)
				if (!copy(SMALL_AREA, to, from, n))
					return;
}

static void moves(void)
{
	scribble_all();
	for (size_t to = MARGIN; to < MARGIN + ALIGNMENTS; to++)
		for (size_t from = MARGIN; from < MARGIN + ALIGNMENTS; from++)
			for (size_t n = 0; n <= SIZES; n++)
				if (!move(SMALL_AREA, to, from, n))
					return;
}

/* Every distance of the two blocks, up and down, with alignments that go round. */
static void overlaps(void)
{
	size_t low, high;

	scribble_all();
	for (size_t distance = 0; distance <= SIZES; distance++) {
		for (size_t n = 0; n <= SIZES; n++) {
			low = MARGIN + (n + distance / ALIGNMENTS) % ALIGNMENTS;
			high = low + distance;
			if (!move(high + n + MARGIN, high, low, n) ||
			    !move(high + n + MARGIN, low, high, n))
				return;
		}
	}
}

static void sets(void)
{
	static const int values[] = { 0, 0x5a, 0xff, -2, 0x1200 };

	scribble_all();
	for (size_t v = 0; v < ARRAY_SIZE(values); v++)
		for (size_t to = MARGIN; to < MARGIN + ALIGNMENTS; to++)
			for (size_t n = 0; n <= SIZES; n++)
				if (!set(SMALL_AREA, to, values[v], n))
					return;
}

static void large_blocks(void)
{
	static const size_t sizes[] = { 1023, 1024, 1025, 1536, 2048, 3333, 4096, LARGE_SIZES };

	scribble_all();
	for (size_t to = MARGIN; to < MARGIN + LARGE_STARTS; to++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			if (!copy(AREA, to, (to + i) % ALIGNMENTS, sizes[i]) ||
			    !move(AREA, to, MARGIN + to * 31 % LARGE_STARTS, sizes[i]) ||
			    !set(AREA, to, i == 1, sizes[i]))
				return;
		}
	}
}

static bool compares_as(const u8 *a, const u8 *b, size_t n, int sign)
{
	int there = memcmp(a, b, n), back = memcmp(b, a, n);

	return (there > 0) - (there < 0) == sign && (back > 0) - (back < 0) == -sign;
}

/* Blocks that differ in byte @k first, and in the one behind it the other way round. */
static bool compares_at(u8 *a, u8 *b, size_t n, size_t k)
{
	u8 byte = a[k];
	bool ok;

	a[k] = byte == 255 ? 0 : byte + 1;
	if (k + 1 < n)
		a[k + 1] ^= 0x80;
	ok = compares_as(a, b, n, byte == 255 ? -1 : 1) && compares_as(a, b, k, 0);
	a[k] = byte;
	if (k + 1 < n)
		a[k + 1] ^= 0x80;
	return ok;
}

/* Equal blocks with a different byte behind, which is then the last one of the next size. */
static void compares(void)
{
	for (size_t a = 0; a < ALIGNMENTS; a++) {
		for (size_t b = 0; b < ALIGNMENTS; b++) {
			scribble(source, 3);
			put(area + a, source, SIZES + 1);
			for (size_t n = 0; n <= SIZES; n++) {
				u8 *x = area + a, *y = pristine + b;

				y[n] = (u8)~x[n];
				if (!at(compares_as(x, y, n, 0) &&
						compares_as(x, y, n + 1, x[n] > 127 ? 1 : -1),
					a, b, n))
					return;
				y[n] = x[n];
			}
		}
	}
}

/* Every place of the first difference. */
static void first_difference(void)
{
	scribble(source, 4);
	for (size_t n = 1; n <= SIZES; n++) {
		u8 *x = area + n % ALIGNMENTS, *y = pristine + n / ALIGNMENTS % ALIGNMENTS;

		put(x, source, n);
		put(y, source, n);
		for (size_t k = 0; k < n; k++)
			if (!at(compares_at(x, y, n, k), (size_t)(x - area), k, n))
				return;
	}
}

/* What confuses a search for zero bytes by arithmetic, beside the plain ones. */
static u8 awkward(size_t i)
{
	static const u8 bytes[] = { 0x01, 0x80, 0xff, 'a', 0x81, 0x7f, 0x01 };

	return bytes[(i + i / 64) % ARRAY_SIZE(bytes)];
}

static char *awkward_string(u8 *where)
{
	for (size_t i = 0; i < SIZES + MARGIN; i++)
		where[i] = awkward(i);
	return (char *)where;
}

static bool length_is(const char *s, size_t n, size_t other)
{
	return strlen(s) == n && strnlen(s, SIZE_MAX) == n && strnlen(s, n) == n &&
	       strnlen(s, n + 1) == n && strnlen(s, n + other) == n &&
	       strnlen(s, n / 2) == n / 2 && (n == 0 || strnlen(s, n - 1) == n - 1);
}

/* With a zero right before the string, and with what looks like a zero behind its end. */
static void lengths(void)
{
	for (size_t start = 1; start <= ALIGNMENTS; start++) {
		char *s = awkward_string(area + start);

		s[-1] = '\0';
		for (size_t n = 0; n <= SIZES; n++) {
			s[n] = '\0';
			s[n + 1] = 1;
			if (!at(length_is(s, n, start), start, 0, n))
				return;
			s[n] = (char)awkward(n);
		}
	}
}

static int sign_of(int value)
{
	return (value > 0) - (value < 0);
}

/*
 * Strings of @n bytes that are equal, then differ in byte @k, then in length. What stands behind
 * their ends differs.
 */
static bool strings_compare(char *a, char *b, size_t n, size_t k)
{
	char byte = b[k], other = (char)(byte ^ 0x80 ? byte ^ 0x80 : 0x7f);
	int sign = (u8)byte > (u8)other ? 1 : -1;
	bool ok;

	a[n] = b[n] = '\0';
	a[n + 1] = 1;
	b[n + 1] = 2;
	ok = strcmp(a, b) == 0 && strncmp(b, a, n + 2 + k) == 0;
	b[n] = 3;
	ok = ok && strcmp(a, b) < 0 && strncmp(b, a, n + 1) > 0 && strncmp(a, b, n) == 0;
	if (k < n) {
		b[k] = other;
		ok = ok && sign_of(strcmp(a, b)) == sign && strncmp(a, b, k) == 0 &&
		     sign_of(strncmp(b, a, k + 1)) == -sign;
		b[k] = byte;
	}
	a[n] = b[n] = (char)awkward(n);
	return ok;
}

static void string_compares(void)
{
	for (size_t a = 0; a < ALIGNMENTS; a++) {
		for (size_t b = 0; b < ALIGNMENTS; b++) {
			char *s = awkward_string(area + a), *t = awkward_string(pristine + b);

			for (size_t n = 0; n <= SIZES; n++)
				if (!at(strings_compare(s, t, n, n ? (n * 7 + b) % n : 0), a, b, n))
					return;
		}
	}
}

/* @c is at @n alone; before it bytes that differ from it in one bit or in all. */
static bool found_in_block(u8 *s, u8 c, size_t n)
{
	static const u8 flips[] = { 0x01, 0x80, 0xff, 0x02 };
	bool ok;

	for (size_t i = 0; i <= n + 8; i++)
		s[i] = c ^ flips[i % ARRAY_SIZE(flips)];
	s[-1] = s[n] = s[n + 1] = c;
	ok = memchr(s, c, n) == NULL && memchr(s, c | 0x100, n + 1) == s + n &&
	     memchr(s, c, SIZE_MAX) == s + n && memchr(s, c, n + 9) == s + n;
	s[-1] = s[n] = s[n + 1] = (u8)~c;
	return ok && memchr(s, c, n + 8) == NULL;
}

static bool found_in_string(char *s, char c, size_t n)
{
	bool ok;

	for (size_t i = 0; i <= n + 8; i++)
		s[i] = (char)awkward(i) == c ? 'b' : (char)awkward(i);
	s[-1] = s[n] = c;
	ok = strchr(s, c) == s + n && strchr(s, c - 0x100) == s + n;
	s[n] = '\0';
	s[n + 1] = c;
	return ok && strchr(s, c) == NULL && strchr(s, '\0') == s + n;
}

static void searches(void)
{
	static const u8 wanted[] = { 'c', 0x01, 0x80, 0xff, 0x00, 0x81, 0x7f };

	for (size_t start = 1; start <= ALIGNMENTS; start++) {
		for (size_t n = 0; n <= SIZES; n++) {
			u8 *s = area + start, c = wanted[n % ARRAY_SIZE(wanted)];
			bool ok = found_in_block(s, c, n);

			if (c)
				ok = ok && found_in_string((char *)s, (char)c, n);
			if (!at(ok, start, c, n))
				return;
		}
	}
}

static const struct test_case cases[] = {
	TEST_CASE(copies),
	TEST_CASE(moves),
	TEST_CASE(overlaps),
	TEST_CASE(sets),
	TEST_CASE(large_blocks),
	TEST_CASE(compares),
	TEST_CASE(first_difference),
	TEST_CASE(lengths),
	TEST_CASE(string_compares),
	TEST_CASE(searches),
};

static const struct test_suite string_all_suite = TEST_SUITE_OF("string_all", cases);
TEST_SUITE(string_all_suite);
