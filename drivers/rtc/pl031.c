/* SPDX-License-Identifier: MIT */
/*
 * Arm PrimeCell PL031 real-time clock: a 32-bit counter of seconds since 1970, read and set as it
 * is. It starts the counter where nobody has. Does not use the alarm; the counter ends in 2106.
 * Registers: Arm DDI 0224, chapter 3.
 */
#include <arch/io.h>
#include <device/driver.h>
#include <device/rtc.h>
#include <uapi/errno.h>

#define RTCDR		0x00	/* seconds */
#define RTCLR		0x08	/* the counter's next value */
#define RTCCR		0x0c
#define RTCCR_START	BIT(0)
#define RTCIMSC		0x10	/* the alarm's interrupt; 0 = masked */

struct pl031 {
	void *base;
};

static int pl031_read(struct device *dev, u64 *seconds)
{
	struct pl031 *rtc = dev->priv;

	*seconds = read32(rtc->base + RTCDR);
	return 0;
}

static int pl031_set(struct device *dev, u64 seconds)
{
	struct pl031 *rtc = dev->priv;

	if (seconds > UINT32_MAX)
		return -ERANGE;
	write32(rtc->base + RTCLR, (u32)seconds);
	return 0;
}

static const struct rtc_ops pl031_ops = {
	.read = pl031_read,
	.set = IS_ENABLED(CONFIG_RTC_SET) ? pl031_set : NULL,
};

static int pl031_probe(struct device *dev)
{
	struct pl031 *rtc = dev->priv;

	rtc->base = device_map(dev, 0, NULL);
	if (!rtc->base)
		return -ENXIO;
	write32(rtc->base + RTCIMSC, 0);
	if (!(read32(rtc->base + RTCCR) & RTCCR_START))
		write32(rtc->base + RTCCR, RTCCR_START);
	return rtc_register(dev, &pl031_ops);
}

static const char *const pl031_ids[] = { "arm,pl031", NULL };

static const struct driver pl031_driver = {
	.name = "pl031",
	.phase = PHASE_DEVICE,
	.compatible = pl031_ids,
	.probe = pl031_probe,
	.priv_size = sizeof(struct pl031),
};
DRIVER(pl031_driver);
