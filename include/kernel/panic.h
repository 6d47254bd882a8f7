/* SPDX-License-Identifier: MIT */
/* The end of a run: panic() itself is declared in <lib/assert.h>, for lib uses it too. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <lib/assert.h>
#include <lib/types.h>

/*
 * Says `cairn: off` or `cairn: reboot`, as the last line that the runner looks for, and does
 * it. Where no driver can, it says so and stops. Thread context.
 */
__noreturn void machine_off(void);
__noreturn void machine_reboot(void);

/*
 * As panic(), with a ready text, for those who have more to say: @more is called before the call
 * chain, logs, and takes no lock. The last line is `cairn: <kind>: <text>`; "panic" and "hang" are
 * what the runner knows.
 */
__noreturn void panic_with(const char *kind, const char *text, void (*more)(void)) __cold;

#ifdef CONFIG_SMP
struct arch_frame;

/* The same, about what was interrupted by an exception whose frame is @frame. */
__noreturn void panic_at(const char *kind, const char *text, const struct arch_frame *frame) __cold;
#endif

/* Prints the call chain of the caller, one symbolised line a level. Any context. */
void backtrace_print(void);

#endif
