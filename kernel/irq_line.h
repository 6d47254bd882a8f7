/* SPDX-License-Identifier: MIT */
/* Between irq.c and the files that build on it. */
#ifndef KERNEL_PRIVATE_IRQ_LINE_H
#define KERNEL_PRIVATE_IRQ_LINE_H

#include <kernel/irq.h>
#include <kernel/spinlock.h>

/* A line whose handler says so often in a row that it was not its device is turned off. */
#define UNHANDLED_MAX	100000

struct irq_shared;

/* A line that the tree names. What an interrupt touches lies together. */
struct irq_line {
	/* changed with the lock held, the line masked and no CPU at it: */
	irq_handler *handler;	/* irq_nobody: not requested */
	void *arg;
	/*
	 * by the CPU that serves it, one at a time (of a line that each CPU has, a few may be
	 * lost):
	 */
	u64 count;
	u64 unhandled;
	u32 unhandled_run;	/* without one in between that was handled */
	/* lock held: */
	u32 masked;		/* how many irq_mask() are not undone */
	struct spinlock lock;
	const char *name;
	struct irq_shared *shared;
	/* as the tree said last: */
	enum irq_trigger trigger;
	u64 longest;		/* ticks, CONFIG_IRQ_TIMING */
};

/* The handler of a line that has none. */
bool irq_nobody(void *arg);

/* The controller and the record of @irq, or NULL. */
struct irqchip *irq_chip(unsigned int irq);
struct irq_line *irq_line(unsigned int irq);

/* irq_request() with the line's lock held. */
int irq_request_locked(unsigned int irq, struct irq_line *line, irq_handler *handler, void *arg,
		       const char *name);

/* Waits until no CPU serves @irq, which is masked. The line's lock is not held. */
void irq_wait(unsigned int irq);

#endif
