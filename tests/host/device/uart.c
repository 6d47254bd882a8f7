// SPDX-License-Identifier: MIT
/*
 * The serial drivers together with the console, against models that QEMU does not offer: a PL011
 * whose FIFO takes time to drain and whose transmit interrupt is raised only on the way through
 * the trigger level, and a mini UART with an 8-byte FIFO. The other side sends as long as the
 * FIFO takes it (as with RTS), or regardless.
 */
#include <lib/test.h>

#include "device/bus.h"
#include "host.h"

/* The console remembers its device for good; here it starts anew with each machine. */
#include "../../../drivers/console.c"

#define BASE		0x09000000UL
#define PASTE		65536U
#define FIFO_MAX	16

void arch_early_write(const char *text __unused, size_t len __unused)
{
}

void time_wake_at(u64 deadline __unused)
{
}

/*
 * --- What both models have: two FIFOs, and the line to the other side
 * --------------------------------------------
 */

static u32 rx[FIFO_MAX];
static unsigned int rx_count, tx_count;
static char sent[PASTE * 2];
static size_t sent_len;
static u8 tx[FIFO_MAX];

static bool rx_push(u32 data, unsigned int depth)
{
	if (rx_count >= depth)
		return false;
	rx[rx_count++] = data;
	return true;
}

static u32 rx_pop(void)
{
	u32 data = rx[0];

	if (rx_count)
		memmove(rx, rx + 1, --rx_count * sizeof(rx[0]));
	return data;
}

/* One byte leaves on the wire. */
static void tx_shift(void)
{
	if (!tx_count)
		return;
	sent[sent_len++] = (char)tx[0];
	memmove(tx, tx + 1, --tx_count);
}

static u8 pattern(size_t i)
{
	return (u8)(i * 7 + i / 251);
}

/*
 * --- PL011 -------------------------------------------------------------------------------------
 * -------------------
 */

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

/* Another machine, and a console that knows of no device. */
static void machine(struct model *uart, bool (*line)(void), void (*tick)(void))
{
	bus_reset();
	memset(&console, 0, sizeof(console));
	bus_attach(uart);
	bus_line = line;
	bus_on_tick = tick;
	rx_count = tx_count = 0;
	sent_len = 0;
}

/* As the kernel probes it: interrupts off; then they go on. */
static struct device *start(const char *driver, struct bus_node *node)
{
	struct device *dev = bus_probe(driver, node);

	TEST_EQ(dev->error, 0);
	arch_irq_enable();
	return dev;
}

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

/*
 * Text of many lengths with pauses of many lengths: all of it goes out, in order, and the line
 * gets quiet.
 */
static void transmits(const char *driver, struct bus_node *node, bool (*line)(void))
{
	static char text[3000];
	size_t total = 0;

	start(driver, node);
	while (total + sizeof(text) < PASTE) {
		size_t len = (size_t)host_random_below(sizeof(text));
		u64 pause = host_random_below(40);

		for (size_t i = 0; i < len; i++)
			text[i] = (char)pattern(total + i);
		console_write(text, len);
		total += len;
		while (pause--)
			bus_tick();
	}
	for (unsigned int i = 0; i < 4096; i++)
		bus_tick();
	TEST_EQ(sent_len, total);
	for (size_t i = 0; i < sent_len; i++) {
		if (!TEST_EQ((u8)sent[i], pattern(i)))
			break;
	}
	TEST(!line());
	TEST(bus_interrupts > 0);
}

static void pl011_transmits_all(void)
{
	struct bus_node node = uart_node;

	for (u64 i = host_effort(20); i; i--) {
		pl_machine(PL_RESET);
		transmits("pl011", &node, pl_line);
	}
}

/* The other side of a paste: sends whenever there is room, as many bytes as fit into a while. */
static bool (*push)(u32 data);
static size_t pushed;
static void (*tick)(void);

static void paste_tick(void)
{
	for (u64 n = host_random_below(12); n && pushed < PASTE && push(pattern(pushed)); n--)
		pushed++;
	tick();
}

static void takes_a_paste(const char *driver, struct bus_node *node)
{
	bus_on_tick = paste_tick;
	pushed = 0;
	start(driver, node);
	for (size_t i = 0; i < PASTE; i++) {
		int c = console_read(TIME_NEVER);

		if (!TEST_EQ(c, pattern(i)))
			return;
		/*
		 * the reader is slow at times, so that the ring and the FIFO fill up, and answers
		 * at times
		 */
		for (u64 n = i % 1000 == 0 ? 3000 : host_random_below(2); n; n--)
			bus_tick();
		if (i % 100 == 0)
			console_write("and an answer that does not fit the FIFO", 40);
	}
	TEST_EQ(console_read(0), -ETIMEDOUT);
	TEST_EQ(console_overruns(), 0);
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
	pl.ris = 0x7ff;
	TEST_EQ(bus_probe("pl011", &node)->error, 0);
	TEST(!bus_interrupt_requested());
	TEST(!pl_line());
}

/*
 * --- Mini UART ---------------------------------------------------------------------------------
 * ---------------------
 */

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
		status = (rx_count ? 1 : 0) | (mu.overrun ? 2 : 0) | (tx_count < MU_DEPTH ? 0x20 : 0);
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

static struct model mini = { .base = BASE + 0x40, .size = 0x40, .read = mu_read, .write = mu_write };
static struct bus_node mini_node = {
	.node = { .name = "serial@7e215040", .enabled = true }, .reg = { { BASE + 0x40, 0x40 } }, .regs = 1,
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

static const struct test_case uart_cases[] = {
	TEST_CASE(pl011_off_gets_a_baud_rate),
	TEST_CASE(pl011_says_when_it_cannot_set_the_rate),
	TEST_CASE(pl011_keeps_what_firmware_set),
	TEST_CASE(pl011_keeps_what_came_early),
	TEST_CASE(pl011_transmits_all),
	TEST_CASE(pl011_takes_a_paste),
	TEST_CASE(pl011_counts_overruns_and_drops_breaks),
	TEST_CASE(pl011_that_is_not_the_console_stays_quiet),
	TEST_CASE(mini_uart_transmits_all),
	TEST_CASE(mini_uart_takes_a_paste),
	TEST_CASE(mini_uart_counts_overruns),
};
static const struct test_suite uart_suite = TEST_SUITE_OF("uart", uart_cases);
TEST_SUITE(uart_suite);
