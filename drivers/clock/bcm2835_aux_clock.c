/* SPDX-License-Identifier: MIT */
/*
 * The switches of the BCM2835's auxiliary block: bit n of AUX_ENABLES turns its device n on (0 mini
 * UART, 1 and 2 SPI), whose registers do not answer otherwise. All three run at the rate of the
 * VPU's clock, the first of the node's `clocks`. Does not read who of them interrupts: handlers ask
 * their own device. Registers: BCM2711 ARM Peripherals, 2.1. Binding: "brcm,bcm2835-aux".
 */
#include <arch/io.h>
#include <device/clock.h>
#include <device/driver.h>
#include <uapi/errno.h>

#define AUX_ENABLES	0x04
#define AUX_DEVICES	3

struct aux {
	void *base;
	struct clock_provider provider;
};

static u32 rate(struct device *dev, u32 id)
{
	u32 hz;

	clock_enable(dev->node, 0, &hz);
	return id < AUX_DEVICES ? hz : 0;
}

static int enable(struct device *dev, u32 id)
{
	const struct aux *aux = dev->priv;
	u32 enabled;

	if (id >= AUX_DEVICES) {
		dev_err(dev, "clock %u is not one of its %u", id, AUX_DEVICES);
		return -ENOENT;
	}
	enabled = read32(aux->base + AUX_ENABLES);
	if (!(enabled & BIT(id)))
		write32(aux->base + AUX_ENABLES, enabled | BIT(id));
	return 0;
}

static const struct clock_ops aux_ops = { .rate = rate, .enable = enable };

static int aux_probe(struct device *dev)
{
	struct aux *aux = dev->priv;

	aux->base = device_map(dev, 0, NULL);
	if (!aux->base)
		return -ENXIO;
	read32(aux->base + AUX_ENABLES);	/* is it there? not for others to find out */
	aux->provider.dev = dev;
	aux->provider.ops = &aux_ops;
	clock_register(&aux->provider);
	return 0;
}

static const char *const aux_ids[] = { "brcm,bcm2835-aux", NULL };

static const struct driver bcm2835_aux_clock_driver = {
	.name = "bcm2835_aux_clock",
	.phase = PHASE_SUPPLIER,
	.compatible = aux_ids,
	.probe = aux_probe,
	.priv_size = sizeof(struct aux),
};
DRIVER(bcm2835_aux_clock_driver);
