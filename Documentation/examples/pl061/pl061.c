/* SPDX-License-Identifier: MIT */
/*
 * Arm PrimeCell PL061 GPIO: logs a line when one of its eight inputs rises. The worked example of
 * Documentation/adding-a-driver.md; on QEMU's virt machine input 3 is the power button. Does not
 * offer the lines to other drivers and never drives one. Registers: Arm DDI 0190, chapter 3.
 */
#include <arch/io.h>
#include <device/driver.h>
#include <kernel/irq.h>
#include <uapi/errno.h>

#define GPIODIR		0x400	/* a bit a line in all of these; here 0 = input */
#define GPIOIS		0x404	/* 0 = edge */
#define GPIOIBE		0x408	/* 0 = not both edges */
#define GPIOIEV		0x40c	/* 1 = rising */
#define GPIOIE		0x410	/* 1 = raises the interrupt */
#define GPIOMIS		0x418	/* has raised it */
#define GPIOIC		0x41c	/* 1 = forget it */

#define LINES		8
#define ALL_LINES	0xff

struct pl061 {
	void *base;
};

static bool pl061_interrupt(void *arg)
{
	struct device *dev = arg;
	struct pl061 *gpio = dev->priv;
	u32 raised = read32(gpio->base + GPIOMIS);

	if (!raised)
		return false;
	write32(gpio->base + GPIOIC, raised);
	for (unsigned int line = 0; line < LINES; line++) {
		if (raised & BIT(line))
			dev_info(dev, "input %u has risen", line);
	}
	return true;
}

static int pl061_probe(struct device *dev)
{
	struct pl061 *gpio = dev->priv;
	int irq = device_irq(dev, 0);

	if (irq < 0)
		return irq;
	gpio->base = device_map(dev, 0, NULL);
	if (!gpio->base)
		return -ENXIO;

	write32(gpio->base + GPIOIE, 0);
	write32(gpio->base + GPIODIR, 0);
	write32(gpio->base + GPIOIS, 0);
	write32(gpio->base + GPIOIBE, 0);
	write32(gpio->base + GPIOIEV, ALL_LINES);
	write32(gpio->base + GPIOIC, ALL_LINES);
	write32(gpio->base + GPIOIE, ALL_LINES);
	return irq_request(irq, pl061_interrupt, dev, dev->node->name);
}

static const char *const pl061_ids[] = { "arm,pl061", NULL };

static const struct driver pl061_driver = {
	.name = "pl061",
	.phase = PHASE_DEVICE,
	.compatible = pl061_ids,
	.probe = pl061_probe,
	.priv_size = sizeof(struct pl061),
};
DRIVER(pl061_driver);
