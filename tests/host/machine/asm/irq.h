/* SPDX-License-Identifier: MIT */
/*
 * <asm/irq.h> for host tests over a machine with RAM: the mask, and an interrupt that comes each
 * time when it is taken away, for tests that set a handler.
 */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

extern __thread bool machine_irqs_off;
extern __thread void (*machine_interrupt)(void);

static inline void arch_irq_disable(void)
{
	machine_irqs_off = true;
}

static inline void arch_irq_enable(void)
{
	machine_irqs_off = false;
	if (machine_interrupt)
		machine_interrupt();
}

static inline unsigned long arch_irq_save(void)
{
	bool off = machine_irqs_off;

	machine_irqs_off = true;
	return off;
}

static inline void arch_irq_restore(unsigned long state)
{
	if (!state)
		arch_irq_enable();
}

static inline bool arch_irqs_masked(unsigned long state)
{
	return state;
}

static inline bool arch_irqs_disabled(void)
{
	return machine_irqs_off;
}

#endif
