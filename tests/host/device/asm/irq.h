/* SPDX-License-Identifier: MIT */
/*
 * <asm/irq.h> for host tests of drivers: what the model asks for is taken as soon as it is
 * unmasked.
 */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include "device/bus.h"

static inline void arch_irq_enable(void)
{
	bus_irqs_off = false;
	bus_deliver();
}

static inline void arch_irq_disable(void)
{
	bus_irqs_off = true;
}

static inline unsigned long arch_irq_save(void)
{
	bool off = bus_irqs_off;

	bus_irqs_off = true;
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
	return bus_irqs_off;
}

#endif
