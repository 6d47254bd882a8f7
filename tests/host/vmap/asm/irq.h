/* SPDX-License-Identifier: MIT */
/* <asm/irq.h> for the test of the vmap area: a mask and nothing behind it. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

extern bool host_irqs_off;

static inline void arch_irq_enable(void)
{
	host_irqs_off = false;
}

static inline void arch_irq_disable(void)
{
	host_irqs_off = true;
}

static inline unsigned long arch_irq_save(void)
{
	bool off = host_irqs_off;

	host_irqs_off = true;
	return off;
}

static inline void arch_irq_restore(unsigned long state)
{
	host_irqs_off = state;
}

static inline bool arch_irqs_masked(unsigned long state)
{
	return state;
}

static inline bool arch_irqs_disabled(void)
{
	return host_irqs_off;
}

#endif
