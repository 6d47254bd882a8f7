/* SPDX-License-Identifier: MIT */
/*
 * Drivers and devices. A driver is one file: a constant that says which `compatible` strings it
 * serves and when, and a probe function. The core goes through the tree once a phase and calls
 * probe for each enabled node that a driver of the phase matches.
 *
 *   static const char *const foo_ids[] = { "vendor,foo", NULL };
 *   static const struct driver foo_driver = {
 *           .name = "foo", .phase = PHASE_DEVICE, .compatible = foo_ids, .probe = foo_probe,
 *   };
 *   DRIVER(foo_driver);
 */
#ifndef DEVICE_DRIVER_H
#define DEVICE_DRIVER_H

#include <device/fdt.h>
#include <lib/log.h>
#include <lib/table.h>
#include <lib/types.h>

/*
 * Each phase may rely on the ones before it; inside a phase a driver whose supplier is missing
 * defers.
 */
enum driver_phase {
	PHASE_IRQCHIP,	/* afterwards irq_request() works */
	PHASE_TIMER,	/* afterwards time_now() and timed waits work */
	PHASE_SUPPLIER,	/* clocks and pins; probed together with what may need them: */
	PHASE_CONSOLE,	/* afterwards the console reads */
	PHASE_DEVICE,
	PHASES
};

enum device_state { DEVICE_UNBOUND, DEVICE_DEFERRED, DEVICE_FAILED, DEVICE_READY };

struct device;

struct driver {
	const char *name;
	enum driver_phase phase;
	const char *const *compatible;		/* ends with NULL; the order is no preference */
	/*
	 * Takes the device into use. Interrupts off in all phases but the last. 0; -ENODEV when
	 * it is not there after all; -EPROBE_DEFER when a supplier is not there yet; any other
	 * errno is logged. With CONFIG_PROBE_GUARD an access where nothing is ends it with -EIO,
	 * wherever it stands: so it touches the device before others get to know of it, and not
	 * for the first time with a lock held.
	 */
	int (*probe)(struct device *dev);
	size_t priv_size;			/* bytes of dev->priv, zeroed; 0 = NULL */
#ifdef CONFIG_DEVICE_SLOTS
	/*
	 * Optional, for nodes that are places where a device may be or not: false when there is
	 * none; then nothing is made of the node. Before the first phase, interrupts off.
	 */
	bool (*present)(const struct dt_node *node);
#endif
};

#define DRIVER(d)	TABLE_ENTRY(driver, struct driver, d)

struct device {
	const struct dt_node *node;
	const struct driver *driver;
	void *priv;			/* the driver's state */
	enum device_state state;
	int error;			/* what probe returned, when FAILED or DEFERRED */
	struct device *next;		/* in the order of the tree */
};

/* Probes every device of @phase. Boot CPU, once a phase in order. */
void drivers_init(enum driver_phase phase);

/*
 * Every device that has a driver: the one behind @dev (the first, when NULL), or NULL at the
 * end.
 */
const struct device *device_next(const struct device *dev);

/*
 * Maps the @index-th `reg` of the device and returns its address; NULL, with a log line, where
 * there is none or it cannot be mapped. *@size (may be NULL) becomes its bytes. At least one
 * page is mapped. Not from interrupts.
 */
void *device_map(struct device *dev, unsigned int index, size_t *size);

/*
 * The number for irq_request() of the device's @index-th interrupt: >= 0, or -EPROBE_DEFER when its
 * controller is not there yet, -ENOMEM; with a log line -ENOENT when the node has none, and -EINVAL
 * when it makes no sense.
 */
int device_irq(struct device *dev, unsigned int index);

/* The device that was made for @node and is READY, or NULL. */
struct device *device_of(const struct dt_node *node);

/*
 * What became of @node as a supplier: 0, it is READY; -EPROBE_DEFER, its driver comes later in this
 * phase; -ENODEV, nobody drives it, or its driver failed or comes too late. From probe.
 */
int device_supplier(const struct dt_node *node);

/* Log lines that begin with the driver's name and the node's name: "pl011 pl011@9000000: ...". */
#define dev_err(dev, fmt, ...) \
	log_err("%s %s: " fmt, (dev)->driver->name, (dev)->node->name, ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) \
	log_warn("%s %s: " fmt, (dev)->driver->name, (dev)->node->name, ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) \
	log_info("%s %s: " fmt, (dev)->driver->name, (dev)->node->name, ##__VA_ARGS__)

#endif
