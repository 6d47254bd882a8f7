/* SPDX-License-Identifier: MIT */
/*
 * 16550 UARTs as the console, interrupt-driven both ways: National's own, and Synopsys' DW APB,
 * which most boards with Arm cores have. Where the registers lie, and how wide an access to them
 * must be, stands in the tree.
 *
 * Sending: "transmitter empty" is the only word on the FIFO, so it is filled when it is empty, up
 * to its size, and not in between. Asking for the interrupt raises it at once when that is so
 * already. Reading IIR takes it back.
 *
 * Receiving: an interrupt at half a FIFO, or when the line is quiet with something in the FIFO. A
 * break arrives as a byte, which is dropped.
 *
 * The baud rate stays as firmware left it. Only a UART without a divisor gets one, from
 * stdout-path's options or `current-speed`, when the tree gives its clock.
 *
 * Synopsys' differs: it takes no new LCR while it sends, receives, or has something in its FIFO,
 * and says so by an interrupt of its own; and it may report "quiet with something in the FIFO" of
 * an empty one, until it is read. Does not do DMA, modem lines, or other formats than 8N1.
 * Registers: TI PC16550D, chapter 8; bindings: "ns16550a" (serial/8250), "snps,dw-apb-uart".
 */
#include <arch/cpu.h>
#include <arch/io.h>
#include <device/clock.h>
#include <device/console.h>
#include <device/driver.h>
#include <kernel/irq.h>
#include <uapi/errno.h>

#include "rate.h"

/* Numbers of registers. */
#define RBR		0	/* to read */
#define THR		0	/* to write */
#define DLL		0	/* with LCR_DLAB: the divisor, its lower half, and the upper one */
#define DLM		1
#define IER		1
#define IER_RX		BIT(0)
#define IER_TX		BIT(1)
#define IIR		2	/* to read */
#define IIR_NONE	BIT(0)
#define IIR_WHY(v)	((v) & 0xf)
#define IIR_BUSY	7	/* Synopsys: LCR was written while it was busy */
#define IIR_TIMEOUT	12	/* the line is quiet, with something in the FIFO */
#define IIR_FIFO	(3 << 6)
#define FCR		2	/* to write */
#define FCR_ON		BIT(0)
#define FCR_RX_CLEAR	BIT(1)
#define FCR_RX_HALF	(2 << 6)
#define LCR		3
#define LCR_8BIT	3
#define LCR_DLAB	BIT(7)
#define MCR		4
#define MCR_ON		(BIT(0) | BIT(1) | BIT(3))	/* DTR, RTS; OUT2 lets interrupts out */
#define LSR		5
#define LSR_RX		BIT(0)
#define LSR_OVERRUN	BIT(1)	/* reading clears this and the next */
#define LSR_BREAK	BIT(4)	/* the byte that is read next is one */
#define LSR_TX		BIT(5)	/* the FIFO is empty */
#define LSR_IDLE	BIT(6)	/* and the shift register */
#define USR		31	/* Synopsys: reading it ends IIR_BUSY */

#define FIFO_SIZE	16
#define DRAIN_READS	1000000	/* more than a full FIFO takes; it may be stopped for good */

struct ns16550 {
	void *base;
	u32 shift;		/* registers lie 1 << this apart */
	bool wide;		/* accesses are of 32 bits */
	bool synopsys;
	bool broken;		/* the next byte is a break */
	u32 fifo;		/* bytes that an empty FIFO takes */
	u32 enabled;		/* what IER holds */
	u32 clock;		/* Hz, 0: not known */
	int early;		/* what came before the FIFO was on; -1: nothing */
};

static __noinline u32 reg_read(const struct ns16550 *uart, unsigned int reg)
{
	const void *addr = uart->base + (reg << uart->shift);

	return uart->wide ? read32(addr) & 0xff : read8(addr);
}

static __noinline void reg_write(const struct ns16550 *uart, unsigned int reg, u32 value)
{
	void *addr = uart->base + (reg << uart->shift);

	if (uart->wide)
		write32(addr, value);
	else
		write8(addr, (u8)value);
}

