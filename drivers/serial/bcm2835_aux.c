/* SPDX-License-Identifier: MIT */
/*
 * The mini UART of the BCM2835 family as the console, interrupt-driven both ways. It is
 * 16550-like, with FIFOs of 8 bytes. Both interrupts follow the state: receive while a byte is
 * there, transmit while the FIFO is empty; so nothing has to be cleared. The manual's table of
 * AUX_MU_IER has the two enable bits swapped; the published errata and a 16550 agree that bit 0
 * is receive.
 *
 * Its clock is that of the VPU core, switched by another node (`brcm,bcm2835-aux`) without which no
 * register answers. The baud rate that firmware left stays, unless the tree asks for another one
 * and the clock's rate says that it is another; then it is clock / (8 * (AUX_MU_BAUD + 1)). The
 * interrupt is shared with SPI1 and SPI2, which nobody uses here. Does not do modem lines.
 * Registers: BCM2711 ARM Peripherals, 2.2. Binding: "brcm,bcm2835-aux-uart".
 */
#include <arch/io.h>
#include <device/clock.h>
#include <device/console.h>
#include <device/driver.h>
#include <kernel/irq.h>
#include <uapi/errno.h>

#include "rate.h"

#define AUX_MU_IO	0x00
#define AUX_MU_IER	0x04
#define AUX_MU_IER_RX	BIT(0)
#define AUX_MU_IER_TX	BIT(1)
#define AUX_MU_IER_ON	(3 << 2)	/* the errata: needed for receive interrupts */
#define AUX_MU_IIR	0x08
#define AUX_MU_IIR_NONE	BIT(0)
#define AUX_MU_LCR	0x0c
#define AUX_MU_LCR_8BIT	3
#define AUX_MU_LSR	0x14
#define AUX_MU_LSR_RX	BIT(0)		/* a byte is there */
#define AUX_MU_LSR_OE	BIT(1)		/* a byte was lost; reading clears it */
#define AUX_MU_LSR_TX	BIT(5)		/* the FIFO takes a byte */
#define AUX_MU_LSR_IDLE	BIT(6)		/* FIFO and shift register are empty */
#define AUX_MU_CNTL	0x20
#define AUX_MU_CNTL_RX	BIT(0)
#define AUX_MU_CNTL_TX	BIT(1)
#define AUX_MU_BAUD	0x28
#define AUX_MU_BAUD_MASK 0xffff

struct mini_uart {
	void *base;
	u32 enabled;		/* what AUX_MU_IER holds */
	u32 clock;		/* Hz, 0: not known */
};

/* Every read of LSR clears its overrun bit, so every one counts it. */
static u32 line_status(struct mini_uart *uart)
{
	u32 status = read32(uart->base + AUX_MU_LSR);

	if (status & AUX_MU_LSR_OE)
		console_count_overrun();
	return status;
}

static size_t mini_uart_write(struct device *dev, const char *buf, size_t len)
{
	struct mini_uart *uart = dev->priv;
	size_t n;

	for (n = 0; n < len && (line_status(uart) & AUX_MU_LSR_TX); n++)
		write32(uart->base + AUX_MU_IO, (u8)buf[n]);
	return n;
}

static int mini_uart_read(struct device *dev)
{
	struct mini_uart *uart = dev->priv;

	if (!(line_status(uart) & AUX_MU_LSR_RX))
		return -1;
	return read32(uart->base + AUX_MU_IO) & 0xff;
}

static void set_enabled(struct mini_uart *uart, u32 bit, bool on)
{
	uart->enabled = on ? uart->enabled | bit : uart->enabled & ~bit;
	write32(uart->base + AUX_MU_IER, uart->enabled);
}

static void mini_uart_transmit_irq(struct device *dev, bool on)
{
	set_enabled(dev->priv, AUX_MU_IER_TX, on);
}

static void mini_uart_receive_irq(struct device *dev, bool on)
{
	set_enabled(dev->priv, AUX_MU_IER_RX, on);
}

static bool mini_uart_idle(struct device *dev)
{
	return line_status(dev->priv) & AUX_MU_LSR_IDLE;
}

static const struct console_ops mini_uart_console = {
	.write = mini_uart_write,
	.transmit_irq = mini_uart_transmit_irq,
	.receive_irq = mini_uart_receive_irq,
	.read = mini_uart_read,
	.idle = mini_uart_idle,
};

static bool mini_uart_interrupt(void *arg)
{
	struct device *dev = arg;
	struct mini_uart *uart = dev->priv;

	if (read32(uart->base + AUX_MU_IIR) & AUX_MU_IIR_NONE)
		return false;
	console_interrupt(dev);
	return true;
}

static void set_baud(struct device *dev)
{
	struct mini_uart *uart = dev->priv;
	u32 clock = uart->clock, baud = uart_baud(dev->node);
	u64 divisor = read32(uart->base + AUX_MU_BAUD) & AUX_MU_BAUD_MASK;

	if (uart_keeps_rate(dev, clock, clock / (8 * (divisor + 1))))
		return;
	divisor = (clock + baud * 4UL) / (baud * 8UL);
	if (!divisor || divisor - 1 > AUX_MU_BAUD_MASK)
		dev_warn(dev, "a clock of %u Hz cannot give %u baud: the rate stays", clock, baud);
	else
		write32(uart->base + AUX_MU_BAUD, (u32)divisor - 1);
}

static int mini_uart_probe(struct device *dev)
{
	struct mini_uart *uart = dev->priv;
	int irq = device_irq(dev, 0);
	int err;

	if (irq < 0)
		return irq;
	if (clock_enable(dev->node, 0, &uart->clock) == -EPROBE_DEFER)
		return -EPROBE_DEFER;
	uart->base = device_map(dev, 0, NULL);
	if (!uart->base)
		return -ENXIO;
	uart->enabled = AUX_MU_IER_ON;
	set_enabled(uart, AUX_MU_IER_RX | AUX_MU_IER_TX, false);
	err = irq_request(irq, mini_uart_interrupt, dev, dev->node->name);
	if (err)
		return err;
	if (!console_register(dev, &mini_uart_console)) {
		irq_free(irq);		/* nobody uses it: rate and format stay */
		return 0;
	}
	set_baud(dev);
	write32(uart->base + AUX_MU_LCR, AUX_MU_LCR_8BIT);
	write32(uart->base + AUX_MU_CNTL,
		read32(uart->base + AUX_MU_CNTL) | AUX_MU_CNTL_RX | AUX_MU_CNTL_TX);
	return 0;
}

static const char *const mini_uart_ids[] = { "brcm,bcm2835-aux-uart", NULL };

static const struct driver bcm2835_aux_driver = {
	.name = "bcm2835_aux",
	.phase = PHASE_CONSOLE,
	.compatible = mini_uart_ids,
	.probe = mini_uart_probe,
	.priv_size = sizeof(struct mini_uart),
};
DRIVER(bcm2835_aux_driver);
