/* SPDX-License-Identifier: MIT */
/*
 * Memory that drivers share with devices. Where a device is not coherent, it has its own copy, and
 * the CPU's is a cache in front of it: lines go over when the driver says so, in the direction that
 * hardware would choose, dirty ones first.
 */
#include <arch/cache.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap.h>
#include <mm/map.h>

#include "device/virtio_model.h"

#include "../../../drivers/virtio/queue.h"

#define LINE		64
#define BLOCKS		8

u64 memory_shift;
int allocations = -1;
paddr_t arch_linear_base;

static struct memory {
	u8 *cpu;		/* what the driver sees */
	/* what the device sees; what the cache had when it was clean; NULL: not for devices */
	u8 *ram, *clean;
	size_t size;
} blocks[BLOCKS];

static bool coherent;

size_t memory_in_use(void)
{
	size_t sum = 0;

	for (unsigned int i = 0; i < BLOCKS; i++)
		sum += blocks[i].size;
	return sum;
}

u64 memory_sum(void)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < BLOCKS; i++)
		for (size_t at = 0; blocks[i].ram && at < blocks[i].size; at++)
			sum = sum * 31 + blocks[i].cpu[at];
	return sum;
}

static struct memory *allocate(size_t size, size_t align)
{
	struct memory *m = blocks;

	if (!allocations || (allocations > 0 && !allocations--))
		return NULL;
	while (m->size)
		m++;
	*m = (struct memory){ .cpu = aligned_alloc(align, ALIGN_UP(size, align)), .size = size };
	return m;
}

void *virtio_memory_alloc(size_t size)
{
	struct memory *m;

	size = ALIGN_UP(size, VIRTQUEUE_ALIGN);
	m = allocate(size, VIRTQUEUE_ALIGN);

	if (!m)
		return NULL;
	m->ram = malloc(size);
	m->clean = malloc(size);
	/* as zeroes are written: they are in the cache */
	memset(m->cpu, 0, size);
	memset(m->ram, 0x5a, size);
	memset(m->clean, 0xa5, size);
	/* all of the host's heap within 2^44 bytes, which the legacy interface can reach */
	arch_linear_base = BIT(43) - ((u64)m->cpu & ~(BIT(42) - 1)) + memory_shift;
	return m->cpu;
}

void *kzalloc(size_t size)
{
	struct memory *m = allocate(size, 16);

	return m ? memset(m->cpu, 0, size) : NULL;
}

void kfree(void *p)
{
	for (unsigned int i = 0; p && i < BLOCKS; i++) {
		if (blocks[i].cpu != p)
			continue;
		free(blocks[i].ram);
		free(blocks[i].clean);
		blocks[i] = (struct memory){ 0 };
		free(p);
	}
}

void virtio_memory_free(void *p, size_t size)
{
	for (unsigned int i = 0; p && i < BLOCKS; i++)
		TEST(blocks[i].cpu != p || blocks[i].size == ALIGN_UP(size, VIRTQUEUE_ALIGN));
	kfree(p);
}

/* The block that [@p, @p + @size) lies in. */
static struct memory *block_of(const u8 *p, size_t size)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct memory *m = &blocks[i];

		if (m->ram && p >= m->cpu && p + size <= m->cpu + m->size)
			return m;
	}
	panic("%zu bytes at %p are not memory for devices", size, (const void *)p);
}

u8 *dma(u64 pa, size_t size)
{
	const u8 *cpu = (const u8 *)(uintptr_t)(pa - arch_linear_base);
	struct memory *m = block_of(cpu, size);

	return (coherent ? m->cpu : m->ram) + (cpu - m->cpu);
}

/* Lines of [@p, @p + @size), whole: written back where they are dirty, and read again, or not. */
static void cache(const void *p, size_t size, bool invalidate)
{
	const u8 *start = (const u8 *)ALIGN_DOWN((uintptr_t)p, LINE);
	const u8 *end = (const u8 *)ALIGN_UP((uintptr_t)p + size, LINE);
	struct memory *m = block_of(p, size);

	TEST(!coherent);
	for (size_t at = (size_t)(start - m->cpu); at < (size_t)(end - m->cpu); at += LINE) {
		if (memcmp(m->cpu + at, m->clean + at, LINE))
			memcpy(m->ram + at, m->cpu + at, LINE);
		if (invalidate)
			memcpy(m->cpu + at, m->ram + at, LINE);
		memcpy(m->clean + at, m->cpu + at, LINE);
	}
}

void arch_cache_clean(const void *p, size_t size)
{
	cache(p, size, false);
}

void arch_cache_clean_invalidate(const void *p, size_t size)
{
	cache(p, size, true);
}

void memory_reset(bool is_coherent)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		kfree(blocks[i].cpu);
	coherent = is_coherent;
	memory_shift = 0;
	allocations = -1;
}
