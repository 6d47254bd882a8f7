/* SPDX-License-Identifier: MIT */
/*
 * Broadcom BCM2835/BCM2711 power management block: reset and halt of a Raspberry Pi, both by
 * letting its watchdog expire; and the watchdog itself. It counts 20 bits at 65,536 Hz, and every
 * write carries a password. The boot ROM finds a partition number in six scattered bits of RSTS
 * after the reset; 63 is no partition but the request to stay halted, which is as close to
 * power-off as this board comes. Does not offer power domains, whose registers are in the other
 * `reg` entries. Registers: the vendor does not document them; the names are those of its published
 * header and of the public register list of the BCM2835.
 */
#include <arch/io.h>
#include <arch/sections.h>
#include <device/driver.h>
#include <device/power.h>
#include <device/watchdog.h>
#include <kernel/time.h>
#include <uapi/errno.h>

#define PM_RSTC			0x1c
#define PM_RSTC_WRCFG_MASK	(3 << 4)
#define PM_RSTC_WRCFG_FULL_RESET (2 << 4)
#define PM_RSTS			0x20
#define PM_RSTS_PARTITION_MASK	0x555	/* bit n of the partition number is bit 2n */
#define PM_RSTS_PARTITION_HALT	0x555	/* 63 */
#define PM_WDOG			0x24
#define PM_WDOG_TIME		0xfffff
#define PM_WDOG_HZ		65536UL

#define PM_PASSWORD		0x5a000000
#define PM_VALUE_MASK		0x00ffffff

#define RESET_TICKS		10	/* about 150 us */

static void *pm_base __ro_after_init;

static void pm_write(unsigned int reg, u32 value)
{
	write32(pm_base + reg, PM_PASSWORD | (value & PM_VALUE_MASK));
}

static void pm_change(unsigned int reg, u32 mask, u32 bits)
{
	pm_write(reg, (read32(pm_base + reg) & ~mask) | bits);
}

static void pm_reset(void)
{
	pm_write(PM_WDOG, RESET_TICKS);
	pm_change(PM_RSTC, PM_RSTC_WRCFG_MASK, PM_RSTC_WRCFG_FULL_RESET);
	time_busy_wait(NS_PER_SEC);	/* returning would mean that it failed */
}

static void pm_halt(void)
{
	pm_change(PM_RSTS, PM_RSTS_PARTITION_MASK, PM_RSTS_PARTITION_HALT);
	pm_reset();
}

static const struct power_ops pm_ops = { .name = "bcm2835_pm", .off = pm_halt, .reset = pm_reset };

static void pm_wdt_start(struct device *dev __unused, u64 ns)
{
	pm_write(PM_WDOG, (u32)((ns * PM_WDOG_HZ + NS_PER_SEC - 1) / NS_PER_SEC));
	pm_change(PM_RSTC, PM_RSTC_WRCFG_MASK, PM_RSTC_WRCFG_FULL_RESET);
}

static void pm_wdt_stop(struct device *dev __unused)
{
	pm_change(PM_RSTC, PM_RSTC_WRCFG_MASK, 0);
}

static bool pm_wdt_running(struct device *dev __unused, u64 *left)
{
	*left = (read32(pm_base + PM_WDOG) & PM_WDOG_TIME) * NS_PER_SEC / PM_WDOG_HZ;
	return (read32(pm_base + PM_RSTC) & PM_RSTC_WRCFG_MASK) == PM_RSTC_WRCFG_FULL_RESET;
}

static const struct wdt_ops pm_wdt_ops = {
	.max = PM_WDOG_TIME * NS_PER_SEC / PM_WDOG_HZ,
	.start = pm_wdt_start,
	.stop = pm_wdt_stop,
	.running = pm_wdt_running,
};

static int pm_probe(struct device *dev)
{
	void *base;

	if (pm_base)
		return -EBUSY;
	base = device_map(dev, 0, NULL);
	if (!base)
		return -ENXIO;
	read32(base + PM_RSTC);		/* is it there? not found out when the run ends */
	pm_base = base;
	power_register(&pm_ops);
	if (IS_ENABLED(CONFIG_WDT))
		wdt_register(dev, &pm_wdt_ops);
	return 0;
}

static const char *const pm_ids[] = {
	"brcm,bcm2711-pm", "brcm,bcm2835-pm", "brcm,bcm2835-pm-wdt", NULL
};

static const struct driver bcm2835_pm_driver = {
	.name = "bcm2835_pm",
	.phase = PHASE_DEVICE,
	.compatible = pm_ids,
	.probe = pm_probe,
};
DRIVER(bcm2835_pm_driver);
