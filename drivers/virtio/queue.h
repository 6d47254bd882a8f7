/* SPDX-License-Identifier: MIT */
/*
 * Split virtqueues (VIRTIO 1.2, 2.7): how a driver hands buffers to a device, and gets them back.
 * No lock: the caller keeps others out. Any context, but for virtqueue_alloc().
 */
#ifndef DRIVERS_VIRTIO_QUEUE_H
#define DRIVERS_VIRTIO_QUEUE_H

#include <lib/types.h>

#define VIRTQUEUE_MAX	16	/* descriptors at most: a power of two */
#define VIRTQUEUE_ALIGN	4096	/* of the memory, and of the used ring in it */

/* A piece of memory of the linear map. What the device writes shares no cache line with others. */
struct virtq_buffer {
	void *data;
	u32 size;		/* bytes, not 0 */
	bool writable;		/* the device writes it; these stand behind those that it reads */
};

struct virtqueue {
	void *memory;		/* the three rings, VIRTQUEUE_BYTES of it */
	unsigned int size;	/* descriptors in use, a power of two */
	bool coherent;		/* else caches are cleaned and invalidated */
	u16 added, taken;	/* how many, modulo 2^16 */
	u16 free;		/* descriptors */
	u16 first_free;		/* the others follow by `next` */
	u16 next[VIRTQUEUE_MAX];
	/* by the first descriptor of what was added and has not come back; length 0: none such */
	u8 length[VIRTQUEUE_MAX];
	u32 room[VIRTQUEUE_MAX];	/* bytes that the device may write */
};

/*
 * memory.c: memory for a device, in whole pages and zeroed, or NULL with a log line. And back, with
 * the same size in bytes, when the device does not know of it any more; NULL is nothing. Any
 * context.
 */
void *virtio_memory_alloc(size_t size);
void virtio_memory_free(void *p, size_t size);

/* Gets memory for any size: 0 or -ENOMEM. virtqueue_reset() comes next. */
int virtqueue_alloc(struct virtqueue *q, bool coherent);

/* Gives it back. The device does not know of it any more. */
void virtqueue_free(struct virtqueue *q);

/*
 * Makes it an empty one of @size descriptors, a power of two up to VIRTQUEUE_MAX. The device does
 * not know of it, or not any more.
 */
void virtqueue_reset(struct virtqueue *q, unsigned int size);

/* Where the parts are, for the device: physical addresses. */
struct virtqueue_places {
	paddr_t descriptors, available, used;
};
struct virtqueue_places virtqueue_places(const struct virtqueue *q);

/*
 * Hands @count buffers to the device as one, in that order; virtio_notify() follows. The memory is
 * the device's until virtqueue_take() gives @*id, or the device is reset. 0; -ENOSPC when there are
 * not as many descriptors.
 */
int virtqueue_add(struct virtqueue *q, const struct virtq_buffer *buffers, unsigned int count,
		  u16 *id);

/*
 * The next one that the device is done with: 0, @*id as virtqueue_add() gave it and in @*written
 * how many bytes of it the device says it has written; -EAGAIN when there is none; -EIO when it
 * answers what nobody asked, or has written more than there was room for: then it is to be reset.
 */
int virtqueue_take(struct virtqueue *q, u16 *id, u32 *written);

/* Has the CPU see what the device has written to @p, and not what its caches have of it. */
void virtqueue_sync(const struct virtqueue *q, const void *p, size_t size);

#endif
