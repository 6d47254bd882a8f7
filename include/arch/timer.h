/* SPDX-License-Identifier: MIT */
/*
 * The CPU's architected counter and its virtual timer, for the driver that finds them in the tree
 * (ARM DDI 0487, D11). Units are counter ticks. Any context; each call concerns this CPU only.
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include <lib/types.h>

/* Ticks since reset (CNTVCT_EL0), not moved ahead of earlier instructions. */
static inline u64 arch_counter(void);

/* The same, where it does not matter if the CPU reads it some instructions too early. */
static inline u64 arch_counter_early(void);

/* Ticks a second, as firmware left it in CNTFRQ_EL0; 0 where it set nothing. */
static inline u32 arch_counter_frequency(void);

/*
 * Raises the virtual timer's interrupt when the counter reaches @ticks; at once when that is
 * past.
 */
static inline void arch_timer_set(u64 ticks);

/* Takes the interrupt line down and asks for no further one. */
static inline void arch_timer_stop(void);

#include <asm/timer.h>

#endif
