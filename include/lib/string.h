/* SPDX-License-Identifier: MIT */
/*
 * Strings and memory, with the meanings of ISO C. Lengths are in bytes. Any context, also with
 * interrupts off, but the MMU must be on, and the memory no device's; none of these sleeps or
 * allocates. The `l` forms follow BSD: they always
 * terminate, and return the length they wanted, so `>= size` means that the result was cut.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <lib/types.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *find);
size_t strlcpy(char *restrict dst, const char *restrict src, size_t size);
size_t strlcat(char *restrict dst, const char *restrict src, size_t size);

/* ISO C; libfdt's link needs it. No errno: a value out of range becomes ULONG_MAX. */
unsigned long strtoul(const char *s, char **end, int base);

#endif
