/* SPDX-License-Identifier: MIT */
/*
 * The PL011 driver and the console against a model that QEMU does not offer: its FIFO takes time to
 * drain, and its transmit interrupt is raised only on the way through the trigger level.
 */
#include "device/uart.h"

static struct pl011_model {
	u32 ibrd, fbrd, lcr, cr, ifls, imsc, ris;
	bool lcr_while_on;	/* written while enabled: unpredictable on hardware */
	const char *eager;	/* as QEMU: at each read the sender fills the FIFO from here */
} pl;

static unsigned int pl_depth(void)
{
	return pl.lcr & 0x10 ? FIFO_MAX : 1;
}

static unsigned int level(u32 select)
{
	static const unsigned int eighths[] = { 1, 2, 4, 6, 7 };

	return pl.lcr & 0x10 ? FIFO_MAX * eighths[select] / 8 : 1;
}

static unsigned int tx_level(void)
{
	return pl.lcr & 0x10 ? level(pl.ifls & 7) : 0;
}

/* A byte arrives, with flags from bit 8 on. False when the FIFO is full. */
static bool pl_receive(u32 data)
{
	if (!rx_push(data, pl_depth()))
		return false;
	if (rx_count == level(pl.ifls >> 3 & 7))
		pl.ris |= 0x10;
	return true;
}

static u32 pl_read(struct model *m __unused, unsigned int offset)
{
	u32 data;

	switch (offset) {
	case 0x00:
		data = rx_pop();
		if (rx_count < level(pl.ifls >> 3 & 7))
			pl.ris &= ~0x10U;
		if (!rx_count)
			pl.ris &= ~0x40U;
		while (pl.eager && *pl.eager && pl_receive((u8)*pl.eager))
			pl.eager++;
		return data;
	case 0x18:
		return (tx_count ? 0x08 : 0x80) | (rx_count ? 0 : 0x10) |
		       (tx_count == pl_depth() ? 0x20 : 0) | (rx_count == pl_depth() ? 0x40 : 0);
	case 0x24:
		return pl.ibrd;
	case 0x28:
		return pl.fbrd;
	case 0x2c:
		return pl.lcr;
	case 0x30:
		return pl.cr;
	case 0x40:
		return pl.ris & pl.imsc;
	}
	TEST(!"a register that the driver should not read");
	return 0;
}

static void pl_write(struct model *m __unused, unsigned int offset, u32 value)
{
	switch (offset) {
	case 0x00:
		TEST(tx_count < pl_depth());
		TEST_EQ(pl.cr & 0x101, 0x101);
		tx[tx_count++] = (u8)value;
		if (tx_count > tx_level())
			pl.ris &= ~0x20U;
		return;
	case 0x24:
		pl.ibrd = value;
		return;
	case 0x28:
		pl.fbrd = value;
		return;
	case 0x2c:
		pl.lcr_while_on |= pl.cr & 1;
		if ((pl.lcr ^ value) & 0x10)
			rx_count = 0;
		pl.lcr = value;
		return;
	case 0x30:
		pl.cr = value;
		return;
	case 0x34:
		pl.ifls = value;
		return;
	case 0x38:
		pl.imsc = value;
		return;
	case 0x44:
		pl.ris &= ~value;
		return;
	}
	TEST(!"a register that the driver should not write");
}

static struct model pl011 = { .base = BASE, .size = 0x1000, .read = pl_read, .write = pl_write };

static bool pl_line(void)
{
	return pl.ris & pl.imsc;
}

/* A byte leaves; with nothing coming in, the receive timeout passes. */
static void pl_tick(void)
{
	unsigned int before = tx_count;

	tx_shift();
	if (before > tx_level() && tx_count <= tx_level())
		pl.ris |= 0x20;
	if (rx_count)
		pl.ris |= 0x40;
}

static const struct bus_prop clocked[] = {
	PROP_TEXT("compatible", "arm,pl011\0arm,primecell"), PROP_CELLS("clocks", 1, 1), { 0 }
};
static const struct bus_prop clock_24m[] = {
	PROP_TEXT("compatible", "fixed-clock"), PROP_CELLS("clock-frequency", 24000000), { 0 }
};
static struct bus_node clock_node = { .node = { .name = "apb-pclk" }, .prop = clock_24m };
static struct bus_node uart_node = {
	.node = { .name = "pl011@9000000", .enabled = true }, .prop = clocked,
	.reg = { { BASE, 0x1000 } }, .regs = 1,
};

