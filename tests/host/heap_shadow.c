/* SPDX-License-Identifier: MIT */
/* See heap.h: a byte for each 16 bytes of RAM, 1 where an object begins, 2 where it goes on. */
#include <lib/string.h>

#include "heap.h"
#include "host.h"

#define GRAIN	16UL

static u8 *shadow;
static vaddr_t ram;
static size_t ram_size;
static u64 sum;

static size_t grain_of(const void *p)
{
	return ((vaddr_t)p - ram) / GRAIN;
}

void shadow_start(const void *start, size_t size)
{
	ram = (vaddr_t)start;
	ram_size = size;
	shadow = calloc(size / GRAIN, 1);
	if (!shadow)
		abort();
}

u8 *shadow_any(void)
{
	return (u8 *)ram + host_random_below(ram_size);
}

bool shadow_has(const void *p)
{
	return (vaddr_t)p - ram < ram_size;
}

bool shadow_holds(const void *p)
{
	return shadow_has(p) && shadow[grain_of(p)] != 0;
}

bool shadow_begins(const void *p)
{
	return shadow_has(p) && IS_ALIGNED((vaddr_t)p, GRAIN) && shadow[grain_of(p)] == 1;
}

bool shadow_take(const void *p, size_t room)
{
	size_t n = (room + GRAIN - 1) / GRAIN;
	u8 *first = shadow + grain_of(p);

	if (!shadow_has(p) || room > ram_size - ((vaddr_t)p - ram) || memchr(first, 1, n) ||
	    memchr(first, 2, n))
		return false;
	memset(first, 2, n);
	*first = 1;
	sum += n * GRAIN;
	return true;
}

void shadow_give(const void *p, size_t room)
{
	size_t n = (room + GRAIN - 1) / GRAIN;

	memset(shadow + grain_of(p), 0, n);
	sum -= n * GRAIN;
}

u64 shadow_sum(void)
{
	return sum;
}
