/* SPDX-License-Identifier: MIT */
/* <asm/timer.h> for host tests over a machine with RAM: a nanosecond passes with each look. */
#ifndef ASM_TIMER_H
#define ASM_TIMER_H

extern u64 machine_now;

static inline u64 arch_counter(void)
{
	return machine_now++;
}

static inline u64 arch_counter_early(void)
{
	return arch_counter();
}

static inline u32 arch_counter_frequency(void)
{
	return 1000000000;
}

static inline void arch_timer_set(u64 ticks __unused)
{
}

static inline void arch_timer_stop(void)
{
}

#endif
