/* SPDX-License-Identifier: MIT */
/*
 * Arm PrimeCell PL011 UART as the console, interrupt-driven both ways.
 *
 * Sending: the transmit interrupt is raised when the FIFO drains *through* its trigger level and
 * not because it is below it, also while it is masked (Arm DDI 0183, 2.8.2). The console
 * therefore calls write() until the FIFO is full before it asks for the interrupt, and the
 * interrupt is never cleared by hand.
 *
 * Receiving: an interrupt at half a FIFO, or when the line is quiet with something in the FIFO.
 * When the console's ring is full both are masked, the FIFO keeps what fits, and the sender is
 * stopped by RTS where that is wired.
 *
 * A UART that is off gets its baud rate from stdout-path's options or `current-speed`, when its
 * clock is known. One that firmware left on keeps what it has, unless the tree asks for another
 * rate and the clock says that it is another. Does not do DMA, modem lines, or other formats than
 * 8N1 when it sets the format itself. Binding: "arm,pl011"; the Raspberry Pi's firmware calls it
 * "arm,pl011-axi".
 */
#include <arch/cpu.h>
#include <arch/io.h>
#include <device/clock.h>
#include <device/console.h>
#include <device/driver.h>
#include <kernel/irq.h>
#include <uapi/errno.h>

#include "rate.h"

#define UARTDR		0x00
#define UARTDR_BE	BIT(10)		/* a break, no data */
#define UARTDR_OE	BIT(11)		/* bytes were lost before this one */
#define UARTFR		0x18
#define UARTFR_BUSY	BIT(3)
#define UARTFR_RXFE	BIT(4)
#define UARTFR_TXFF	BIT(5)
#define UARTIBRD	0x24
#define UARTFBRD	0x28
#define UARTLCR_H	0x2c
#define UARTLCR_H_FEN	BIT(4)
#define UARTLCR_H_WLEN8	(3 << 5)
#define UARTCR		0x30
#define UARTCR_UARTEN	BIT(0)
#define UARTCR_TXE	BIT(8)
#define UARTCR_RXE	BIT(9)
#define UARTIFLS	0x34
#define UARTIFLS_TX_1_8	(0 << 0)
#define UARTIFLS_RX_1_2	(2 << 3)
#define UARTIMSC	0x38
#define UARTMIS		0x40
#define UARTICR		0x44
#define UART_RX		BIT(4)		/* in IMSC, MIS and ICR */
#define UART_TX		BIT(5)
#define UART_RT		BIT(6)
#define UART_ALL	0x7ff

#define DRAIN_READS	1000000	/* more than a full FIFO takes; it may be stopped for good */

struct pl011 {
	void *base;
	u32 mask;		/* what UARTIMSC holds */
	u32 clock;		/* Hz, 0: not known */
	u8 early[2];		/* what came before the FIFO was on, read from the end */
	unsigned int early_count;
};

static size_t pl011_write(struct device *dev, const char *buf, size_t len)
{
	struct pl011 *uart = dev->priv;
	size_t n;

	for (n = 0; n < len && !(read32(uart->base + UARTFR) & UARTFR_TXFF); n++)
		write32(uart->base + UARTDR, (u8)buf[n]);
	return n;
}

static int pl011_read(struct device *dev)
{
	struct pl011 *uart = dev->priv;

	if (uart->early_count)
		return uart->early[--uart->early_count];
	while (!(read32(uart->base + UARTFR) & UARTFR_RXFE)) {
		u32 data = read32(uart->base + UARTDR);

		if (data & UARTDR_OE)
			console_count_overrun();
		if (!(data & UARTDR_BE))
			return data & 0xff;
	}
	return -1;
}

static void pl011_set_mask(struct pl011 *uart, u32 bits, bool on)
{
	uart->mask = on ? uart->mask | bits : uart->mask & ~bits;
	write32(uart->base + UARTIMSC, uart->mask);
}

static void pl011_transmit_irq(struct device *dev, bool on)
{
	pl011_set_mask(dev->priv, UART_TX, on);
}

static void pl011_receive_irq(struct device *dev, bool on)
{
	pl011_set_mask(dev->priv, UART_RX | UART_RT, on);
}

static bool pl011_idle(struct device *dev)
{
	struct pl011 *uart = dev->priv;

	return !(read32(uart->base + UARTFR) & UARTFR_BUSY);
}

static const struct console_ops pl011_console = {
	.write = pl011_write,
	.transmit_irq = pl011_transmit_irq,
	.receive_irq = pl011_receive_irq,
	.read = pl011_read,
	.idle = pl011_idle,
};

