/* SPDX-License-Identifier: MIT */
/*
 * Interrupts by number. Numbers are the system's own: a driver gets one from device_irq() and
 * never computes it.
 */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include <device/irqchip.h>
#include <lib/types.h>

/*
 * Runs with interrupts off, on the CPU that took the interrupt; may not sleep. Returns true
 * when its device had asked for service.
 */
typedef bool irq_handler(void *arg);

struct irq_stats {
	const char *name;		/* who asked for it, or NULL: not requested */
	const char *chip;		/* the controller's node name */
	unsigned int hw;		/* the controller's own number */
	u64 count;			/* taken, on all CPUs */
	u64 unhandled;			/* of those, the ones whose handler found nothing to do */
	enum irq_trigger trigger;
};

/*
 * Runs @handler for interrupt @irq and unmasks the line. @name and @arg stay in use. Not from
 * interrupts. 0; -EINVAL for no such number; -EBUSY when it is taken.
 */
int irq_request(unsigned int irq, irq_handler *handler, void *arg, const char *name);

/*
 * Masks the line and forgets its handler. When it returns, the handler does not run any more.
 * Not from interrupts.
 */
void irq_free(unsigned int irq);

/*
 * How many interrupt numbers exist, and what happened on one: false for one that nobody
 * requested and never came.
 */
unsigned int irq_count(void);
bool irq_stats_get(unsigned int irq, struct irq_stats *stats);

/*
 * Turns an interrupt in the tree's words into a number: >= 0; -EPROBE_DEFER without its
 * controller; -EINVAL; -ENOMEM.
 */
int irq_from_dt(const struct dt_interrupt *irq);

/* The root controller's node, or NULL. */
const struct dt_node *irq_root_node(void);

/* Interrupts that came without a number, or on a line that nobody ever asked for. */
u64 irq_spurious(void);

#endif
