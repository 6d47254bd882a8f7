/* SPDX-License-Identifier: MIT */
/* Real-time clocks: remembers the first one that a driver offers. Knows no time zone. */
#include <arch/sections.h>
#include <device/rtc.h>
#include <uapi/errno.h>

static struct device *rtc_dev __ro_after_init;
static const struct rtc_ops *rtc_ops __ro_after_init;

int rtc_register(struct device *dev, const struct rtc_ops *ops)
{
	if (rtc_dev)
		return -EBUSY;
	rtc_dev = dev;
	rtc_ops = ops;
	return 0;
}

int rtc_read(u64 *seconds)
{
	if (!rtc_dev)
		return -ENODEV;
	return rtc_ops->read(rtc_dev, seconds);
}

int rtc_set(u64 seconds)
{
	if (!rtc_dev)
		return -ENODEV;
	return rtc_ops->set ? rtc_ops->set(rtc_dev, seconds) : -EOPNOTSUPP;
}