/* Every read of LSR clears what it says of errors: so every one takes note of them. */
static __noinline u32 line_status(struct ns16550 *uart)
{
	u32 status = reg_read(uart, LSR);

	if (status & LSR_OVERRUN)
		console_count_overrun();
	if (status & LSR_BREAK)
		uart->broken = true;
	return status;
}

static size_t ns16550_write(struct device *dev, const char *buf, size_t len)
{
	struct ns16550 *uart = dev->priv;
	size_t n = 0;

	if (!(line_status(uart) & LSR_TX))
		return 0;
	for (; n < len && n < uart->fifo; n++)
		reg_write(uart, THR, (u8)buf[n]);
	return n;
}

static int ns16550_read(struct device *dev)
{
	struct ns16550 *uart = dev->priv;
	int early = uart->early;

	uart->early = -1;
	if (early >= 0)
		return early;
	while (line_status(uart) & LSR_RX) {
		int c = (int)reg_read(uart, RBR);

		if (!uart->broken)
			return c;
		uart->broken = false;
	}
	return -1;
}

static void set_enabled(struct ns16550 *uart, u32 bits, bool on)
{
	uart->enabled = on ? uart->enabled | bits : uart->enabled & ~bits;
	reg_write(uart, IER, uart->enabled);
}

static void ns16550_transmit_irq(struct device *dev, bool on)
{
	set_enabled(dev->priv, IER_TX, on);
}

static void ns16550_receive_irq(struct device *dev, bool on)
{
	set_enabled(dev->priv, IER_RX, on);
}

static bool ns16550_idle(struct device *dev)
{
	return line_status(dev->priv) & LSR_IDLE;
}

static const struct console_ops ns16550_console = {
	.write = ns16550_write,
	.transmit_irq = ns16550_transmit_irq,
	.receive_irq = ns16550_receive_irq,
	.read = ns16550_read,
	.idle = ns16550_idle,
};

static bool ns16550_interrupt(void *arg)
{
	struct device *dev = arg;
	struct ns16550 *uart = dev->priv;
	u32 why = IIR_WHY(reg_read(uart, IIR));

	if (uart->synopsys && why == IIR_BUSY) {
		reg_read(uart, USR);
		return true;
	}
	if (why & IIR_NONE)
		return false;
	if (uart->synopsys && why == IIR_TIMEOUT && !(line_status(uart) & LSR_RX))
		reg_read(uart, RBR);
	console_interrupt(dev);
	return true;
}

/*
 * Sets LCR to @value, without LCR_DLAB. Synopsys' refuses it for a byte that has just begun, which
 * cannot be read with LCR_DLAB on: better that byte is lost than that all later ones are.
 */
static void end_divisor(struct ns16550 *uart, u32 value)
{
	reg_write(uart, LCR, value);
	for (int i = 0; i < DRAIN_READS && reg_read(uart, LCR) & LCR_DLAB; i++) {
		reg_write(uart, FCR, FCR_ON | FCR_RX_HALF | FCR_RX_CLEAR);
		reg_write(uart, LCR, value);
	}
}

/* With LCR_DLAB on. The divisor is of clock / (16 * baud). */
static void set_baud(struct device *dev)
{
	struct ns16550 *uart = dev->priv;
	u32 clock = uart->clock, baud = uart_baud(dev->node);
	u64 divisor = (clock + baud * 8UL) / (baud * 16UL);

	if (!clock) {
		dev_warn(dev, "it has no baud rate, and its clock is not known: it stays so");
	} else if (!divisor || divisor > UINT16_MAX) {
		dev_warn(dev, "a clock of %u Hz cannot give %u baud: it has no rate", clock, baud);
	} else {
		reg_write(uart, DLL, divisor & 0xff);
		reg_write(uart, DLM, (u32)(divisor >> 8));
	}
}

