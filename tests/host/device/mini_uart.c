/* SPDX-License-Identifier: MIT */
/*
 * The mini UART's driver and the console against a model with its 8-byte FIFOs, which take time to
 * drain.
 */
#include "device/uart.h"

#define MU_DEPTH	8

static struct mini_model {
	u32 ier, lcr, cntl, baud;
	bool overrun;
} mu;

static bool mu_line(void)
{
	return ((mu.ier & 1) && rx_count) || ((mu.ier & 2) && !tx_count);
}

static u32 mu_read(struct model *m __unused, unsigned int offset)
{
	u32 status;

	switch (offset) {
	case 0x00:
		return rx_pop();
	case 0x08:
		return mu_line() ? 0xc0 : 0xc1;
	case 0x14:
		status = (rx_count ? 1 : 0) | (mu.overrun ? 2 : 0) |
			 (tx_count < MU_DEPTH ? 0x20 : 0);
		mu.overrun = false;
		return status;
	case 0x20:
		return mu.cntl;
	case 0x28:
		return mu.baud;
	}
	TEST(!"a register that the driver should not read");
	return 0;
}

static void mu_write(struct model *m __unused, unsigned int offset, u32 value)
{
	switch (offset) {
	case 0x00:
		TEST(tx_count < MU_DEPTH);
		tx[tx_count++] = (u8)value;
		return;
	case 0x04:
		mu.ier = value;
		return;
	case 0x0c:
		mu.lcr = value;
		return;
	case 0x20:
		mu.cntl = value;
		return;
	case 0x28:
		mu.baud = value;
		return;
	}
	TEST(!"a register that the driver should not write");
}

static bool mu_receive(u32 data)
{
	return rx_push(data, MU_DEPTH);
}

static struct model mini = {
	.base = BASE + 0x40, .size = 0x40, .read = mu_read, .write = mu_write,
};
static struct bus_node mini_node = {
	.node = { .name = "serial@7e215040", .enabled = true },
	.reg = { { BASE + 0x40, 0x40 } }, .regs = 1,
};

static void mu_machine(void)
{
	memset(&mu, 0, sizeof(mu));
	machine(&mini, mu_line, tx_shift);
}

/* The divisor that is left when firmware's was @before, with that clock and that wish. */
static u32 baud_after(u32 before, u32 hz, u32 asked)
{
	const struct bus_prop fixed[] = {
		PROP_TEXT("compatible", "fixed-clock"), PROP_CELLS("clock-frequency", hz), { 0 }
	};
	const struct bus_prop clocked[] = {
		PROP_CELLS("clocks", 1), PROP_CELLS("current-speed", asked), { 0 }
	};
	struct bus_node clock = { .node = { .name = "vpu" }, .prop = fixed };
	struct bus_node node = mini_node;

	mu_machine();
	if (hz)
		bus_known(&clock);
	mu.baud = before;
	node.prop = clocked;
	host_log_lines();
	start("bcm2835_aux", &node);
	return mu.baud;
}

static void mini_uart_has_the_rate_that_is_asked_for(void)
{
	/* 500 MHz / (8 * 542) = 115,313 baud: near enough to what is asked for */
	TEST_EQ(baud_after(541, 500000000, 115200), 541);
	TEST_EQ(host_log_lines(), 0);
	TEST_EQ(baud_after(541, 500000000, 0), 541);
	TEST_EQ(host_log_lines(), 0);
	/* the firmware has thought of another clock, or nobody has set it */
	TEST_EQ(baud_after(541, 250000000, 115200), 270);
	TEST_EQ(baud_after(0, 250000000, 9600), 3254);
	/* a bit beyond what both ends make of it, on either side */
	TEST_EQ(baud_after(556, 500000000, 115200), 542);
	TEST_EQ(baud_after(528, 500000000, 115200), 542);
	TEST_EQ(baud_after(541, 0, 9600), 541);
	TEST(strstr(host_log_last(), "clock is not known"));
	TEST_EQ(baud_after(541, 500000000, 300), 541);
	TEST(strstr(host_log_last(), "cannot give 300 baud"));
	TEST_EQ(baud_after(541, 1000000, 1000000), 541);
	TEST(strstr(host_log_last(), "cannot give"));
}

static void mini_uart_waits_for_its_clock(void)
{
	static const struct bus_prop clocked[] = { PROP_CELLS("clocks", 1), { 0 } };
	struct bus_node clock = { .node = { .name = "aux", .enabled = true } }, node = mini_node;

	mu_machine();
	bus_known(&clock);
	bus_match("bcm2835_aux", &clock);
	node.prop = clocked;
	bus_maps = 0;
	TEST_EQ(bus_probe("bcm2835_aux", &node)->error, -EPROBE_DEFER);
	TEST(!bus_interrupt_requested());
	TEST_EQ(bus_maps, 0);
}

static void mini_uart_transmits_all(void)
{
	for (u64 i = host_effort(20); i; i--) {
		mu_machine();
		transmits("bcm2835_aux", &mini_node, mu_line);
		TEST_EQ(mu.lcr & 3, 3);
		TEST_EQ(mu.cntl & 3, 3);
	}
}

static void mini_uart_takes_a_paste(void)
{
	push = mu_receive;
	tick = tx_shift;
	mu_machine();
	takes_a_paste("bcm2835_aux", &mini_node);
}

static void mini_uart_counts_overruns(void)
{
	mu_machine();
	start("bcm2835_aux", &mini_node);
	mu.overrun = true;
	console_write("x", 1);
	TEST_EQ(console_overruns(), 1);
	console_write("y", 1);
	TEST_EQ(console_overruns(), 1);
}

static const struct test_case mini_uart_cases[] = {
	TEST_CASE(mini_uart_has_the_rate_that_is_asked_for),
	TEST_CASE(mini_uart_waits_for_its_clock),
	TEST_CASE(mini_uart_transmits_all),
	TEST_CASE(mini_uart_takes_a_paste),
	TEST_CASE(mini_uart_counts_overruns),
};
static const struct test_suite mini_uart_suite = TEST_SUITE_OF("mini_uart", mini_uart_cases);
TEST_SUITE(mini_uart_suite);
