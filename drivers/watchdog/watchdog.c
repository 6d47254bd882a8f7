/* SPDX-License-Identifier: MIT */
/*
 * The hardware's watchdog: the first that a driver offers, and the time that it was started with.
 * Whether it runs is always asked of the hardware.
 */
#include <arch/sections.h>
#include <device/watchdog.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <uapi/errno.h>

static struct device *wdt_dev __ro_after_init;
static const struct wdt_ops *wdt_ops __ro_after_init;

static struct {
	struct spinlock lock;
	/* its lock held: */
	u64 timeout;		/* ns; 0: somebody else started it */
} wdt;

void wdt_register(struct device *dev, const struct wdt_ops *ops)
{
	u64 left;

	if (wdt_dev)
		return;
	wdt_dev = dev;
	wdt_ops = ops;
	if (ops->running(dev, &left))
		dev_warn(dev, "the watchdog runs: it resets the machine in %lu ms",
			 left / NS_PER_MS);
}

u64 wdt_max(void)
{
	return wdt_dev ? wdt_ops->max : 0;
}

/* Has @what done alone, interrupts off: its result; -ENODEV. */
static int alone(int (*what)(u64 *value), u64 *value)
{
	unsigned long state;
	int err;

	if (!wdt_dev)
		return -ENODEV;
	state = spin_lock_irqsave(&wdt.lock);
	err = what(value);
	spin_unlock_irqrestore(&wdt.lock, state);
	return err;
}

static int start(u64 *ns)
{
	if (!*ns || *ns > wdt_ops->max)
		return -ERANGE;
	wdt.timeout = *ns;
	wdt_ops->start(wdt_dev, *ns);
	return 0;
}

static int keep_alive(u64 *left)
{
	if (!wdt_ops->running(wdt_dev, left))
		return -EINVAL;
	wdt_ops->start(wdt_dev, wdt.timeout ? wdt.timeout : wdt_ops->max);
	return 0;
}

static int stop(u64 *unused __unused)
{
	wdt_ops->stop(wdt_dev);
	return 0;
}

static int running(u64 *left)
{
	return wdt_ops->running(wdt_dev, left);
}

int wdt_start(u64 ns)
{
	return alone(start, &ns);
}

int wdt_keep_alive(void)
{
	u64 left;

	return alone(keep_alive, &left);
}

int wdt_stop(void)
{
	return alone(stop, NULL);
}

bool wdt_running(u64 *left)
{
	return alone(running, left) > 0;
}
