/* SPDX-License-Identifier: MIT */
/*
 * virtio entropy devices: a buffer that the device fills with the host's random numbers. It is
 * asked once at boot, and again when the kernel wants more; nobody waits for the answer, which the
 * interrupt hands on. A device that answers what makes no sense is not asked again.
 * VIRTIO 1.2, 5.4.
 */
#include <device/entropy.h>
#include <kernel/random.h>
#include <kernel/spinlock.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "virtio.h"

#define ENTROPY_SIZE	32	/* bytes: as many as the kernel's key has */

struct rng {
	struct entropy source;
	struct virtio_device *vdev;
	struct spinlock lock;
	/* lock held: */
	bool asked;		/* vdev->memory is the device's; for good, after nonsense */
};

static void rng_request(struct entropy *source)
{
	struct rng *rng = container_of(source, struct rng, source);
	const struct virtq_buffer buffer = { rng->vdev->memory, ENTROPY_SIZE, true };
	unsigned long state = spin_lock_irqsave(&rng->lock);
	u16 id;

	if (!rng->asked && !virtqueue_add(&rng->vdev->queue, &buffer, 1, &id)) {
		rng->asked = true;
		virtio_notify(rng->vdev);
	}
	spin_unlock_irqrestore(&rng->lock, state);
}

/* Takes the answer: its bytes in @data and their number; 0 when there is none. */
static u32 take(struct rng *rng, u8 data[ENTROPY_SIZE])
{
	struct virtio_device *vdev = rng->vdev;
	u32 written = 0;
	u16 id;
	int err;

	err = rng->asked ? virtqueue_take(&vdev->queue, &id, &written) : -EAGAIN;
	if (err == -EAGAIN)
		return 0;
	if (err || !written) {
		dev_err(vdev->dev, "no entropy in its answer: it is not asked again");
		return 0;
	}
	virtqueue_sync(&vdev->queue, vdev->memory, ENTROPY_SIZE);
	memcpy(data, vdev->memory, written);
	/* what was given out is not left where others find it */
	memset(vdev->memory, 0, ENTROPY_SIZE);
	rng->asked = false;
	return written;
}

static void rng_interrupt(struct virtio_device *vdev)
{
	struct rng *rng = vdev->priv;
	unsigned long state = spin_lock_irqsave(&rng->lock);
	u8 data[ENTROPY_SIZE];
	u32 size = take(rng, data);

	spin_unlock_irqrestore(&rng->lock, state);
	if (size)
		random_feed(data, size);
}

static int rng_probe(struct virtio_device *vdev)
{
	struct rng *rng = vdev->priv;

	rng->vdev = vdev;
	rng->source.request = rng_request;
	return 0;
}

static void rng_start(struct virtio_device *vdev)
{
	struct rng *rng = vdev->priv;

	entropy_register(&rng->source);
	dev_info(vdev->dev, "a source of entropy");
}

static const struct virtio_driver rng_driver = {
	.name = "virtio-rng",
	.id = 4,
	.descriptors = 1,
	.priv_size = sizeof(struct rng),
	.memory_size = ENTROPY_SIZE,
	.probe = rng_probe,
	.start = rng_start,
	.interrupt = rng_interrupt,
};
VIRTIO_DRIVER(rng_driver);
