/* SPDX-License-Identifier: MIT */
/*
 * virtio devices, as the driver of a kind of device sees them: it is one file with an entry in the
 * table below, and the transport (mmio.c) calls it for each device with its number. Each device
 * here has one queue, number 0, which is all that block and entropy devices need.
 *
 *   static const struct virtio_driver foo_driver = {
 *           .name = "foo", .id = 99, .descriptors = 1, .priv_size = sizeof(struct foo),
 *           .memory_size = sizeof(struct foo_memory), .probe = foo_probe,
 *           .start = foo_start, .interrupt = foo_interrupt,
 *   };
 *   VIRTIO_DRIVER(foo_driver);
 *
 * Source of all numbers: Virtual I/O Device (VIRTIO) Version 1.2, OASIS, whose sections are named.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_H
#define DRIVERS_VIRTIO_VIRTIO_H

#include <device/driver.h>
#include <lib/table.h>
#include <lib/types.h>

#include "queue.h"

struct virtio_device;

struct virtio_driver {
	const char *name;
	u32 id;				/* of the kind of device (5) */
	u64 features;			/* bits that it uses where a device offers them */
	unsigned int descriptors;	/* that it needs at once, 1 to VIRTQUEUE_MAX */
	size_t priv_size;		/* bytes of vdev->priv, zeroed */
	size_t memory_size;		/* bytes of vdev->memory, likewise */
	/*
	 * Looks at the device, which virtio_start() has just brought to work, and makes the
	 * driver's state. 0 or a negative errno, with a log line. Thread context.
	 */
	int (*probe)(struct virtio_device *vdev);
	/* All is well: offers the device to the kernel. Interrupts come. Thread context. */
	void (*start)(struct virtio_device *vdev);
	/* The device has used buffers of the queue, perhaps. In the interrupt. */
	void (*interrupt)(struct virtio_device *vdev);
};

#define VIRTIO_DRIVER(d)	TABLE_ENTRY(virtio_driver, struct virtio_driver, d)

struct virtio_device {
	struct device *dev;
	const struct virtio_driver *driver;
	void *priv;			/* the driver's */
	void *memory;			/* for buffers: at a multiple of VIRTQUEUE_ALIGN */
	void *base;
	bool modern;			/* version 2; else the legacy interface */
	u64 features;			/* agreed on by virtio_start() */
	struct virtqueue queue;		/* whoever calls its functions keeps others out */
};

/*
 * Brings the device from whatever state it is in to work, with an empty queue: reset, features,
 * queue, go (3.1.1). The transport does that before probe, a driver after virtio_reset().
 * 0; -ETIMEDOUT when it does not let itself be reset, and may still read and write the memory that
 * it was given; -EPROTONOSUPPORT, -EINVAL, -EBUSY for what it says of itself. Each with a log line.
 * Nobody else uses the queue meanwhile. Thread context.
 */
int virtio_start(struct virtio_device *vdev);

/*
 * Has the device forget all that it was given (2.4). 0, or -ETIMEDOUT, with a log line, when it
 * does not say within a second that it has. Thread context.
 */
int virtio_reset(struct virtio_device *vdev);

/* Tells the device that there is something in the queue. Any context. */
void virtio_notify(struct virtio_device *vdev);

/* Whether the device and its driver have agreed on feature number @bit. */
static inline bool virtio_has(const struct virtio_device *vdev, unsigned int bit)
{
	return vdev->features & BIT(bit);
}

/*
 * 32 bits, or two times 32 that belong together, at @offset of the device's own registers (2.5),
 * which are little-endian here in both versions. After virtio_start(). Any context.
 */
u32 virtio_config32(struct virtio_device *vdev, unsigned int offset);
u64 virtio_config64(struct virtio_device *vdev, unsigned int offset);

#endif
