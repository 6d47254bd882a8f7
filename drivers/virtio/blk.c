/* SPDX-License-Identifier: MIT */
/*
 * virtio block devices: disks. A read is one request of three parts: a header that says what is
 * wanted, room for the data, and a byte in which the device says how it went. One request is under
 * way at a time, in memory that is the driver's own; the data is copied out of it, so that the
 * caller's may lie anywhere.
 *
 * Whoever reads sleeps until the interrupt. When the time is up, or the sleep is cancelled, or the
 * device answers what makes no sense, it still has the memory: it is reset, and set up anew by the
 * next read, before anything is put there again. A device that does not let itself be reset gets
 * no further requests.
 *
 * Does not write, discard or flush, or follow a disk that changes its size. Registers and
 * requests: VIRTIO 1.2, 5.2.
 */
#include <device/block.h>
#include <kernel/mutex.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "virtio.h"

/* Features (5.2.3). */
#define FEATURE_SIZE_MAX	1	/* a part of a request has a limit */
#define FEATURE_SEG_MAX		2	/* and so has their number */
#define FEATURE_RO		5
#define FEATURE_BLK_SIZE	6	/* requests are of whole sectors of a size of its own */

/* The device's registers (5.2.4). */
#define CAPACITY	0x00	/* 64 bits, in units of 512 bytes, as are all places */
#define SIZE_MAX_BYTES	0x08
#define SEG_MAX		0x0c
#define BLK_SIZE	0x14

#define UNIT		512

/* The header (5.2.6). */
struct blk_header {
	u32 type;
	u32 unused;
	u64 sector;	/* in units */
};

#define TYPE_READ	0

/* What the device says at last. */
#define STATUS_OK	0
#define STATUS_IOERR	1
#define STATUS_UNSUPP	2
#define STATUS_NONE	0xff	/* nothing yet: ours */

#define DATA_SIZE	KIB(16)
#define APART		2048	/* a cache line is not longer than that (CTR_EL0) */

/* What the device sees. What it writes is apart, where it does not see the CPU's caches. */
struct blk_memory {
	struct blk_header header __aligned(APART);
	u8 status __aligned(APART);
	u8 data[DATA_SIZE] __aligned(APART);
};

struct disk {
	struct block block;
	struct virtio_device *vdev;
	struct mutex lock;
	/* lock held: */
	struct blk_memory *memory;	/* the device's, while a request is under way */
	bool ready;			/* it works; else virtio_start() comes first */
	struct log_limit limit;
	struct wait_queue wait;
	/* wait.lock held: */
	bool busy;			/* a request is under way, and somebody waits for it */
	int result;			/* of the queue */
	u32 written;			/* bytes, by the device's word */
};

/* One line of many that a bad device would bring. */
#define complain(disk, fmt, ...) \
	do { \
		if (log_may(&(disk)->limit, time_now())) \
			dev_err((disk)->vdev->dev, "%s: " fmt, (disk)->block.name, \
				##__VA_ARGS__); \
	} while (0)

static void blk_interrupt(struct virtio_device *vdev)
{
	struct disk *disk = vdev->priv;
	unsigned long state = spin_lock_irqsave(&disk->wait.lock);
	int err;
	u16 id;

	if (disk->busy) {
		err = virtqueue_take(&vdev->queue, &id, &disk->written);
		if (err != -EAGAIN) {
			disk->busy = false;
			disk->result = err;
			wait_wake_all(&disk->wait);
		}
	}
	wait_unlock(&disk->wait, state);
}

/* Hands the request to the device: 0 or an error. wait.lock held. */
static int submit(struct disk *disk, u64 sector, u32 bytes)
{
	struct blk_memory *m = disk->memory;
	const struct virtq_buffer parts[] = {
		{ &m->header, sizeof(m->header), false },
		{ m->data, bytes, true },
		{ &m->status, sizeof(m->status), true },
	};
	int err;
	u16 id;

	m->header = (struct blk_header){ TYPE_READ, 0, sector * (disk->block.sector_size / UNIT) };
	m->status = STATUS_NONE;
	err = virtqueue_add(&disk->vdev->queue, parts, ARRAY_SIZE(parts), &id);
	if (err)
		return err;
	disk->busy = true;
	disk->result = 0;
	virtio_notify(disk->vdev);
	return 0;
}

/* Sends a request and sleeps until the device is done with it: 0, or why it is not. */
static int transfer(struct disk *disk, u64 sector, u32 bytes, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&disk->wait.lock);
	int err = submit(disk, sector, bytes);

	while (!err && disk->busy) {
		err = wait_sleep(&disk->wait, state, deadline);
		state = spin_lock_irqsave(&disk->wait.lock);
	}
	/* from here on the interrupt leaves the queue alone */
	disk->busy = false;
	err = err ? err : disk->result;
	spin_unlock_irqrestore(&disk->wait.lock, state);
	return err;
}

