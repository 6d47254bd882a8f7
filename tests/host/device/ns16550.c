/* SPDX-License-Identifier: MIT */
/*
 * The 16550 driver and the console against a model of National's and of Synopsys' UART, with
 * registers of every spacing and width, FIFOs of 16 bytes, and transmit interrupts that are raised
 * when the FIFO gets empty, or when they are asked for while it is; reading IIR takes them back.
 */
#include "device/uart.h"

static struct ns_model {
	unsigned int shift, width, depth;
	bool synopsys, fifos_work;
	u32 ier, lcr, mcr, divisor;
	bool fifo, half, overrun, broken, tx_asks, timeout, busy_detect, receiving;
	unsigned int begins;		/* after so many writes of LCR a byte begins, */
	unsigned int lasts;		/* and is there after so many further ones */
	unsigned int usr_reads, lost;
} ns;

static unsigned int ns_depth(void)
{
	return ns.fifo && ns.fifos_work ? ns.depth : 1;
}

/* Why the line is up, in the order of their urgency; 1: it is not. */
static u32 ns_why(void)
{
	if (ns.ier & 1 && ns.half)
		return 4;
	if (ns.ier & 1 && ns.timeout)
		return ns.fifo ? 12 : 4;
	if (ns.ier & 2 && ns.tx_asks)
		return 2;
	return ns.busy_detect ? 7 : 1;
}

static bool ns_line(void)
{
	return ns_why() != 1;
}

static u32 ns_take(void)
{
	u32 data = rx_pop();

	ns.half = rx_count >= ns_depth() / 2 && rx_count;
	ns.timeout = false;
	ns.broken = rx_count && rx[0] & 0x100;
	return data & 0xff;
}

static u32 ns_get(unsigned int reg)
{
	u32 value;

	switch (reg) {
	case 0:
		return ns.lcr & 0x80 ? ns.divisor & 0xff : ns_take();
	case 1:
		return ns.lcr & 0x80 ? ns.divisor >> 8 : ns.ier;
	case 2:
		value = ns_why();
		if (value == 2)
			ns.tx_asks = false;
		return value | (ns.fifo ? ns.fifos_work ? 0xc0 : 0x80 : 0);
	case 3:
		return ns.lcr;
	case 5:
		value = (rx_count ? 1 : 0) | (ns.overrun ? 2 : 0) | (ns.broken ? 0x10 : 0) |
			(tx_count ? 0 : 0x60);
		ns.overrun = ns.broken = false;
		return value;
	case 31:
		TEST(ns.synopsys);
		ns.busy_detect = false;
		ns.usr_reads++;
		return 0;
	}
	TEST(!"a register that the driver should not read");
	return 0;
}

static bool ns_receive(u32 data)
{
	if (!rx_push(data, ns_depth()))
		return false;
	if (rx_count == 1)
		ns.broken = data & 0x100;
	ns.half = rx_count >= (ns_depth() + 1) / 2;
	return true;
}

/* What is in the FIFO keeps it busy as well. */
static void ns_set_lcr(u32 value)
{
	if (ns.synopsys && (tx_count || ns.receiving || rx_count))
		ns.busy_detect = true;
	else
		ns.lcr = value;
	if (ns.begins) {
		ns.receiving = !--ns.begins;
	} else if (ns.lasts && !--ns.lasts) {
		ns.receiving = false;
		ns_receive('?');
	}
}

