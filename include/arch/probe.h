/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores at addresses that may not be there: a fault is an answer, not a panic. Each is
 * one instruction, which the exception table names; also right for device registers. With
 * CONFIG_EXCEPTION_TABLE. An abort that a bus reports late, as an SError, is still a panic.
 */
#ifndef ARCH_PROBE_H
#define ARCH_PROBE_H

#include <lib/types.h>

/*
 * Loads @size bytes (1, 2, 4 or 8) at @va, a multiple of @size, into *@value. NULL; or why it
 * faulted, in a few words that stay, and *@value is untouched. Any context.
 */
const char *arch_probe_read(vaddr_t va, unsigned int size, u64 *value);

/* Stores the lower @size bytes of @value at @va, likewise. */
const char *arch_probe_write(vaddr_t va, unsigned int size, u64 value);

#endif