/* What the device says of a request that it is done with, which was for @bytes. */
static int judge(struct disk *disk, u64 sector, u32 bytes)
{
	const struct virtio_device *vdev = disk->vdev;
	u8 status;

	virtqueue_sync(&vdev->queue, &disk->memory->status, sizeof(disk->memory->status));
	status = disk->memory->status;
	if (status == STATUS_IOERR)
		return -EIO;
	if (status == STATUS_UNSUPP)
		return -EOPNOTSUPP;
	if (status != STATUS_OK) {
		complain(disk, "sector %lu: an answer of status %u", sector, status);
		return -EIO;
	}
	/* legacy devices count wrongly, and nobody minds (2.7.8.2) */
	if (vdev->modern && disk->written != bytes + sizeof(disk->memory->status)) {
		complain(disk, "sector %lu: %u bytes of %u came", sector, disk->written, bytes);
		return -EIO;
	}
	return 0;
}

/* The lock held. */
static int read_locked(struct disk *disk, u64 sector, u32 bytes, void *buf, u64 deadline)
{
	int err;

	if (!disk->ready) {
		err = virtio_start(disk->vdev);
		if (err)
			return err == -ETIMEDOUT ? -ENXIO : err;
		disk->ready = true;
	}
	err = transfer(disk, sector, bytes, deadline);
	if (err) {
		if (err == -ETIMEDOUT)
			complain(disk, "sector %lu: no answer in time: reset", sector);
		else if (err == -EIO)
			complain(disk, "sector %lu: an answer that nobody asked for: reset",
				 sector);
		disk->ready = false;
		virtio_reset(disk->vdev);
		return err;
	}
	err = judge(disk, sector, bytes);
	if (err)
		return err;
	virtqueue_sync(&disk->vdev->queue, disk->memory->data, bytes);
	memcpy(buf, disk->memory->data, bytes);
	return 0;
}

static int blk_read(struct block *block, u64 sector, u32 count, void *buf, u64 deadline)
{
	struct disk *disk = container_of(block, struct disk, block);
	int err = mutex_lock(&disk->lock, deadline);

	if (err)
		return err;
	err = read_locked(disk, sector, count * block->sector_size, buf, deadline);
	mutex_unlock(&disk->lock);
	return err;
}

static const struct block_ops blk_ops = { .read = blk_read };

/* How large disk, sectors and requests are: 0, or an error with a log line. */
static int measure(struct disk *disk)
{
	struct virtio_device *vdev = disk->vdev;
	u32 size = UNIT, most = DATA_SIZE;
	u64 units = virtio_config64(vdev, CAPACITY);

	if (virtio_has(vdev, FEATURE_BLK_SIZE))
		size = virtio_config32(vdev, BLK_SIZE);
	if (size < UNIT || size > DATA_SIZE || size & (size - 1)) {
		dev_err(vdev->dev, "sectors of %u bytes: 512 to %lu are possible", size, DATA_SIZE);
		return -EINVAL;
	}
	if (virtio_has(vdev, FEATURE_SIZE_MAX))
		most = MIN(most, virtio_config32(vdev, SIZE_MAX_BYTES));
	if (most < size ||
	    (virtio_has(vdev, FEATURE_SEG_MAX) && !virtio_config32(vdev, SEG_MAX))) {
		dev_err(vdev->dev, "it takes no request of a whole sector");
		return -EINVAL;
	}
	disk->block.sector_size = size;
	disk->block.sectors = units / (size / UNIT);
	disk->block.most = most / size;
	disk->block.read_only = virtio_has(vdev, FEATURE_RO);
	if (disk->block.sectors && units <= INT64_MAX / UNIT)
		return 0;
	dev_err(vdev->dev, "a disk of %lu times 512 bytes", units);
	return -EINVAL;
}

static int blk_probe(struct virtio_device *vdev)
{
	struct disk *disk = vdev->priv;

	disk->vdev = vdev;
	disk->memory = vdev->memory;
	disk->ready = true;
	disk->block.ops = &blk_ops;
	disk->block.dev = vdev->dev;
	mutex_init(&disk->lock);
	wait_queue_init(&disk->wait);
	return measure(disk);
}

static void blk_start(struct virtio_device *vdev)
{
	struct disk *disk = vdev->priv;
	const struct block *b = &disk->block;

	if (block_register(&disk->block, "vd"))
		dev_err(vdev->dev, "one disk more than there are names for");
	else
		dev_info(vdev->dev, "%s: %lu sectors of %u bytes%s", b->name, b->sectors,
			 b->sector_size, b->read_only ? ", read only" : "");
}

static const struct virtio_driver blk_driver = {
	.name = "virtio-blk",
	.id = 2,
	.features = BIT(FEATURE_SIZE_MAX) | BIT(FEATURE_SEG_MAX) | BIT(FEATURE_RO) |
		    BIT(FEATURE_BLK_SIZE),
	.descriptors = 3,
	.priv_size = sizeof(struct disk),
	.memory_size = sizeof(struct blk_memory),
	.probe = blk_probe,
	.start = blk_start,
	.interrupt = blk_interrupt,
};
VIRTIO_DRIVER(blk_driver);
