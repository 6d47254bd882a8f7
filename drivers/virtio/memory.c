/* SPDX-License-Identifier: MIT */
/*
 * Memory that a device reads and writes: whole pages, which are contiguous, in the linear map, and
 * alone in their cache lines.
 */
#include <mm/page.h>

#include "queue.h"

static size_t pages_of(size_t size)
{
	return (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

void *virtio_memory_alloc(size_t size)
{
	struct page *page = page_alloc_run(pages_of(size), PAGE_USE_KERNEL | PAGE_ZERO);

	return page ? page_to_virt(page) : NULL;
}

void virtio_memory_free(void *p, size_t size)
{
	if (p)
		page_free_run(virt_to_page(p), pages_of(size));
}