/* A PL011 with those values in CR and LCR_H, and a clock of 24 MHz whose node has phandle 1. */
static void pl_machine(u32 cr, u32 lcr)
{
	memset(&pl, 0, sizeof(pl));
	pl.cr = cr;
	pl.lcr = lcr;
	pl.ifls = 0x12;
	machine(&pl011, pl_line, pl_tick);
	bus_known(&clock_node);
}

#define PL_RESET	0x300, 0
#define PL_FIRMWARE	0x301, 0x70

static void pl011_off_gets_a_baud_rate(void)
{
	static const struct bus_prop speed[] = {
		PROP_CELLS("clocks", 1), PROP_CELLS("current-speed", 9600), { 0 }
	};
	struct bus_node node = uart_node;

	pl_machine(PL_RESET);
	start("pl011", &node);
	/* 24 MHz / (16 * 115200) = 13 + 1.33 / 64 */
	TEST_EQ(pl.ibrd, 13);
	TEST_EQ(pl.fbrd, 1);
	TEST_EQ(pl.lcr, 0x70);
	TEST_EQ(pl.cr & 0x301, 0x301);
	TEST(!pl.lcr_while_on);

	pl_machine(PL_RESET);
	bus_stdout = &node;
	bus_stdout_options = "38400n8";
	start("pl011", &node);
	TEST_EQ(pl.ibrd, 39);
	TEST_EQ(pl.fbrd, 4);

	pl_machine(PL_RESET);
	node.prop = speed;
	start("pl011", &node);
	TEST_EQ(pl.ibrd, 156);
	TEST_EQ(pl.fbrd, 16);
}

static void pl011_says_when_it_cannot_set_the_rate(void)
{
	struct bus_node node = uart_node;

	pl_machine(PL_RESET);
	bus_stdout = &node;
	bus_stdout_options = "99999999n8";
	start("pl011", &node);
	TEST_EQ(pl.ibrd, 0);
	TEST(strstr(host_log_last(), "cannot give"));

	pl_machine(PL_RESET);
	node.prop = NULL;
	start("pl011", &node);
	TEST_EQ(pl.ibrd, 0);
	TEST(strstr(host_log_last(), "clock is not known"));
	TEST_EQ(pl.cr & 0x301, 0x301);
}

static void pl011_keeps_what_firmware_set(void)
{
	struct bus_node node = uart_node;

	pl_machine(PL_FIRMWARE);
	pl.ibrd = 26;
	pl.fbrd = 3;
	pl.ris = 0x7ef;
	host_log_lines();
	start("pl011", &node);
	TEST_EQ(host_log_lines(), 0);
	TEST_EQ(pl.ibrd, 26);
	TEST_EQ(pl.fbrd, 3);
	TEST_EQ(pl.lcr, 0x70);
	TEST_EQ(pl.cr, 0x301);

	/* on, but without FIFOs, and still sending: they are switched on when it is done */
	pl_machine(0xc301, 0x62);
	tx[tx_count++] = 'x';
	start("pl011", &node);
	TEST_EQ(sent_len, 1);
	TEST_EQ(pl.lcr, 0x72);
	TEST_EQ(pl.cr, 0xc301);
	TEST(!pl.lcr_while_on);
}

/* Firmware left it on; the clock is 24 MHz. */
static void pl011_that_is_on_gets_the_rate_that_is_asked_for(void)
{
	static const struct {
		u32 ibrd, fbrd;
		const char *asked;
		u32 ibrd_then, fbrd_then;
	} rates[] = {
		{ 13, 1, "115200n8", 13, 1 },
		{ 13, 20, "115200n8", 13, 20 },		/* 2.2 % off */
		{ 26, 3, "115200n8", 13, 1 },
		{ 13, 1, "9600n8", 156, 16 },
		{ 0, 0, "115200n8", 13, 1 },
		{ 26, 3, NULL, 26, 3 },
	};
	struct bus_node node = uart_node;

	for (unsigned int i = 0; i < ARRAY_SIZE(rates); i++) {
		pl_machine(0x4301, 0x76);
		bus_stdout = &node;
		bus_stdout_options = rates[i].asked;
		pl.ibrd = rates[i].ibrd;
		pl.fbrd = rates[i].fbrd;
		start("pl011", &node);
		TEST_EQ(pl.ibrd, rates[i].ibrd_then);
		TEST_EQ(pl.fbrd, rates[i].fbrd_then);
		TEST_EQ(pl.cr, 0x4301);
		TEST_EQ(pl.lcr, pl.ibrd == rates[i].ibrd ? 0x76 : 0x70);
		TEST(!pl.lcr_while_on);
	}
	pl_machine(PL_FIRMWARE);
	bus_stdout = &node;
	bus_stdout_options = "115200n8";
	node.prop = NULL;
	pl.ibrd = 26;
	start("pl011", &node);
	TEST_EQ(pl.ibrd, 26);
	TEST(strstr(host_log_last(), "clock is not known"));
}

