/* SPDX-License-Identifier: MIT */
/*
 * Accesses that may fault (see <arch/probe.h>): each goes on behind its instruction, with x0 still
 * NULL when it went well, and with a reason there that trap.c put in when it did not.
 */
#include <arch/probe.h>
#include <asm/exception_table.h>

#define LOAD(instruction, width) do { \
	__asm__ volatile("1:	" instruction "	%" width "1, [%2]\n2:\n" EXCEPTION_ENTRY(1b, 2b) \
			 : "+r"(why), "+&r"(loaded) : "r"(va) : "memory"); \
} while (0)

#define STORE(instruction, width) do { \
	__asm__ volatile("1:	" instruction "	%" width "1, [%2]\n2:\n" EXCEPTION_ENTRY(1b, 2b) \
			 : "+&r"(why) : "r"(value), "r"(va) : "memory"); \
} while (0)

const char *arch_probe_read(vaddr_t va, unsigned int size, u64 *value)
{
	register const char *why __asm__("x0") = NULL;
	u64 loaded = 0;

	switch (size) {
	case 1: LOAD("ldrb", "w"); break;
	case 2: LOAD("ldrh", "w"); break;
	case 4: LOAD("ldr", "w"); break;
	default: LOAD("ldr", "x");
	}
	if (!why)
		*value = loaded;
	return why;
}

const char *arch_probe_write(vaddr_t va, unsigned int size, u64 value)
{
	register const char *why __asm__("x0") = NULL;

	switch (size) {
	case 1: STORE("strb", "w"); break;
	case 2: STORE("strh", "w"); break;
	case 4: STORE("str", "w"); break;
	default: STORE("str", "x");
	}
	return why;
}
