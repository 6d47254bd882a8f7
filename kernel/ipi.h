/* SPDX-License-Identifier: MIT */
/* Interrupts from one CPU to another, between irq.c, ipi.c and smp.c. */
#ifndef KERNEL_PRIVATE_IPI_H
#define KERNEL_PRIVATE_IPI_H

#include <device/irqchip.h>
#include <lib/types.h>

/*
 * Makes them possible on the boot CPU, whose MPIDR affinity is @affinity, and on those that are
 * started afterwards: 0 or a negative errno, with a log line.
 */
int ipi_init(u64 affinity);

/* irq.c: the root controller's line @hw of those that each CPU has gets @handler. */
int irq_request_root(unsigned int hw, bool (*handler)(void *arg), const char *name);

/* irq.c: the root controller, or NULL. */
struct irqchip *irq_root(void);

#endif
