/* SPDX-License-Identifier: MIT */
/* A real-time clock: the wall clock's seconds since 1970-01-01 00:00 UTC. */
#ifndef DEVICE_RTC_H
#define DEVICE_RTC_H

#include <device/driver.h>
#include <lib/types.h>
#include <uapi/errno.h>

struct rtc_ops {
	/* Seconds since 1970 in *@seconds: 0 or a negative errno. Any context. */
	int (*read)(struct device *dev, u64 *seconds);
	/* Sets it, with CONFIG_RTC_SET; NULL: it cannot be set. -ERANGE: it has not so many bits. */
	int (*set)(struct device *dev, u64 seconds);
};

/* From probe; the first one is used. 0 or -EBUSY. */
int rtc_register(struct device *dev, const struct rtc_ops *ops);

/* Seconds since 1970: 0, or -ENODEV without a clock. */
#ifdef CONFIG_RTC
int rtc_read(u64 *seconds);

/* Sets the clock: 0; -ENODEV without one; -EOPNOTSUPP; what the driver said. */
int rtc_set(u64 seconds);
#else
static inline int rtc_read(u64 *seconds)
{
	(void)seconds;
	return -ENODEV;
}

static inline int rtc_set(u64 seconds)
{
	(void)seconds;
	return -ENODEV;
}
#endif

#endif
