/* SPDX-License-Identifier: MIT */
/*
 * The mini UART's driver and the console against a model with its 8-byte FIFOs, which take time to
 * drain.
 */
#include "device/uart.h"

#define MU_DEPTH	8

static struct mini_model {
	u32 ier, lcr, cntl;
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
	TEST_CASE(mini_uart_transmits_all),
	TEST_CASE(mini_uart_takes_a_paste),
	TEST_CASE(mini_uart_counts_overruns),
};
static const struct test_suite mini_uart_suite = TEST_SUITE_OF("mini_uart", mini_uart_cases);
TEST_SUITE(mini_uart_suite);
