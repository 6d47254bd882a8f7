/* SPDX-License-Identifier: MIT */
/* Between guard.c, guard_enter.S and trap.c. */
#ifndef ARM64_GUARD_H
#define ARM64_GUARD_H

#include <lib/types.h>

struct arch_frame;

/* guard_enter.S */
int guard_enter(int (*fn)(void *arg), void *arg, u64 *sp);
void guard_leave(u64 sp);

/*
 * For a data abort that nobody else handles, of that syndrome and address: true when it ends a
 * guarded call, with @frame changed so that it does. Interrupts off.
 */
bool guard_abort(struct arch_frame *frame, u64 esr, u64 far);

#endif
