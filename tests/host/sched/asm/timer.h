/* SPDX-License-Identifier: MIT */
/* <asm/timer.h> for host tests of scheduler policies: the test says what time it is. */
#ifndef ASM_TIMER_H
#define ASM_TIMER_H

extern u64 sched_now;	/* ticks, each of a nanosecond */

static inline u64 arch_counter(void)
{
	return sched_now;
}

static inline u64 arch_counter_early(void)
{
	return sched_now;
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
