/* SPDX-License-Identifier: MIT */
/*
 * No heap: objects are boot memory, which is cleared and never comes back. For images that allocate
 * at boot only, on the boot CPU; what is asked for later is served as well, until a request finds
 * no memory, which is a panic. There are no pages and no caches.
 */
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/page.h>

/* Nothing to take over, and nobody to hand it to. */
void page_init(void)
{
}

void heap_init(void)
{
}

void page_release_boot(void)
{
}

const char heap_policy_name[] = "none";

void *heap_policy_alloc(size_t size)
{
	return boot_mem_alloc(size, HEAP_ALIGN);
}

void *heap_out_of_memory(size_t size)
{
	(void)size;
	return NULL;
}

void *kzalloc(size_t size)
{
	return kmalloc(size);
}

void *kcalloc(size_t count, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? NULL : kmalloc(bytes);
}

void kfree(void *p)
{
	(void)p;
}

u64 page_bytes_free(void)
{
	return boot_mem_total() - boot_mem_used();
}
