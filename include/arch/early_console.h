/* SPDX-License-Identifier: MIT */
/*
 * The UART that boot code found before there was anything else: polled, for the words that must
 * come out when no driver has taken the console.
 */
#ifndef ARCH_EARLY_CONSOLE_H
#define ARCH_EARLY_CONSOLE_H

#include <lib/types.h>

/* Writes @len bytes, waiting for each; nothing without such a UART. Any context. */
void arch_early_write(const char *text, size_t len);

#endif
