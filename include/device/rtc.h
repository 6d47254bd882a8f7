/* SPDX-License-Identifier: MIT */
/* A real-time clock: keeps the seconds since 1970-01-01 00:00 UTC while all else is off. */
#ifndef DEVICE_RTC_H
#define DEVICE_RTC_H

#include <device/driver.h>
#include <lib/types.h>
#include <uapi/errno.h>

struct rtc_ops {
	/* Seconds since 1970 in *@seconds: 0 or a negative errno. Any context. */
	int (*read)(struct device *dev, u64 *seconds);
	/* Sets it, with CONFIG_RTC_SET; NULL: it cannot be set. -ERANGE: too few bits. */
	int (*set)(struct device *dev, u64 seconds);
};

/*
 * From probe; the first one is used: it is read once, and from then on the time of day is known
 * (<kernel/time.h>). 0 or -EBUSY.
 */
int rtc_register(struct device *dev, const struct rtc_ops *ops);

/* Sets the clock that keeps the date when all is off: 0; -ENODEV; -EOPNOTSUPP; the driver's. */
#ifdef CONFIG_RTC
int rtc_set(u64 seconds);
#else
static inline int rtc_set(u64 seconds)
{
	(void)seconds;
	return -ENODEV;
}
#endif

#endif
