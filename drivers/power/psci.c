/* SPDX-License-Identifier: MIT */
/*
 * PSCI: power-off and reset as a call to firmware. Versions 0.2 and later, whose
 * function numbers are fixed; 0.1 ("arm,psci" alone) has neither call. Other CPUs
 * are started by arch/. Calls and numbers: Arm DEN 0022, chapter 5.
 */
#include <arch/firmware.h>
#include <arch/sections.h>
#include <device/driver.h>
#include <device/power.h>
#include <uapi/errno.h>

#define PSCI_VERSION		0x84000000
#define SYSTEM_OFF		0x84000008
#define SYSTEM_RESET		0x84000009

#define VERSION_MAJOR(v)	((v) >> 16 & 0x7fff)
#define VERSION_MINOR(v)	((v) & 0xffff)

static arch_firmware_call *firmware __ro_after_init;

static void psci_off(void)
{
	firmware(SYSTEM_OFF, 0, 0, 0);
}

static void psci_reset(void)
{
	firmware(SYSTEM_RESET, 0, 0, 0);
}

static const struct power_ops psci_ops = { .name = "psci", .off = psci_off, .reset = psci_reset };

static int psci_probe(struct device *dev)
{
	s32 version;

	firmware = arch_psci_conduit(dev->node);
	if (!firmware)
		return -ENODEV;

	/* the result of a 32-bit call is the low word; errors are negative */
	version = (s32)firmware(PSCI_VERSION, 0, 0, 0);
	if (version < 0 || (VERSION_MAJOR(version) == 0 && VERSION_MINOR(version) < 2)) {
		dev_err(dev, "firmware says version %#x, 0.2 is needed: no power-off, no reset",
			version);
		return -EOPNOTSUPP;
	}
	dev_info(dev, "PSCI %d.%d", VERSION_MAJOR(version), VERSION_MINOR(version));
	power_register(&psci_ops);
	return 0;
}

static const char *const psci_ids[] = { "arm,psci-1.0", "arm,psci-0.2", NULL };

static const struct driver psci_driver = {
	.name = "psci",
	.phase = PHASE_DEVICE,
	.compatible = psci_ids,
	.probe = psci_probe,
};
DRIVER(psci_driver);
