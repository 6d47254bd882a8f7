/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/irq.h>. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <asm/sysreg.h>

#define PSTATE_I	(1 << 7)

static inline void arch_irq_enable(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void arch_irq_disable(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline unsigned long arch_irq_save(void)
{
	unsigned long state = sysreg_read(daif);

	arch_irq_disable();
	return state;
}

static inline void arch_irq_restore(unsigned long state)
{
	sysreg_write(daif, state);
}

#define ARCH_IRQ_MASKED	((unsigned long)PSTATE_I)

static inline bool arch_irqs_masked(unsigned long state)
{
	return state & PSTATE_I;
}

static inline bool arch_irqs_disabled(void)
{
	return sysreg_read(daif) & PSTATE_I;
}

#endif
