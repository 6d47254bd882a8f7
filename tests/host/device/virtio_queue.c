/* SPDX-License-Identifier: MIT */
/*
 * A virtqueue with many chains under way, which come back in any order, against a model that knows
 * which descriptors are whose.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/virtio_model.h"
#include "host.h"

#include "../../../drivers/virtio/queue.h"

#define BUFFER	64

static struct virtqueue q;
static char *memory;		/* a buffer for each descriptor */

static struct chain {
	bool open;		/* the device has it */
	unsigned int count;
	u32 room;
} chains[VIRTQUEUE_MAX];

static u16 used_count;

/* Descriptor @i as the device sees it. */
static const u16 *descriptor(u32 i)
{
	return (const u16 *)(const void *)dma(virtqueue_places(&q).descriptors + 16 * i, 16);
}

/* The descriptors of the chain that begins with @id are nobody else's. */
static void mark(u32 id, unsigned int count, bool taken[VIRTQUEUE_MAX])
{
	for (unsigned int n = 0; n < count; n++) {
		const u16 *d = descriptor(id);

		if (!TEST(id < q.size) || !TEST(!taken[id]))
			return;
		taken[id] = true;
		TEST_EQ(d[6] & 1, n + 1 < count);	/* another one follows */
		id = d[7];
	}
}

static void check_all(void)
{
	bool taken[VIRTQUEUE_MAX] = { false };
	unsigned int sum = 0;

	for (u32 id = 0; id < q.size; id++) {
		if (!chains[id].open)
			continue;
		mark(id, chains[id].count, taken);
		sum += chains[id].count;
	}
	TEST_EQ(q.free, q.size - sum);
}

static void add(void)
{
	unsigned int count = 1 + (unsigned int)host_random_below(5), reads;
	struct virtq_buffer buffers[5];
	u16 id, free = q.free;
	int err;

	reads = (unsigned int)host_random_below(count + 1);
	for (unsigned int i = 0; i < count; i++)
		buffers[i] = (struct virtq_buffer){ memory + (size_t)i * BUFFER, BUFFER,
						    i >= reads };
	err = virtqueue_add(&q, buffers, count, &id);
	TEST_EQ(err, count > free ? -ENOSPC : 0);
	if (err)
		return;
	TEST(!chains[id].open);
	chains[id] = (struct chain){ true, count, (count - reads) * BUFFER };
}

/* The device is done with one of those that it has. */
static void use(void)
{
	u64 used = virtqueue_places(&q).used;
	u32 id = (u32)host_random_below(q.size), written, got;
	u32 *entry = (u32 *)(void *)dma(used + 4 + 8 * (used_count % q.size), 8);
	u16 taken;

	TEST_EQ(virtqueue_take(&q, &taken, &got), -EAGAIN);
	if (!chains[id].open)
		return;
	written = (u32)host_random_below(chains[id].room + 1);
	entry[0] = id;
	entry[1] = written;
	*(u16 *)(void *)(dma(used, 4) + 2) = ++used_count;
	TEST_EQ(virtqueue_take(&q, &taken, &got), 0);
	TEST_EQ(taken, id);
	TEST_EQ(got, written);
	chains[id].open = false;
}

static void keeps_chains_apart(void)
{
	for (unsigned int size = 1; size <= VIRTQUEUE_MAX; size *= 2) {
		bool coherent = size & 0x15;	/* every other one */

		memory_reset(coherent);
		memset(chains, 0, sizeof(chains));
		used_count = 0;
		TEST_EQ(virtqueue_alloc(&q, coherent), 0);
		memory = virtio_memory_alloc(4096);
		virtqueue_reset(&q, size);
		for (u64 i = 0; i < host_effort(100000); i++) {
			if (host_random_below(2))
				add();
			else
				use();
			check_all();
		}
		virtio_memory_free(memory, 4096);
		virtqueue_free(&q);
		TEST_EQ(memory_in_use(), 0);
	}
}

static const struct test_case queue_cases[] = { TEST_CASE(keeps_chains_apart) };
static const struct test_suite queue_suite = TEST_SUITE_OF("virtqueue", queue_cases);
TEST_SUITE(queue_suite);
