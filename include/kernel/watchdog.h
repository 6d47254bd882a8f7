/* SPDX-License-Identifier: MIT */
/*
 * The watchdog (CONFIG_WATCHDOG): ends a run that is stuck, `cairn: hang: watchdog: ...`, with the
 * call chains of all threads. It looks from the timer's interrupt, so it finds interrupts that were
 * masked for too long when they are let in again; and with several CPUs each looks at its
 * neighbour, which finds one that never lets them in.
 */
#ifndef KERNEL_WATCHDOG_H
#define KERNEL_WATCHDOG_H

#include <lib/types.h>

#ifdef CONFIG_WATCHDOG

/* Starts to look, on this CPU. Interrupts off, once, after sched_init(). */
void watchdog_start(void);

/* The timer's interrupt came @ticks after its time, to code at @place. Interrupts off. */
void watchdog_late(u64 ticks, vaddr_t place);

#else

static inline void watchdog_start(void)
{
}

static inline void watchdog_late(u64 ticks __unused, vaddr_t place __unused)
{
}

#endif
#endif
