/* SPDX-License-Identifier: MIT */
/*
 * Those of the strings and memory functions that arch/ can bring tuned (CONFIG_STRING_TUNED), in
 * plain C: for the smallest images, and for the host. Blocks go by 8-byte words at any
 * alignment, which AArch64 allows on ordinary memory, and a block's odd end is one more word
 * that overlaps the one before it. The str* functions go by bytes: their strings are short.
 * Built so that the compiler cannot turn a loop in here into a call of the very function that it
 * is in (lib/Makefile). Not for device memory, and not for code that runs before the MMU is on.
 */
#include <lib/string.h>

typedef u64 __attribute__((may_alias, aligned(1))) word;

#define WORD	sizeof(word)

static word load(const u8 *p)
{
	return *(const word *)p;
}

static void store(u8 *p, word value)
{
	*(word *)p = value;
}

/*
 * Right for overlapping blocks too, as long as @d is below @s: the odd end is read before
 * anything is written.
 */
static __always_inline void copy_up(u8 *d, const u8 *s, size_t n)
{
	if (n >= WORD) {
		word last = load(s + n - WORD);

		for (size_t i = 0; i < n - WORD; i += WORD)
			store(d + i, load(s + i));
		store(d + n - WORD, last);
	} else {
		for (size_t i = 0; i < n; i++)
			d[i] = s[i];
	}
}

/* The same from the top, for @d above @s. */
static __always_inline void copy_down(u8 *d, const u8 *s, size_t n)
{
	if (n >= WORD) {
		word first = load(s);

		for (size_t i = n - WORD; i > 0; i = i > WORD ? i - WORD : 0)
			store(d + i, load(s + i));
		store(d, first);
	} else {
		while (n-- > 0)
			d[n] = s[n];
	}
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	/* Unsigned: true for every @dst below @src as well. */
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;

	if (n >= WORD) {
		word value = (u8)c * 0x0101010101010101ULL;

		for (size_t i = 0; i < n - WORD; i += WORD)
			store(d + i, value);
		store(d + n - WORD, value);
	} else {
		for (size_t i = 0; i < n; i++)
			d[i] = (u8)c;
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a;
	const u8 *y = b;

	while (n >= WORD && load(x) == load(y)) {
		x += WORD;
		y += WORD;
		n -= WORD;
	}
	for (; n > 0; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	for (const u8 *p = s; n > 0; n--, p++) {
		if (*p == (u8)c)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p != '\0')
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (*a == '\0')
			break;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (*s == '\0')
			return NULL;
	}
}
