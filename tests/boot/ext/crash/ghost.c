/* SPDX-License-Identifier: MIT */
/*
 * Drivers of devices that are not there, for tests/boot/test_absent.py: `how` in the node says in
 * which state the first access is made. The node's second interrupt is another device's as well.
 */
#include <arch/io.h>
#include <device/driver.h>
#include <kernel/irq.h>
#include <kernel/mutex.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <uapi/errno.h>

struct ghost {
	void *base;
	struct spinlock lock;
};

static struct mutex mutex = MUTEX_INIT(mutex);

static bool never(void *arg __unused)
{
	return false;
}

/* From deep down, so that registers of many callers have to come back. */
static __noinline u64 ghost_deep(void *base, unsigned int depth)
{
	u64 sum = depth ? ghost_deep(base, depth - 1) : read32(base);

	__asm__ volatile("" ::: "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27",
			 "x28", "memory");
	return sum + depth;
}

static int ghost_irqs(struct device *dev, struct ghost *ghost)
{
	int err = irq_request(device_irq(dev, 0), never, dev, dev->node->name);

	if (!err)
		err = irq_request_shared(device_irq(dev, 1), never, ghost, dev->node->name);
	return err ? err : (int)read32(ghost->base);
}

static int ghost_locked(struct ghost *ghost)
{
	unsigned long state = spin_lock_irqsave(&ghost->lock);

	write32(ghost->base, 1);
	spin_unlock_irqrestore(&ghost->lock, state);
	return 0;
}

static int ghost_probe(struct device *dev)
{
	const char *how = dt_string(dev->node, "how", 0);
	struct ghost *ghost = dev->priv;

	ghost->base = device_map(dev, 0, NULL);
	if (!ghost->base || !how)
		return -EINVAL;
	if (!strcmp(how, "write"))
		write32(ghost->base + 0x10, 1);
	if (!strcmp(how, "deep"))
		return (int)ghost_deep(ghost->base, 20);
	if (!strcmp(how, "irqs"))
		return ghost_irqs(dev, ghost);
	if (!strcmp(how, "spinlock"))
		return ghost_locked(ghost);
	if (!strcmp(how, "mutex")) {
		mutex_lock(&mutex, TIME_NEVER);
		read32(ghost->base);
	}
	if (!strcmp(how, "slept")) {
		thread_sleep(NS_PER_SEC / 100);
		read32(ghost->base);
	}
	return 0;
}

static const char *const ghost_ids[] = { "test,ghost", NULL };

static const struct driver ghost_driver = {
	.name = "ghost",
	.phase = PHASE_DEVICE,
	.compatible = ghost_ids,
	.probe = ghost_probe,
	.priv_size = sizeof(struct ghost),
};
DRIVER(ghost_driver);

/* Of the second one of a line that "irqs" has shared: a device that is there. */
static int sharer_probe(struct device *dev)
{
	return irq_request_shared(device_irq(dev, 0), never, dev, dev->node->name);
}

static const char *const sharer_ids[] = { "test,sharer", NULL };

static const struct driver sharer_driver = {
	.name = "sharer",
	.phase = PHASE_DEVICE,
	.compatible = sharer_ids,
	.probe = sharer_probe,
};
DRIVER(sharer_driver);
