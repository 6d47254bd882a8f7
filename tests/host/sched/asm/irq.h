/* SPDX-License-Identifier: MIT */
/* <asm/irq.h> for host tests of scheduler policies, which are called with interrupts off. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

static inline void arch_irq_enable(void)
{
}

static inline void arch_irq_disable(void)
{
}

static inline unsigned long arch_irq_save(void)
{
	return 1;
}

static inline void arch_irq_restore(unsigned long state __unused)
{
}

static inline bool arch_irqs_masked(unsigned long state __unused)
{
	return true;
}

static inline bool arch_irqs_disabled(void)
{
	return true;
}

#endif
