/* SPDX-License-Identifier: MIT */
/*
 * What the tree says of the speed of a UART. Here and not in a file of its own, since each driver
 * calls it once.
 */
#ifndef SERIAL_RATE_H
#define SERIAL_RATE_H

#include <device/fdt.h>

#define DEFAULT_BAUD	115200

/* Hz of the UART's clock when it is a fixed one, else 0. */
static inline u32 uart_clock(const struct dt_node *node)
{
	const struct dt_node *clock;
	u32 phandle, hz;

	if (dt_u32(node, "clocks", 0, &phandle))
		return 0;
	clock = dt_by_phandle(phandle);
	if (!clock || !dt_compatible(clock, "fixed-clock") ||
	    dt_u32(clock, "clock-frequency", 0, &hz))
		return 0;
	return hz;
}

/*
 * The baud rate that the tree asks for: the number in front of "n8" in stdout-path's options, or
 * `current-speed`.
 */
static inline u32 uart_baud(const struct dt_node *node)
{
	const char *options;
	u32 baud = 0;

	if (dt_stdout(&options) == node && options) {
		for (; *options >= '0' && *options <= '9' && baud < 100000000; options++)
			baud = baud * 10 + (u32)(*options - '0');
	}
	if (!baud && dt_u32(node, "current-speed", 0, &baud))
		baud = DEFAULT_BAUD;
	return baud ? baud : DEFAULT_BAUD;
}

#endif
