/* SPDX-License-Identifier: MIT */
/* A few functions for programs without a C library (see "sys.h"). */
#include "sys.h"

void put(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	sys3(SYS_write, 1, (long)text, (long)n);
}

void put_number(long n)
{
	char text[24], *at = text + sizeof(text);
	unsigned long rest = n < 0 ? -(unsigned long)n : (unsigned long)n;

	*--at = '\0';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		*--at = '-';
	put(at);
}

int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}
