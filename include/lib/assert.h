/* SPDX-License-Identifier: MIT */
/*
 * assert() states what a function relies on; panic() ends the run when that is broken. lib declares
 * panic because lib itself uses it; the kernel defines it, and a host test brings its own.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#include <lib/types.h>

/* Reports the formatted text, registers and a backtrace, and stops the machine. Any context. */
__noreturn void panic(const char *fmt, ...) __printf(1, 2) __cold;

#ifdef CONFIG_DEBUG_ASSERT
#define assert(cond) \
	do { \
		if (unlikely(!(cond))) \
			panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #cond); \
	} while (0)
#else
#define assert(cond)	do { (void)sizeof(!(cond)); } while (0)
#endif

#endif