/* 8N1, and a baud rate where there is none. */
static void set_line(struct device *dev)
{
	struct ns16550 *uart = dev->priv;

	for (int i = 0; i < DRAIN_READS && !(line_status(uart) & LSR_IDLE); i++)
		arch_relax();
	reg_write(uart, LCR, LCR_8BIT | LCR_DLAB);
	/* one that receives just now refuses: then it has a rate, and what is at 0 is data */
	if (reg_read(uart, LCR) & LCR_DLAB && !(reg_read(uart, DLL) | reg_read(uart, DLM)))
		set_baud(dev);
	end_divisor(uart, LCR_8BIT);
}

/* FIFOs, format and lines. What has been received so far, a byte where the FIFO is off, is kept. */
static void set_up(struct device *dev)
{
	struct ns16550 *uart = dev->priv;
	u32 size;

	if (!(reg_read(uart, IIR) & IIR_FIFO))
		uart->early = ns16550_read(dev);
	reg_write(uart, FCR, FCR_ON | FCR_RX_HALF);
	if (dt_u32(dev->node, "fifo-size", 0, &size) || !size)
		size = FIFO_SIZE;
	/* a 16450, or a 16550 whose FIFOs do not work, says so here */
	uart->fifo = (reg_read(uart, IIR) & IIR_FIFO) == IIR_FIFO ? size : 1;
	set_line(dev);
	reg_write(uart, MCR, MCR_ON);
}

/* Where and how wide the registers are: 0 or -EINVAL. */
static int read_tree(struct device *dev, size_t size)
{
	struct ns16550 *uart = dev->priv;
	u32 width = 1, offset = 0;
	unsigned int last;

	uart->synopsys = dt_compatible(dev->node, "snps,dw-apb-uart");
	last = uart->synopsys ? USR : LSR;
	dt_u32(dev->node, "reg-shift", 0, &uart->shift);
	dt_u32(dev->node, "reg-io-width", 0, &width);
	dt_u32(dev->node, "reg-offset", 0, &offset);
	uart->wide = width == 4;
	if (uart->shift > 3 || (width != 1 && width != 4) || (uart->wide && uart->shift < 2)) {
		dev_err(dev, "reg-shift %u with reg-io-width %u: not supported", uart->shift,
			width);
		return -EINVAL;
	}
	if ((u64)offset + (last << uart->shift) + width > size) {
		dev_err(dev, "its registers do not fit into the %#zx bytes of reg", size);
		return -EINVAL;
	}
	uart->base += offset;
	return 0;
}

static int ns16550_probe(struct device *dev)
{
	struct ns16550 *uart = dev->priv;
	int irq = device_irq(dev, 0);
	size_t size;
	int err;

	if (irq < 0)
		return irq;
	if (dt_u32(dev->node, "clock-frequency", 0, &uart->clock) &&
	    clock_enable(dev->node, 0, &uart->clock) == -EPROBE_DEFER)
		return -EPROBE_DEFER;
	uart->early = -1;
	uart->base = device_map(dev, 0, &size);
	if (!uart->base)
		return -ENXIO;
	err = read_tree(dev, size);
	if (err)
		return err;
	/* a boot loader may have left the divisor in IER's place */
	end_divisor(uart, reg_read(uart, LCR) & ~LCR_DLAB);
	set_enabled(uart, IER_RX | IER_TX, false);
	err = irq_request(irq, ns16550_interrupt, dev, dev->node->name);
	if (err)
		return err;
	if (!console_register(dev, &ns16550_console)) {
		irq_free(irq);		/* nobody uses it: rate and format stay */
		return 0;
	}
	set_up(dev);
	console_interrupt(dev);		/* a byte that was kept raises no interrupt any more */
	return 0;
}

static const char *const ns16550_ids[] = { "ns16550a", "ns16550", "snps,dw-apb-uart", NULL };

static const struct driver ns16550_driver = {
	.name = "ns16550",
	.phase = PHASE_CONSOLE,
	.compatible = ns16550_ids,
	.probe = ns16550_probe,
	.priv_size = sizeof(struct ns16550),
};
DRIVER(ns16550_driver);
