/* SPDX-License-Identifier: MIT */
/*
 * Real-time clocks: the first one that a driver offers gives the time of day, once, to its second,
 * and gets it when that is set. Knows no time zone.
 */
#include <arch/sections.h>
#include <device/rtc.h>
#include <kernel/time.h>
#include <uapi/errno.h>

static struct device *rtc_dev __ro_after_init;
static const struct rtc_ops *rtc_ops __ro_after_init;

int rtc_register(struct device *dev, const struct rtc_ops *ops)
{
	u64 seconds;

	if (rtc_dev)
		return -EBUSY;
	rtc_dev = dev;
	rtc_ops = ops;
	if (!ops->read(dev, &seconds))
		time_set_real(seconds * NS_PER_SEC);
	return 0;
}

int rtc_set(u64 seconds)
{
	if (!rtc_dev)
		return -ENODEV;
	return rtc_ops->set ? rtc_ops->set(rtc_dev, seconds) : -EOPNOTSUPP;
}
