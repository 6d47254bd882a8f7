/* SPDX-License-Identifier: MIT */
/*
 * The heap for host tests of the shell: the C library's, so that the sanitizer sees each object;
 * and it can be told to give nothing from some allocation on.
 */
#include <mm/heap.h>

#include "shell_heap.h"

unsigned long host_heap_left = ~0UL;

static bool give(void)
{
	if (host_heap_left == ~0UL)
		return true;
	if (!host_heap_left)
		return false;
	host_heap_left--;
	return true;
}

void *heap_policy_alloc(size_t size)
{
	return give() ? malloc(size) : NULL;
}

void *heap_out_of_memory(size_t size __unused)
{
	return NULL;
}

void *kzalloc(size_t size)
{
	return give() ? calloc(1, size) : NULL;
}

void *krealloc(void *p, size_t size)
{
	return give() ? realloc(p, size) : NULL;
}

char *kstrdup(const char *s)
{
	return give() ? strdup(s) : NULL;
}

void kfree(void *p)
{
	free(p);
}
