/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/timer.h>. */
#ifndef ASM_TIMER_H
#define ASM_TIMER_H

#include <asm/sysreg.h>

#define CNTV_CTL_ENABLE	(1 << 0)

static inline u64 arch_counter(void)
{
	isb();	// the counter may be read early otherwise
	return sysreg_read(cntvct_el0);
}

static inline u64 arch_counter_early(void)
{
	return sysreg_read(cntvct_el0);
}

static inline u32 arch_counter_frequency(void)
{
	return (u32)sysreg_read(cntfrq_el0);
}

static inline void arch_timer_set(u64 ticks)
{
	sysreg_write(cntv_cval_el0, ticks);
	sysreg_write(cntv_ctl_el0, CNTV_CTL_ENABLE);
	isb();	// the timer is armed before a WFI that follows
}

static inline void arch_timer_stop(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	isb();	// the line is down before the interrupt controller looks again
}

#endif
