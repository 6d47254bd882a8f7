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

/* PL011 (ARM DDI 0183) */
#define UARTDR		0x00
#define UARTFR		0x18
#define UARTFR_TXFF	BIT(5)

/* 8250 family: register numbers */
#define UART_THR	0
#define UART_LSR	5
#define UART_LSR_THRE	BIT(5)

/* A UART that never gets ready must not stop the boot. */
#define READY_TRIES	1000000

static u32 reg8250_read(const struct boot_uart *u, unsigned int reg)
{
	const void *addr = (const void *)(u->addr + ((size_t)reg << u->reg_shift));

	return u->io_width == 4 ? read32(addr) : read8(addr);
}

static bool ready(const struct boot_uart *u)
{
	if (u->kind == BOOT_UART_PL011)
		return !(read32((const void *)(u->addr + UARTFR)) & UARTFR_TXFF);
	return reg8250_read(u, UART_LSR) & UART_LSR_THRE;
}

static void put(const struct boot_uart *u, char c)
{
	for (unsigned int tries = 0; tries < READY_TRIES && !ready(u); tries++)
		arch_relax();
	if (u->kind == BOOT_UART_PL011)
		write32((void *)(u->addr + UARTDR), (u8)c);
	else if (u->io_width == 4)
		write32((void *)(u->addr + ((size_t)UART_THR << u->reg_shift)), (u8)c);
	else
		write8((void *)(u->addr + ((size_t)UART_THR << u->reg_shift)), (u8)c);
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

void early_print_hex(u64 value)
{
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
	if (value) {
		early_print(" ");
		early_print_hex(*value);
	}
	early_print("\n");
	early_stop();
}
