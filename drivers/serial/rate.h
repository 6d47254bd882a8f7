/* SPDX-License-Identifier: MIT */
/*
 * What the tree says of the speed of a UART, and what follows from it. Here and not in a file of
 * its own, since each driver calls it once.
 */
#ifndef SERIAL_RATE_H
#define SERIAL_RATE_H

#include <device/driver.h>

#define DEFAULT_BAUD	115200

/*
 * The baud rate that the tree asks for: the number in front of "n8" in stdout-path's options, or
 * `current-speed`; 0 when it does not ask.
 */
static inline u32 uart_baud_asked(const struct dt_node *node)
{
	const char *options;
	u32 baud = 0;

	if (dt_stdout(&options) == node && options) {
		for (; *options >= '0' && *options <= '9' && baud < 100000000; options++)
			baud = baud * 10 + (u32)(*options - '0');
	}
	if (!baud && dt_u32(node, "current-speed", 0, &baud))
		return 0;
	return baud;
}

/* The one that a UART without any gets. */
static inline u32 uart_baud(const struct dt_node *node)
{
	u32 baud = uart_baud_asked(node);

	return baud ? baud : DEFAULT_BAUD;
}

/*
 * Whether a UART that firmware left at @now baud keeps that, as far as its @clock (Hz, 0: not
 * known) tells: because nothing else is asked for, or because it is as near as both ends understand
 * each other, or because nobody knows, which is said.
 */
static inline bool uart_keeps_rate(struct device *dev, u32 clock, u64 now)
{
	u32 baud = uart_baud_asked(dev->node);

	if (baud && !clock) {
		dev_info(dev, "its clock is not known: the baud rate stays as firmware set it");
		return true;
	}
	return !baud || (now * 40 >= baud * 39UL && now * 40 <= baud * 41UL);
}

#endif