static void ns_put(unsigned int reg, u32 value)
{
	switch (reg) {
	case 0:
		if (ns.lcr & 0x80) {
			ns.divisor = (ns.divisor & 0xff00) | value;
			return;
		}
		TEST(tx_count < ns_depth());
		tx[tx_count++] = (u8)value;
		ns.tx_asks = false;
		return;
	case 1:
		if (ns.lcr & 0x80) {
			ns.divisor = (ns.divisor & 0xff) | value << 8;
			return;
		}
		if (value & ~ns.ier & 2 && !tx_count)
			ns.tx_asks = true;
		ns.ier = value;
		return;
	case 2:
		if ((value & 1) != ns.fifo || value & 2) {
			ns.lost += rx_count;
			rx_count = 0;
			ns.half = ns.timeout = false;
		}
		ns.fifo = value & 1;
		return;
	case 3:
		ns_set_lcr(value);
		return;
	case 4:
		ns.mcr = value;
		return;
	}
	TEST(!"a register that the driver should not write");
}

static u32 ns_read(struct model *m __unused, unsigned int offset)
{
	TEST_EQ(offset % (1U << ns.shift), 0);
	/* what lies beside the byte is undefined */
	return ns_get(offset >> ns.shift) | (ns.width == 4 ? 0xdead00 : 0);
}

static void ns_write(struct model *m __unused, unsigned int offset, u32 value)
{
	TEST_EQ(offset % (1U << ns.shift), 0);
	ns_put(offset >> ns.shift, value);
}

static void ns_tick(void)
{
	bool sending = tx_count;

	tx_shift();
	if (sending && !tx_count)
		ns.tx_asks = true;
	if (rx_count)
		ns.timeout = true;
}

static struct model uart = { .base = BASE, .size = 0x100, .read = ns_read, .write = ns_write };
static struct bus_prop props[6];
static struct bus_node uart_node = {
	.node = { .name = "serial@9000000", .enabled = true }, .prop = props,
	.reg = { { BASE, 0x100 } }, .regs = 1,
};

/* As firmware leaves it, at some rate, its FIFO off. */
static void ns_machine(const char *compatible, unsigned int shift, unsigned int width)
{
	ns = (struct ns_model){ .shift = shift, .width = width, .depth = FIFO_MAX, .divisor = 13,
				.lcr = 3, .fifos_work = true,
				.synopsys = !strcmp(compatible, "snps,dw-apb-uart") };
	memset(props, 0, sizeof(props));
	props[0] = (struct bus_prop){ .name = "compatible", .text = compatible,
				      .count = (unsigned int)strlen(compatible) + 1 };
	props[1] = (struct bus_prop)PROP_CELLS("reg-shift", shift);
	props[2] = (struct bus_prop)PROP_CELLS("reg-io-width", width);
	uart.width = width;
	uart.base = BASE;
	uart_node.reg[0].size = 0x100;
	machine(&uart, ns_line, ns_tick);
	push = ns_receive;
	tick = ns_tick;
}

static const struct kind {
	const char *compatible;
	unsigned int shift, width;
} kinds[] = {
	{ "ns16550a", 0, 1 }, { "ns16550a", 2, 1 }, { "ns16550a", 2, 4 }, { "ns16550", 3, 4 },
	{ "snps,dw-apb-uart", 2, 4 }, { "snps,dw-apb-uart", 0, 1 },
};

static void all_is_sent(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		ns_machine(kinds[i].compatible, kinds[i].shift, kinds[i].width);
		transmits("ns16550", &uart_node, ns_line);
		TEST_EQ(ns.lcr, 3);
		TEST_EQ(ns.divisor, 13);
		TEST_EQ(ns.mcr & 8, 8);
		TEST(ns.fifo);
	}
}

/* A UART whose FIFOs do not work takes one byte at a time. */
static void one_without_fifos_sends(void)
{
	ns_machine("ns16550", 0, 1);
	ns.fifos_work = false;
	transmits("ns16550", &uart_node, ns_line);
}

/* No more bytes than fit into its FIFO, whose size the tree says. */
static void a_small_fifo_is_not_overrun(void)
{
	ns_machine("ns16550a", 0, 1);
	ns.depth = 4;
	props[3] = (struct bus_prop)PROP_CELLS("fifo-size", 4);
	transmits("ns16550", &uart_node, ns_line);
}

