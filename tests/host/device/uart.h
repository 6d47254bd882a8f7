/* SPDX-License-Identifier: MIT */
/*
 * What the tests of serial drivers have in common: the driver runs with the real console on top
 * of a model. Two FIFOs and the line to the other side, which sends as long as the FIFO takes it
 * (as with RTS); text that is sent, and a paste that is received. A model gives its FIFOs' depth
 * and its interrupt line. Included by one file a program.
 */
#ifndef HOST_DEVICE_UART_H
#define HOST_DEVICE_UART_H

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

/* There is one: waits end at their deadlines. */
const struct dt_node *time_source(void)
{
	static const struct dt_node node;

	return &node;
}

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

#endif
