/* SPDX-License-Identifier: MIT */
/*
 * virtio over MMIO: registers in memory, an interrupt, and one of 32 or so such places a machine,
 * most of which are empty. Version 1 is the legacy interface, which QEMU has unless told otherwise,
 * version 2 the one of the standard; they differ in how a queue is made known, and in that the
 * standard has the device agree to the features.
 *
 * Empty places are found before a device is made of them: a look at two registers, through a
 * mapping that all those share that lie in it.
 *
 * Interrupts: QEMU's are edges. The line is high while the status register is not 0, so the handler
 * acknowledges until it reads 0, and looks at the queue after that: what comes later is another
 * edge. Does not do changes of the configuration, more than one queue, or memory beyond a device's
 * `dma-ranges`. Registers: VIRTIO 1.2, 4.2.2 and, legacy, 4.2.4; the steps of initialisation 3.1.1;
 * binding "virtio,mmio".
 */
#include <arch/io.h>
#include <arch/sections.h>
#include <kernel/irq.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/map.h>
#include <uapi/errno.h>

#include "virtio.h"

#define MAGIC			0x000
#define MAGIC_VALUE		0x74726976	/* "virt" */
#define VERSION			0x004
#define VERSION_LEGACY		1
#define VERSION_MODERN		2
#define DEVICE_ID		0x008	/* 0: nothing is here */
#define DEVICE_FEATURES		0x010
#define DEVICE_FEATURES_SEL	0x014	/* which 32 of them */
#define DRIVER_FEATURES		0x020
#define DRIVER_FEATURES_SEL	0x024
#define GUEST_PAGE_SIZE		0x028	/* legacy: what QUEUE_PFN counts in */
#define QUEUE_SEL		0x030	/* which queue the registers below are of */
#define QUEUE_NUM_MAX		0x034
#define QUEUE_NUM		0x038
#define QUEUE_ALIGN		0x03c	/* legacy: of the used ring */
#define QUEUE_PFN		0x040	/* legacy: where the queue begins, in pages; 0: nowhere */
#define QUEUE_READY		0x044
#define QUEUE_NOTIFY		0x050
#define INTERRUPT_STATUS	0x060
#define INTERRUPT_USED		BIT(0)
#define INTERRUPT_ACK		0x064
#define STATUS			0x070
#define QUEUE_DESC		0x080	/* 64 bits, as two words; likewise the next two */
#define QUEUE_DRIVER		0x090
#define QUEUE_DEVICE		0x0a0
#define CONFIG_GENERATION	0x0fc
#define CONFIG			0x100	/* the device's own registers */

/* Bits of STATUS (2.1). */
#define STATUS_ACKNOWLEDGE	BIT(0)
#define STATUS_DRIVER		BIT(1)
#define STATUS_DRIVER_OK	BIT(2)
#define STATUS_FEATURES_OK	BIT(3)
#define STATUS_FAILED		BIT(7)

#define FEATURE_VERSION_1	BIT(32)

#define LEGACY_PAGE_SHIFT	12
#define RESET_MS		1000
#define ACKNOWLEDGE_MAX		16	/* a status that does not go away shall not hold the CPU */
#define CONFIG_READS_MAX	100	/* nor one that changes all the time */

/*
 * Registers that were mapped last. Places lie one behind the other, so that a mapping serves many;
 * what else lies in it is not touched.
 */
#define WINDOW_SIZE	MAX(KIB(16), PAGE_SIZE)

static struct {
	paddr_t start;
	size_t size;
	void *va;		/* NULL: none */
} window __ro_after_init;

static void *in_window(const struct dt_range *reg)
{
	u64 offset = reg->base - window.start;

	if (!window.va || offset >= window.size || reg->size > window.size - offset)
		return NULL;
	return window.va + offset;
}

/* Moves the window to the @size bytes, a power of two, that @pa lies in: false where it cannot. */
static bool move_window(paddr_t pa, size_t size)
{
	window.start = ALIGN_DOWN(pa, size);
	window.size = size;
	window.va = ioremap(window.start, size);
	return window.va;
}

/* False for an empty place. What cannot be told here is for the probe to complain about. */
static bool mmio_present(const struct dt_node *node)
{
	struct dt_range reg;
	void *base;

	if (dt_reg(node, 0, &reg) || reg.size < CONFIG)
		return true;
	base = in_window(&reg);
	if (!base) {
		/* there may be memory beside it, which is not mapped as registers */
		if (!move_window(reg.base, WINDOW_SIZE))
			move_window(reg.base, PAGE_SIZE);
		base = in_window(&reg);
	}
	return !base || read32(base + DEVICE_ID) || read32(base + MAGIC) != MAGIC_VALUE;
}

static void *map(struct device *dev, size_t *size)
{
	struct dt_range reg;
	void *base = dt_reg(dev->node, 0, &reg) ? NULL : in_window(&reg);

	if (!base)
		return device_map(dev, 0, size);
	*size = reg.size;
	return base;
}