/* The registers begin behind reg's beginning, where no device answers. */
static void registers_are_at_their_offset(void)
{
	ns_machine("ns16550a", 2, 4);
	uart.base = BASE + 0x100;
	uart_node.reg[0].size = 0x200;
	props[3] = (struct bus_prop)PROP_CELLS("reg-offset", 0x100);
	transmits("ns16550", &uart_node, ns_line);
}

/* One that is not the console is left as it is, without interrupts. */
static void a_second_one_is_left_alone(void)
{
	static struct device first;

	ns_machine("ns16550a", 0, 1);
	console.dev = &first;
	ns.ier = 3;
	ns_receive('a');
	TEST_EQ(bus_probe("ns16550", &uart_node)->error, 0);
	TEST(!bus_interrupt_requested());
	TEST_EQ(ns.ier, 0);
	TEST_EQ(ns.lcr, 3);
	TEST_EQ(ns.mcr, 0);
	TEST_EQ(ns.divisor, 13);
	TEST(!ns.fifo);
	TEST_EQ(rx_count, 1);
	TEST(console.dev == &first);
}

static void a_paste_is_taken(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		ns_machine(kinds[i].compatible, kinds[i].shift, kinds[i].width);
		takes_a_paste("ns16550", &uart_node);
	}
}

/* A byte that came before the driver is there afterwards; what a FIFO has already is, too. */
static void what_came_before_is_kept(void)
{
	ns_machine("ns16550a", 2, 4);
	ns_receive('a');
	start("ns16550", &uart_node);
	TEST_EQ(console_read(0), 'a');
	TEST_EQ(ns.lost, 0);
	TEST_EQ(console_read(0), -ETIMEDOUT);

	ns_machine("ns16550a", 2, 4);
	ns.fifo = true;
	ns_receive('b');
	ns_receive('c');
	start("ns16550", &uart_node);
	bus_tick();
	TEST_EQ(console_read(0), 'b');
	TEST_EQ(console_read(0), 'c');
}

static void breaks_and_overruns(void)
{
	ns_machine("ns16550a", 0, 1);
	start("ns16550", &uart_node);
	ns_receive('x');
	ns_receive(0x100);
	ns_receive('y');
	ns.overrun = true;
	bus_tick();
	TEST_EQ(console_read(0), 'x');
	TEST_EQ(console_read(0), 'y');
	TEST_EQ(console_read(0), -ETIMEDOUT);
	TEST_EQ(console_overruns(), 1);
}

/* The interrupts that only Synopsys' has are satisfied. */
static void synopsys_has_its_own_interrupts(void)
{
	ns_machine("snps,dw-apb-uart", 2, 4);
	ns.receiving = true;		/* takes no new LCR */
	start("ns16550", &uart_node);
	bus_deliver();
	TEST_EQ(ns.usr_reads, 1);
	TEST_EQ(ns.divisor, 13);
	TEST_EQ(ns.lcr, 3);
	ns.receiving = false;
	ns.timeout = true;		/* of an empty FIFO */
	bus_deliver();
	TEST(!ns_line());
	ns_receive('z');
	bus_tick();
	TEST_EQ(console_read(0), 'z');
}

/* A byte that begins between two writes of LCR makes it refuse the second, until it is taken. */
static void synopsys_refuses_to_end_the_divisor(void)
{
	/* at 0 what a boot loader left cannot be ended, at 2 what the driver itself has begun */
	for (unsigned int begins = 0; begins < 4; begins++) {
		ns_machine("snps,dw-apb-uart", 2, 4);
		ns.lcr = 0x83;
		ns.receiving = !begins;
		ns.begins = begins;
		ns.lasts = 3;
		start("ns16550", &uart_node);
		TEST_EQ(ns.lcr, 3);
		TEST_EQ(ns.divisor, 13);
		TEST_EQ(!ns.lasts, begins % 2 == 0);
		ns.receiving = false;
		bus_deliver();
		TEST_EQ(console_read(0), -ETIMEDOUT);
		ns_receive('z');
		bus_tick();
		TEST_EQ(console_read(0), 'z');
	}
}

