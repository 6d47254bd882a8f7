/* SPDX-License-Identifier: MIT */
/*
 * Words before there is a driver: a polled UART, of the two kinds that nearly all boards have.
 * It sends only, and leaves speed and pins as the firmware set them. The same code serves after
 * the MMU is on, when boot_info.uart.addr has become the mapping.
 */
#include "boot.h"

#include <arch/cpu.h>
#include <arch/early_console.h>
#include <arch/io.h>

/* What is written to the first register of either kind is sent. PL011 (ARM DDI 0183): */
#define UARTFR		0x18
#define UARTFR_TXFF	BIT(5)

/* 8250 family: a register's number */
#define UART_LSR	5UL
#define UART_LSR_THRE	BIT(5)

/* A UART that never gets ready must not stop the boot. */
#define READY_TRIES	1000000

static bool ready(const struct boot_uart *u)
{
	size_t reg = UART_LSR << u->reg_shift;
	u32 mask = UART_LSR_THRE, ready = UART_LSR_THRE, value;

	if (u->kind == BOOT_UART_PL011) {
		reg = UARTFR;
		mask = UARTFR_TXFF;
		ready = 0;
	}
	value = u->io_width == 4 ? read32((void *)(u->addr + reg)) : read8((void *)(u->addr + reg));
	return (value & mask) == ready;
}

static void put(const struct boot_uart *u, char c)
{
	void *data = (void *)u->addr;

	for (unsigned int tries = 0; tries < READY_TRIES && !ready(u); tries++)
		arch_relax();
	if (u->io_width == 4)
		write32(data, (u8)c);
	else
		write8(data, (u8)c);
}

void arch_early_write(const char *text, size_t len)
{
	const struct boot_uart *u = &boot_info.uart;

	if (u->kind == BOOT_UART_NONE)
		return;
	while (len--)
		put(u, *text++);
}

void early_print(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			arch_early_write("\r", 1);
		arch_early_write(text, 1);
	}
}

void early_print_hex(const char *text, u64 value)
{
	early_print(text);
	early_print("0x");
	for (int shift = 60; shift >= 0; shift -= 4) {
		char digit = (char)((value >> shift) & 0xf);

		digit += digit < 10 ? '0' : 'a' - 10;
		arch_early_write(&digit, 1);
	}
}

void early_stop(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void early_fail(const char *text, const u64 *value)
{
	early_print("\ncairn: panic: ");
	early_print(text);
	if (value)
		early_print_hex(" ", *value);
	early_print("\n");
	early_stop();
}
