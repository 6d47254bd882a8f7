/* SPDX-License-Identifier: MIT */
/* The CPU's own interrupt mask (PSTATE.I). Any context. */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <lib/types.h>

/* Unmasks interrupts on this CPU. */
static inline void arch_irq_enable(void);

/* Masks interrupts on this CPU. */
static inline void arch_irq_disable(void);

/* Masks interrupts and returns the earlier state for arch_irq_restore(); pairs nest. */
static inline unsigned long arch_irq_save(void);
static inline void arch_irq_restore(unsigned long state);

/* ARCH_IRQ_MASKED: a state for arch_irqs_masked(), which says of the rest of the mask nothing. */

/* True when arch_irq_save() found interrupts masked that gave @state. */
static inline bool arch_irqs_masked(unsigned long state);

/* True when interrupts are masked. */
static inline bool arch_irqs_disabled(void);

#include <asm/irq.h>

#endif