static void a_rate_only_where_there_is_none(void)
{
	static struct bus_node clock_node;
	static const struct bus_prop clock_24m[] = {
		PROP_TEXT("compatible", "fixed-clock"), PROP_CELLS("clock-frequency", 24000000),
		{ 0 }
	};

	ns_machine("ns16550a", 0, 1);
	ns.divisor = 0;
	props[3] = (struct bus_prop)PROP_CELLS("clock-frequency", 1843200);
	props[4] = (struct bus_prop)PROP_CELLS("current-speed", 9600);
	start("ns16550", &uart_node);
	TEST_EQ(ns.divisor, 12);

	/* 24 MHz / (16 * 115200) = 13.02 */
	ns_machine("snps,dw-apb-uart", 2, 4);
	ns.divisor = 0;
	ns.lcr = 0x80;
	clock_node = (struct bus_node){ .node = { .name = "osc" }, .prop = clock_24m };
	bus_known(&clock_node);
	props[3] = (struct bus_prop)PROP_CELLS("clocks", 1);
	start("ns16550", &uart_node);
	TEST_EQ(ns.divisor, 13);

	ns_machine("ns16550a", 0, 1);
	ns.divisor = 0;
	start("ns16550", &uart_node);
	TEST_EQ(ns.divisor, 0);
	TEST(strstr(host_log_last(), "its clock is not known"));

	ns_machine("ns16550a", 0, 1);
	ns.divisor = 0;
	props[3] = (struct bus_prop)PROP_CELLS("clock-frequency", 100);
	start("ns16550", &uart_node);
	TEST_EQ(ns.divisor, 0);
	TEST(strstr(host_log_last(), "cannot give"));
}

static void bad_trees_are_said(void)
{
	static const struct kind wrong[] = {
		{ "ns16550a", 0, 4 }, { "ns16550a", 0, 2 }, { "ns16550a", 4, 1 },
		{ "ns16550a", UINT32_MAX, 1 }, { "ns16550a", 0, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		ns_machine(wrong[i].compatible, wrong[i].shift, wrong[i].width);
		TEST_EQ(bus_probe("ns16550", &uart_node)->error, -EINVAL);
		TEST(strstr(host_log_last(), "not supported"));
	}
	ns_machine("snps,dw-apb-uart", 2, 4);
	uart_node.reg[0].size = 0x7c;	/* USR lies behind it */
	TEST_EQ(bus_probe("ns16550", &uart_node)->error, -EINVAL);
	TEST(strstr(host_log_last(), "do not fit"));
	ns_machine("ns16550a", 0, 1);
	props[3] = (struct bus_prop)PROP_CELLS("reg-offset", UINT32_MAX);
	TEST_EQ(bus_probe("ns16550", &uart_node)->error, -EINVAL);
	TEST(strstr(host_log_last(), "do not fit"));
}

static const struct test_case cases[] = {
	TEST_CASE(all_is_sent), TEST_CASE(one_without_fifos_sends),
	TEST_CASE(a_small_fifo_is_not_overrun), TEST_CASE(registers_are_at_their_offset),
	TEST_CASE(a_second_one_is_left_alone), TEST_CASE(a_paste_is_taken),
	TEST_CASE(what_came_before_is_kept), TEST_CASE(breaks_and_overruns),
	TEST_CASE(synopsys_has_its_own_interrupts),
	TEST_CASE(synopsys_refuses_to_end_the_divisor), TEST_CASE(a_rate_only_where_there_is_none),
	TEST_CASE(bad_trees_are_said),
};
static const struct test_suite ns16550_suite = TEST_SUITE_OF("ns16550", cases);
TEST_SUITE(ns16550_suite);
