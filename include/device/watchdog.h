/* SPDX-License-Identifier: MIT */
/*
 * The hardware's watchdog: a timer that resets the machine unless somebody starts it again in time.
 * Not to be mixed up with <kernel/watchdog.h>, which is software and only tells. Nobody keeps it
 * alive by himself: who starts it does.
 */
#ifndef DEVICE_WATCHDOG_H
#define DEVICE_WATCHDOG_H

#include <device/driver.h>
#include <lib/types.h>

/* Calls come one at a time, interrupts off. */
struct wdt_ops {
	u64 max;			/* ns; the longest time that it counts */
	/* Has the machine reset in @ns, whether it runs already or not. */
	void (*start)(struct device *dev, u64 ns);
	void (*stop)(struct device *dev);
	/* False when it does not run; else *@left is the time until the reset, ns. */
	bool (*running)(struct device *dev, u64 *left);
};

/*
 * From probe: the first is used, and @ops stays in use. One that runs already, because a boot
 * loader has started it, is a warning.
 */
void wdt_register(struct device *dev, const struct wdt_ops *ops);

/* The longest time in ns; 0: there is no watchdog. Any context, as all below. */
u64 wdt_max(void);

/* Starts it: 0; -ENODEV; -ERANGE: @ns is 0, or longer than it can count. */
int wdt_start(u64 ns);

/* Has it begin again with the time it was started with: 0; -ENODEV; -EINVAL: it does not run. */
int wdt_keep_alive(void);

/* Stops it: 0 or -ENODEV. */
int wdt_stop(void);

/* Whether it runs; *@left is the time until the reset then, ns. */
bool wdt_running(u64 *left);

#endif
