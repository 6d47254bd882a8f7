/* SPDX-License-Identifier: MIT */
/*
 * Clocks, as drivers need them of each other: who has one in its node's `clocks` has it run and
 * asks for its rate. A `fixed-clock` is read from the tree, as there is nothing to drive; every
 * other one has a driver, which offers itself here. Binding: clock/clock.yaml of dt-schema.
 */
#ifndef DEVICE_CLOCK_H
#define DEVICE_CLOCK_H

#include <device/driver.h>
#include <lib/types.h>
#include <uapi/errno.h>

/* @id is the cell behind the phandle in `clocks`, 0 without one. Thread context or boot. */
struct clock_ops {
	/* Hz at which it runs now, or would; 0: nobody knows, or there is no such clock. */
	u32 (*rate)(struct device *dev, u32 id);
	/* Has it run, if it does not already: 0; -ENOENT: there is no such clock. */
	int (*enable)(struct device *dev, u32 id);
};

/* A device that has clocks; in its driver's state, where it stays. */
struct clock_provider {
	struct device *dev;
	const struct clock_ops *ops;
	struct clock_provider *next;	/* clock_register()'s */
};

#ifdef CONFIG_CLOCK
/* From probe, when the clocks can be asked for. */
void clock_register(struct clock_provider *provider);

/*
 * Has the @index-th clock of @node's `clocks` run, and writes its rate in Hz to *@hz, 0 where
 * nobody knows it. 0; -ENOENT when there is no such entry, and -ENODEV when nothing drives the
 * clock it names: *@hz is 0 then too; -EPROBE_DEFER when its driver comes later. From probe.
 */
int clock_enable(const struct dt_node *node, unsigned int index, u32 *hz);
#else
/* Without drivers of clocks all that are known are fixed, and those have one cell in `clocks`. */
static inline int clock_enable(const struct dt_node *node, unsigned int index, u32 *hz)
{
	const struct dt_node *clock;
	u32 phandle;

	*hz = 0;
	if (dt_u32(node, "clocks", index, &phandle))
		return -ENOENT;
	clock = dt_by_phandle(phandle);
	if (clock && dt_compatible(clock, "fixed-clock"))
		dt_u32(clock, "clock-frequency", 0, hz);
	return 0;
}
#endif

#endif