static bool pl011_interrupt(void *arg)
{
	struct device *dev = arg;
	struct pl011 *uart = dev->priv;

	if (!read32(uart->base + UARTMIS))
		return false;
	console_interrupt(dev);
	return true;
}

/* The divisor has 16 integer and 6 fractional bits, of clock / (16 * baud). */
static void pl011_set_baud(struct device *dev)
{
	struct pl011 *uart = dev->priv;
	u32 clock = uart->clock;
	u32 baud = uart_baud(dev->node);
	u64 divisor = (clock * 4UL + baud / 2) / baud;

	if (!clock) {
		dev_warn(dev, "its clock is not known: the baud rate stays as firmware set it");
	} else if (divisor < BIT(6) || divisor >= BIT(22)) {
		dev_warn(dev, "a clock of %u Hz cannot give %u baud: the rate stays",
			 clock, baud);
	} else {
		write32(uart->base + UARTIBRD, (u32)(divisor >> 6));
		write32(uart->base + UARTFBRD, (u32)(divisor & 0x3f));
	}
}

/* Whether one that is on is at the rate that the tree asks for, as far as anybody knows. */
static bool pl011_keeps_rate(struct device *dev)
{
	struct pl011 *uart = dev->priv;
	u64 divisor = read32(uart->base + UARTIBRD) << 6 | read32(uart->base + UARTFBRD);

	return uart_keeps_rate(dev, uart->clock, divisor ? uart->clock * 4UL / divisor : 0);
}

/*
 * LCR_H may be written only while the UART is off and idle, and a write to it is what takes the
 * divisor over. Switching the FIFOs on drops what came before, so that is read first: with them off
 * it is one byte at most. QEMU goes on receiving while the UART is off: when it has the next byte
 * by then, that can still be read afterwards; and it sends no more until it sees a read.
 */
static void pl011_switch_on(struct device *dev, u32 control, u32 line, bool rate)
{
	struct pl011 *uart = dev->priv;
	bool another;
	int first;
	u8 second;

	for (int i = 0; i < DRAIN_READS && (read32(uart->base + UARTFR) & UARTFR_BUSY); i++)
		arch_relax();
	write32(uart->base + UARTCR, 0);
	if (rate) {
		pl011_set_baud(dev);
		line = UARTLCR_H_WLEN8;
	}
	first = pl011_read(dev);
	another = !(read32(uart->base + UARTFR) & UARTFR_RXFE);
	write32(uart->base + UARTLCR_H, line | UARTLCR_H_FEN);
	second = (u8)read32(uart->base + UARTDR);
	if (another)
		uart->early[uart->early_count++] = second;
	if (first >= 0)
		uart->early[uart->early_count++] = (u8)first;
	write32(uart->base + UARTCR, control | UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

/* UART and FIFOs on, no interrupt left over. Its line is still off in the interrupt controller. */
static void pl011_setup(struct device *dev)
{
	struct pl011 *uart = dev->priv;
	u32 control = read32(uart->base + UARTCR);
	u32 line = read32(uart->base + UARTLCR_H);

	bool rate = !(control & UARTCR_UARTEN) ||
		    (IS_ENABLED(CONFIG_CLOCK) && !pl011_keeps_rate(dev));

	if (rate || !(line & UARTLCR_H_FEN))
		pl011_switch_on(dev, control, line, rate);
	write32(uart->base + UARTIFLS, UARTIFLS_TX_1_8 | UARTIFLS_RX_1_2);
	write32(uart->base + UARTICR, UART_ALL);
}

static int pl011_probe(struct device *dev)
{
	struct pl011 *uart = dev->priv;
	int irq = device_irq(dev, 0);
	int err;

	if (irq < 0)
		return irq;
	if (clock_enable(dev->node, 0, &uart->clock) == -EPROBE_DEFER)
		return -EPROBE_DEFER;
	uart->base = device_map(dev, 0, NULL);
	if (!uart->base)
		return -ENXIO;
	pl011_set_mask(uart, UART_ALL, false);
	err = irq_request(irq, pl011_interrupt, dev, dev->node->name);
	if (err)
		return err;
	if (!console_register(dev, &pl011_console)) {
		irq_free(irq);		/* nobody uses it: rate and format stay */
		return 0;
	}
	pl011_setup(dev);
	console_interrupt(dev);		/* what came in so far raises no interrupt any more */
	return 0;
}

static const char *const pl011_ids[] = { "arm,pl011", "arm,pl011-axi", NULL };

static const struct driver pl011_driver = {
	.name = "pl011",
	.phase = PHASE_CONSOLE,
	.compatible = pl011_ids,
	.probe = pl011_probe,
	.priv_size = sizeof(struct pl011),
};
DRIVER(pl011_driver);
