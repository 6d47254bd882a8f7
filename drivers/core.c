/* SPDX-License-Identifier: MIT */
/*
 * The driver core: matches every enabled node of the tree against the driver table, once, and
 * probes phase by phase. A node's `compatible` list goes from the most to the least specific,
 * so its order decides between two drivers. A device whose supplier is not there yet is probed
 * again when something else has become ready.
 */
#include "guard.h"

#include <arch/sections.h>
#include <device/driver.h>
#include <device/irqchip.h>
#include <device/pinctrl.h>
#include <kernel/irq.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/map.h>
#include <uapi/errno.h>

/* All devices, in the order of the tree. Made by the first drivers_init(), then constant. */
static struct device *devices __ro_after_init;
static bool matched __ro_after_init;
static bool have_suppliers __ro_after_init;	/* some driver is of PHASE_SUPPLIER */
static enum driver_phase current __ro_after_init;

/* One bit of 64, by what names that look alike differ in: their length and their end. */
static u64 name_bit(const char *name, size_t len)
{
	return len > 1 ? BIT((13 * len + (u8)name[len - 1] + (u8)name[len - 2]) % 64) : 1;
}

/* The bits of all names that drivers have. Most of a tree's have another one, and no driver. */
static u64 known_names(void)
{
	u64 known = 0;

	TABLE_FOREACH(driver, struct driver, d)
		for (const char *const *id = (*d)->compatible; *id; id++)
			known |= name_bit(*id, strlen(*id));
	return known;
}

static const struct driver *driver_named(const char *name)
{
	TABLE_FOREACH(driver, struct driver, d)
		for (const char *const *id = (*d)->compatible; *id; id++)
			if (!strcmp(*id, name))
				return *d;
	return NULL;
}

static const struct driver *driver_for(const struct dt_node *node, u64 known)
{
	const char *end = node->compatible + node->compatible_len;
	const struct driver *driver = NULL;
	size_t len;

	for (const char *name = node->compatible; name < end && !driver; name += len + 1) {
		len = strlen(name);
		if (known & name_bit(name, len))
			driver = driver_named(name);
	}
	return driver;
}

#ifdef CONFIG_DEVICE_SLOTS
/* Slots are many, and one behind the other: of those alike only the first one is looked up. */
static bool alike(const struct dt_node *node, const struct dt_node *before)
{
	return before && before->compatible_len == node->compatible_len &&
	       !memcmp(before->compatible, node->compatible, node->compatible_len);
}

static bool is_empty(const struct driver *driver, const struct dt_node *node)
{
	if (!driver->present)
		return false;
	return !(IS_ENABLED(CONFIG_PROBE_GUARD) ? present_guarded(driver, node) :
						  driver->present(node));
}
#else
static bool alike(const struct dt_node *node __unused, const struct dt_node *before __unused)
{
	return false;
}

static bool is_empty(const struct driver *driver __unused, const struct dt_node *node __unused)
{
	return false;
}
#endif

static void match_all(void)
{
	const struct dt_node *node = NULL, *before = NULL;
	const struct driver *driver = NULL;
	struct device **last = &devices;
	u64 known = known_names();

	while ((node = dt_next(node))) {
		struct device *dev;

		if (!node->enabled || !node->compatible)
			continue;
		if (!alike(node, before))
			driver = driver_for(node, known);
		before = node;
		if (!driver || is_empty(driver, node))
			continue;
		dev = kzalloc(sizeof(*dev));
		if (!dev) {
			log_err("%s %s: left out: no memory", driver->name, node->name);
			continue;
		}
		dev->node = node;
		dev->driver = driver;
		if (driver->phase == PHASE_SUPPLIER)
			have_suppliers = true;
		*last = dev;
		last = &dev->next;
	}
	matched = true;
}

/* Its memory is there, its pins are set: probes it. */
static int try(struct device *dev)
{
	bool has_pins = IS_ENABLED(CONFIG_PINCTRL) && have_suppliers &&
			dev->driver->phase > PHASE_SUPPLIER;
	int err;

	if (!dev->priv && dev->driver->priv_size) {
		dev->priv = kzalloc(dev->driver->priv_size);
		if (!dev->priv)
			return -ENOMEM;
	}
	if (has_pins) {
		err = pinctrl_apply(dev);
		if (err)
			return err;
	}
	err = IS_ENABLED(CONFIG_PROBE_GUARD) ? probe_guarded(dev) : dev->driver->probe(dev);
	if (has_pins && err && err != -EPROBE_DEFER)
		pinctrl_release(dev);
	return err;
}

static void probe(struct device *dev)
{
	dev->error = try(dev);
	if (!dev->error) {
		dev->state = DEVICE_READY;
	} else if (dev->error == -EPROBE_DEFER) {
		dev->state = DEVICE_DEFERRED;
	} else {
		dev->state = DEVICE_FAILED;
		if (dev->error != -ENODEV)
			dev_err(dev, "probe failed: %pe", (void *)(long)dev->error);
	}
}

void drivers_init(enum driver_phase phase)
{
	bool progress;

	current = phase;
	if (!matched)
		match_all();
	do {
		progress = false;
		for (struct device *dev = devices; dev; dev = dev->next) {
			if (dev->driver->phase > phase || dev->state == DEVICE_READY ||
			    dev->state == DEVICE_FAILED)
				continue;
			probe(dev);
			progress |= dev->state == DEVICE_READY;
		}
	} while (progress);
	for (struct device *dev = devices; dev && phase == PHASE_DEVICE; dev = dev->next)
		if (dev->state == DEVICE_DEFERRED)
			dev_err(dev, "left out: what it depends on never appeared");
}

const struct device *device_next(const struct device *dev)
{
	return dev ? dev->next : devices;
}

struct device *device_of(const struct dt_node *node)
{
	for (struct device *dev = devices; dev; dev = dev->next)
		if (dev->node == node && dev->state == DEVICE_READY)
			return dev;
	return NULL;
}

int device_supplier(const struct dt_node *node)
{
	for (struct device *dev = devices; dev; dev = dev->next) {
		if (dev->node != node)
			continue;
		if (dev->state == DEVICE_READY)
			return 0;
		return dev->state == DEVICE_FAILED || dev->driver->phase > current ? -ENODEV
										   : -EPROBE_DEFER;
	}
	return -ENODEV;
}

void *device_map(struct device *dev, unsigned int index, size_t *size)
{
	struct dt_range range;
	int err = dt_reg(dev->node, index, &range);
	void *base;

	if (err) {
		dev_err(dev, "no usable reg %u: %pe", index, (void *)(long)err);
		return NULL;
	}
	base = ioremap(range.base, MAX(range.size, 1UL));
	if (!base) {
		dev_err(dev, "cannot map %#lx bytes at %#lx", range.size, range.base);
		return NULL;
	}
	if (size)
		*size = range.size;
	return base;
}

int device_irq(struct device *dev, unsigned int index)
{
	struct dt_interrupt irq;
	int err = dt_interrupt(dev->node, index, &irq);

	if (!err)
		err = irq_from_dt(&irq);
	if (err == -ENOENT || err == -EINVAL)
		dev_err(dev, "interrupt %u %s", index,
			err == -EINVAL ? "makes no sense" : "is not in its node (`interrupts`)");
	return err;
}