int virtio_reset(struct virtio_device *vdev)
{
	write32(vdev->base + STATUS, 0);
	for (unsigned int ms = 0; read32(vdev->base + STATUS); ms++) {
		if (ms == RESET_MS) {
			dev_err(vdev->dev, "does not let itself be reset");
			return -ETIMEDOUT;
		}
		/* one that was told to end does not sleep any more */
		if (time_sleep_until(time_now() + NS_PER_MS))
			time_busy_wait(NS_PER_MS);
	}
	write32(vdev->base + INTERRUPT_ACK, read32(vdev->base + INTERRUPT_STATUS));
	return 0;
}

static u64 offered_features(struct virtio_device *vdev)
{
	u64 features = 0;

	/* the legacy interface has the lower 32 only */
	for (u32 word = 0; word <= vdev->modern; word++) {
		write32(vdev->base + DEVICE_FEATURES_SEL, word);
		features |= (u64)read32(vdev->base + DEVICE_FEATURES) << 32 * word;
	}
	return features;
}

/* Agrees on what both can; the legacy interface has no word for no. */
static int negotiate(struct virtio_device *vdev, u32 *status)
{
	u64 offered = offered_features(vdev);

	if (vdev->modern && !(offered & FEATURE_VERSION_1)) {
		dev_err(vdev->dev, "version 2, but it does not offer VIRTIO_F_VERSION_1");
		return -EPROTONOSUPPORT;
	}
	vdev->features = offered & (vdev->driver->features | FEATURE_VERSION_1);
	for (u32 word = 0; word <= vdev->modern; word++) {
		write32(vdev->base + DRIVER_FEATURES_SEL, word);
		write32(vdev->base + DRIVER_FEATURES, (u32)(vdev->features >> 32 * word));
	}
	if (!vdev->modern)
		return 0;
	*status |= STATUS_FEATURES_OK;
	write32(vdev->base + STATUS, *status);
	if (read32(vdev->base + STATUS) & STATUS_FEATURES_OK)
		return 0;
	dev_err(vdev->dev, "does not agree to the features %#lx", vdev->features);
	return -EPROTONOSUPPORT;
}

static void write_address(struct virtio_device *vdev, unsigned int reg, paddr_t pa)
{
	write32(vdev->base + reg, (u32)pa);
	write32(vdev->base + reg + 4, (u32)(pa >> 32));
}

/* Tells the device where the queue is. */
static int place_queue(struct virtio_device *vdev)
{
	struct virtqueue_places places = virtqueue_places(&vdev->queue);
	u64 page = places.descriptors >> LEGACY_PAGE_SHIFT;

	write32(vdev->base + QUEUE_NUM, vdev->queue.size);
	if (vdev->modern) {
		write_address(vdev, QUEUE_DESC, places.descriptors);
		write_address(vdev, QUEUE_DRIVER, places.available);
		write_address(vdev, QUEUE_DEVICE, places.used);
		write32(vdev->base + QUEUE_READY, 1);
		return 0;
	}
	if (page > UINT32_MAX) {
		dev_err(vdev->dev, "legacy, and cannot reach memory at %#lx", places.descriptors);
		return -EINVAL;
	}
	write32(vdev->base + GUEST_PAGE_SIZE, 1U << LEGACY_PAGE_SHIFT);
	write32(vdev->base + QUEUE_ALIGN, VIRTQUEUE_ALIGN);
	write32(vdev->base + QUEUE_PFN, (u32)page);
	return 0;
}

static int make_queue(struct virtio_device *vdev)
{
	unsigned int size = VIRTQUEUE_MAX;
	u32 most;

	write32(vdev->base + QUEUE_SEL, 0);
	if (read32(vdev->base + (vdev->modern ? QUEUE_READY : QUEUE_PFN))) {
		dev_err(vdev->dev, "its queue is in use after a reset");
		return -EBUSY;
	}
	most = read32(vdev->base + QUEUE_NUM_MAX);
	while (size > most)
		size /= 2;
	if (size < vdev->driver->descriptors) {
		dev_err(vdev->dev, "a queue of %u descriptors: %s needs %u", most,
			vdev->driver->name, vdev->driver->descriptors);
		return -EINVAL;
	}
	virtqueue_reset(&vdev->queue, size);
	return place_queue(vdev);
}

int virtio_start(struct virtio_device *vdev)
{
	u32 status = STATUS_ACKNOWLEDGE;
	int err = virtio_reset(vdev);

	if (err)
		return err;
	write32(vdev->base + STATUS, status);
	status |= STATUS_DRIVER;
	write32(vdev->base + STATUS, status);
	err = negotiate(vdev, &status);
	if (!err)
		err = make_queue(vdev);
	status |= err ? STATUS_FAILED : STATUS_DRIVER_OK;
	write32(vdev->base + STATUS, status);
	return err;
}