static void pl011_keeps_what_came_early(void)
{
	struct bus_node node = uart_node;

	pl_machine(PL_RESET);
	pl.lcr = 0;
	TEST(pl_receive('a'));
	start("pl011", &node);
	TEST_EQ(console_read(0), 'a');
	TEST(pl_receive('b'));
	TEST_EQ(console_read(TIME_NEVER), 'b');

	/* QEMU: the next byte comes with the UART off, and none after that before a read */
	pl_machine(PL_RESET);
	TEST(pl_receive('a'));
	pl.eager = "bcdefghijklmnopqrstuvwxyz";
	start("pl011", &node);
	for (int c = 'a'; c <= 'z'; c++)
		TEST_EQ(console_read(TIME_NEVER), c);
	TEST_EQ(console_read(0), -ETIMEDOUT);

	pl_machine(PL_FIRMWARE);
	for (int c = 'a'; c < 'f'; c++)
		TEST(pl_receive((u32)c));
	start("pl011", &node);
	for (int c = 'a'; c < 'f'; c++)
		TEST_EQ(console_read(0), c);
	TEST_EQ(console_read(0), -ETIMEDOUT);
}

static void pl011_transmits_all(void)
{
	struct bus_node node = uart_node;

	for (u64 i = host_effort(20); i; i--) {
		pl_machine(PL_RESET);
		transmits("pl011", &node, pl_line);
	}
}

static void pl011_takes_a_paste(void)
{
	struct bus_node node = uart_node;

	push = pl_receive;
	tick = pl_tick;
	pl_machine(PL_RESET);
	takes_a_paste("pl011", &node);
}

static void pl011_counts_overruns_and_drops_breaks(void)
{
	struct bus_node node = uart_node;

	pl_machine(PL_FIRMWARE);
	start("pl011", &node);
	arch_irq_disable();
	pl_receive('a');
	pl_receive(1 << 10);		/* a break */
	pl_receive('b' | 1 << 11);	/* something was lost before this */
	pl_receive('c' | 1 << 8);	/* framing error: delivered as it came */
	arch_irq_enable();
	bus_tick();
	TEST_EQ(console_read(0), 'a');
	TEST_EQ(console_read(0), 'b');
	TEST_EQ(console_read(0), 'c');
	TEST_EQ(console_read(0), -ETIMEDOUT);
	TEST_EQ(console_overruns(), 1);
}

static void pl011_that_is_not_the_console_stays_quiet(void)
{
	struct bus_node node = uart_node, other = { .node = { .name = "other", .enabled = true } };

	pl_machine(PL_FIRMWARE);
	bus_stdout = &other;
	bus_match("pl011", &other);
	pl.ris = 0x7ff;
	TEST_EQ(bus_probe("pl011", &node)->error, 0);
	TEST(!bus_interrupt_requested());
	TEST(!pl_line());
}

static void pl011_is_the_console_when_stdout_is_of_no_use(void)
{
	struct bus_node node = uart_node, other = { .node = { .name = "other", .enabled = true } };

	pl_machine(PL_FIRMWARE);
	bus_stdout = &other;
	TEST_EQ(bus_probe("pl011", &node)->error, 0);
	TEST(bus_interrupt_requested());
}

static const struct test_case pl011_cases[] = {
	TEST_CASE(pl011_off_gets_a_baud_rate),
	TEST_CASE(pl011_says_when_it_cannot_set_the_rate),
	TEST_CASE(pl011_keeps_what_firmware_set),
	TEST_CASE(pl011_that_is_on_gets_the_rate_that_is_asked_for),
	TEST_CASE(pl011_keeps_what_came_early),
	TEST_CASE(pl011_transmits_all),
	TEST_CASE(pl011_takes_a_paste),
	TEST_CASE(pl011_counts_overruns_and_drops_breaks),
	TEST_CASE(pl011_that_is_not_the_console_stays_quiet),
	TEST_CASE(pl011_is_the_console_when_stdout_is_of_no_use),
};
static const struct test_suite pl011_suite = TEST_SUITE_OF("pl011", pl011_cases);
TEST_SUITE(pl011_suite);
