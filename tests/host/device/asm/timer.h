/* SPDX-License-Identifier: MIT */
/*
 * <asm/timer.h> for host tests of drivers: what the test says CNTFRQ is, and whether the timer
 * runs.
 */
#ifndef ASM_TIMER_H
#define ASM_TIMER_H

#include "device/bus.h"

static inline u64 arch_counter(void)
{
	return bus_now;
}

static inline u64 arch_counter_early(void)
{
	return arch_counter();
}

static inline u32 arch_counter_frequency(void)
{
	return bus_cntfrq;
}

static inline void arch_timer_set(u64 ticks __unused)
{
	bus_timer_on = true;
}

static inline void arch_timer_stop(void)
{
	bus_timer_on = false;
}

#endif
