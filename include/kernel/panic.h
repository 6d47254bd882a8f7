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

/* Prints the call chain of the caller, one symbolised line a level. Any context. */
void backtrace_print(void);

/*
 * Who called into a part of the kernel, for its reports: the first place in the call chain, above
 * the caller of this function's caller, in a function whose name does not begin with one of @names,
 * which ends with NULL. NULL when the image has no names or no call chains. Any context.
 */
const void *backtrace_caller(const char *const *names);

#endif
