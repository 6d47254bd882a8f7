/* SPDX-License-Identifier: MIT */
/*
 * Split virtqueues (see queue.h). Three arrays in memory that the device sees: descriptors, which
 * the driver writes; a ring of the chains that are available, the driver's too; and one of those
 * that the device has used. Each ring has a count beside it that only grows, modulo 2^16.
 *
 * What the device says is not believed: a chain that it says it has used must be one that it was
 * given, and it cannot have written more than it was given. Links between descriptors are read
 * from a copy that it does not see.
 *
 * A device that does not see the CPU's caches gets lines written back before it is told of them;
 * lines that it writes are dropped before the CPU reads them. The used ring, which is the device's,
 * begins a line of its own. Does not do indirect descriptors, or ask for fewer interrupts.
 */
#include <arch/atomic.h>
#include <arch/cache.h>
#include <arch/io.h>
#include <lib/string.h>
#include <mm/map.h>
#include <uapi/errno.h>

#include "queue.h"

/* A descriptor (2.7.5). */
struct virtq_desc {
	u64 address;
	u32 size;
	u16 flags;
	u16 next;
};

#define DESC_NEXT	BIT(0)	/* another one follows */
#define DESC_WRITE	BIT(1)	/* the device writes it */

/* The ring of what is available (2.7.6), with a word behind that no feature here uses. */
struct virtq_avail {
	u16 flags;
	u16 count;
	u16 ring[VIRTQUEUE_MAX + 1];
};

struct virtq_used_entry {
	u32 id;
	u32 written;
};

/* The ring of what was used (2.7.8). */
struct virtq_used {
	u16 flags;
	u16 count;
	struct virtq_used_entry ring[VIRTQUEUE_MAX];
	u16 unused;
};

/*
 * The legacy interface knows where descriptors begin, and finds the rings from there (2.7.2): the
 * first one right behind, the second one at the next multiple of the alignment.
 */
#define VIRTQUEUE_BYTES	(2 * VIRTQUEUE_ALIGN)
static_assert(VIRTQUEUE_MAX * sizeof(struct virtq_desc) + sizeof(struct virtq_avail) <=
	      VIRTQUEUE_ALIGN, "the used ring is behind all of the other one");
static_assert(sizeof(struct virtq_used) <= VIRTQUEUE_ALIGN, "the used ring fits");
static_assert(sizeof(struct virtq_desc) == 16 && sizeof(struct virtq_used_entry) == 8,
	      "as the device has them");

static struct virtq_desc *descriptors(const struct virtqueue *q)
{
	return q->memory;
}

static struct virtq_avail *available(const struct virtqueue *q)
{
	return (struct virtq_avail *)(descriptors(q) + q->size);
}

static struct virtq_used *used(const struct virtqueue *q)
{
	return (struct virtq_used *)((char *)q->memory + VIRTQUEUE_ALIGN);
}

static void clean(const struct virtqueue *q, const void *p, size_t size)
{
	if (!q->coherent)
		arch_cache_clean(p, size);
}

void virtqueue_sync(const struct virtqueue *q, const void *p, size_t size)
{
	if (!q->coherent)
		arch_cache_clean_invalidate(p, size);
}

int virtqueue_alloc(struct virtqueue *q, bool coherent)
{
	q->coherent = coherent;
	q->memory = virtio_memory_alloc(VIRTQUEUE_BYTES);
	return q->memory ? 0 : -ENOMEM;
}

void virtqueue_free(struct virtqueue *q)
{
	virtio_memory_free(q->memory, VIRTQUEUE_BYTES);
	q->memory = NULL;
}

void virtqueue_reset(struct virtqueue *q, unsigned int size)
{
	memset(q->memory, 0, VIRTQUEUE_BYTES);
	virtqueue_sync(q, q->memory, VIRTQUEUE_BYTES);
	memset(q->length, 0, sizeof(q->length));
	for (unsigned int i = 0; i < size; i++)
		q->next[i] = (u16)(i + 1);
	q->size = size;
	q->added = q->taken = q->first_free = 0;
	q->free = (u16)size;
}

struct virtqueue_places virtqueue_places(const struct virtqueue *q)
{
	return (struct virtqueue_places){ virt_to_phys(q->memory), virt_to_phys(available(q)),
					  virt_to_phys(used(q)) };
}

/* Writes the descriptor of @buffer; another one is to follow, or not. Its number. */
static u16 describe(struct virtqueue *q, const struct virtq_buffer *buffer, bool more)
{
	u16 i = q->first_free;

	q->first_free = q->next[i];
	descriptors(q)[i] = (struct virtq_desc){
		.address = virt_to_phys(buffer->data),
		.size = buffer->size,
		.flags = (u16)((more ? DESC_NEXT : 0) | (buffer->writable ? DESC_WRITE : 0)),
		.next = more ? q->first_free : 0,
	};
	/* also before the device writes: a dirty line would be written back over it */
	virtqueue_sync(q, buffer->data, buffer->size);
	return i;
}

int virtqueue_add(struct virtqueue *q, const struct virtq_buffer *buffers, unsigned int count,
		  u16 *id)
{
	struct virtq_avail *avail = available(q);
	u16 first = q->first_free;

	if (count > q->free)
		return -ENOSPC;
	q->free = (u16)(q->free - count);
	q->length[first] = (u8)count;
	q->room[first] = 0;
	for (unsigned int i = 0; i < count; i++) {
		describe(q, &buffers[i], i + 1 < count);
		if (buffers[i].writable)
			q->room[first] += buffers[i].size;
	}
	avail->ring[q->added % q->size] = first;
	clean(q, q->memory, VIRTQUEUE_ALIGN);
	io_write_barrier();	/* the chain is there before the count says so */
	atomic_store_relaxed(&avail->count, ++q->added);
	clean(q, &avail->count, sizeof(avail->count));
	io_write_barrier();	/* and the count before the device is told to look */
	*id = first;
	return 0;
}

/* Makes the descriptors of the chain that begins with @first free. */
static void release(struct virtqueue *q, u16 first)
{
	u16 last = first;

	for (unsigned int i = 1; i < q->length[first]; i++)
		last = q->next[last];
	q->next[last] = q->first_free;
	q->first_free = first;
	q->free = (u16)(q->free + q->length[first]);
	q->length[first] = 0;
}

int virtqueue_take(struct virtqueue *q, u16 *id, u32 *written)
{
	struct virtq_used *ring = used(q);
	u32 first, bytes;
	u16 ahead;

	virtqueue_sync(q, ring, sizeof(*ring));
	ahead = (u16)(atomic_load_relaxed(&ring->count) - q->taken);
	if (!ahead)
		return -EAGAIN;
	io_read_barrier();	/* the entry is read after the count that covers it */
	first = atomic_load_relaxed(&ring->ring[q->taken % q->size].id);
	bytes = atomic_load_relaxed(&ring->ring[q->taken % q->size].written);
	if (ahead > (u16)(q->added - q->taken) || first >= q->size || !q->length[first] ||
	    bytes > q->room[first])
		return -EIO;
	q->taken++;
	release(q, (u16)first);
	*id = (u16)first;
	*written = bytes;
	return 0;
}