void virtio_notify(struct virtio_device *vdev)
{
	write32(vdev->base + QUEUE_NOTIFY, 0);
}

u32 virtio_config32(struct virtio_device *vdev, unsigned int offset)
{
	return read32(vdev->base + CONFIG + offset);
}

/* The count of changes tells whether both halves are of one value; the legacy one has none. */
u64 virtio_config64(struct virtio_device *vdev, unsigned int offset)
{
	void *high = vdev->base + CONFIG + offset + 4;
	void *changes = vdev->modern ? vdev->base + CONFIG_GENERATION : high;
	u32 before;
	u64 value;

	for (unsigned int i = 0; i < CONFIG_READS_MAX; i++) {
		before = read32(changes);
		value = virtio_config32(vdev, offset) | (u64)read32(high) << 32;
		if (read32(changes) == before)
			break;
	}
	return value;
}

static bool mmio_interrupt(void *arg)
{
	struct virtio_device *vdev = arg;
	u32 status, seen = 0;

	for (unsigned int i = 0; i < ACKNOWLEDGE_MAX; i++) {
		status = read32(vdev->base + INTERRUPT_STATUS);
		if (!status)
			break;
		write32(vdev->base + INTERRUPT_ACK, status);
		seen |= status;
	}
	io_read_barrier();	/* the queue is read after the 0, hence after all acknowledges */
	if (seen & INTERRUPT_USED)
		vdev->driver->interrupt(vdev);
	return seen;
}

/* `dma-coherent` of the device, or of a bus above it. */
static bool is_coherent(const struct dt_node *node)
{
	while (node && !dt_has(node, "dma-coherent"))
		node = node->parent;
	return node;
}

/* Reads who is there: the driver of that kind of device, or an error. */
static int identify(struct virtio_device *vdev)
{
	u32 magic = read32(vdev->base + MAGIC), version = read32(vdev->base + VERSION);
	u32 id = read32(vdev->base + DEVICE_ID);

	if (magic != MAGIC_VALUE) {
		dev_err(vdev->dev, "no virtio device: %#x instead of \"virt\"", magic);
		return -ENXIO;
	}
	if (version != VERSION_LEGACY && version != VERSION_MODERN) {
		dev_err(vdev->dev, "version %u is neither 1 nor 2", version);
		return -EPROTONOSUPPORT;
	}
	vdev->modern = version == VERSION_MODERN;
	TABLE_FOREACH(virtio_driver, struct virtio_driver, d)
		if ((*d)->id == id)
			vdev->driver = *d;
	if (vdev->driver)
		return 0;
	dev_info(vdev->dev, "a device of kind %u, for which this image has no driver", id);
	return -ENODEV;
}

static void free_memory(struct virtio_device *vdev)
{
	kfree(vdev->priv);
	virtio_memory_free(vdev->memory, vdev->driver->memory_size);
	virtqueue_free(&vdev->queue);
}

/* What the driver needs: 0, or -ENOMEM and some of it. The device does not know of it yet. */
static int make_memory(struct virtio_device *vdev)
{
	const struct virtio_driver *driver = vdev->driver;
	int err = virtqueue_alloc(&vdev->queue, is_coherent(vdev->dev->node));

	vdev->priv = kzalloc(driver->priv_size);
	vdev->memory = virtio_memory_alloc(driver->memory_size);
	return err || !vdev->priv || !vdev->memory ? -ENOMEM : 0;
}

static int mmio_probe(struct device *dev)
{
	struct virtio_device *vdev = dev->priv;
	int irq = device_irq(dev, 0), err;
	size_t size;

	if (irq < 0)
		return irq;
	vdev->dev = dev;
	vdev->base = map(dev, &size);
	if (!vdev->base)
		return -ENXIO;
	if (size < CONFIG) {
		dev_err(dev, "`reg` of %zu bytes is too small for its registers", size);
		return -EINVAL;
	}
	err = identify(vdev);
	if (err)
		return err;
	err = make_memory(vdev);
	if (!err)
		err = virtio_start(vdev);
	if (!err)
		err = vdev->driver->probe(vdev);
	if (!err)
		err = irq_request((unsigned int)irq, mmio_interrupt, vdev, dev->node->name);
	if (err) {
		/* one that is not reset may still write to it */
		if (!virtio_reset(vdev))
			free_memory(vdev);
		return err;
	}
	vdev->driver->start(vdev);
	return 0;
}

static const char *const mmio_ids[] = { "virtio,mmio", NULL };

static const struct driver virtio_mmio_driver = {
	.name = "virtio_mmio",
	.phase = PHASE_DEVICE,
	.compatible = mmio_ids,
	.probe = mmio_probe,
	.priv_size = sizeof(struct virtio_device),
	.present = mmio_present,
};
DRIVER(virtio_mmio_driver);
