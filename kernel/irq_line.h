/* SPDX-License-Identifier: MIT */
/* Between irq.c and the files that build on it. */
#ifndef KERNEL_PRIVATE_IRQ_LINE_H
#define KERNEL_PRIVATE_IRQ_LINE_H

#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/spinlock.h>

/* A line whose handler says so often in a row that it was not its device is turned off. */
#define UNHANDLED_MAX	100000

struct irq_shared;

/* What happened on a line, by the CPU that took it; written by that one alone. */
struct irq_counts {
	u64 count;
	u64 handled;	/* what count was after the last one that was handled */
	u64 unhandled;
	u64 longest;	/* ticks, CONFIG_IRQ_TIMING */
};

/* A line that the tree names. What an interrupt touches lies together. */
struct irq_line {
	/* changed with the lock held, the line masked and no CPU at it: */
	irq_handler *handler;	/* irq_nobody: not requested */
	void *arg;
	/* lock held: */
	u32 masked;		/* how many irq_mask() are not undone */
	struct spinlock lock;
	const char *name;
	struct irq_shared *shared;
	/* set when it is made: */
	struct irqchip *chip;
	unsigned int hw;	/* the controller's number */
	/* as the tree said last: */
	enum irq_trigger trigger;
#ifdef CONFIG_SMP
	unsigned int cpu;	/* that it goes to */
#endif
	struct irq_counts counts[NR_CPUS];
};

/* The handler of a line that has none. */
bool irq_nobody(void *arg);

/* The record of @irq, or NULL. */
struct irq_line *irq_line(unsigned int irq);

/*
 * How many have come since the last one that was handled: less than none, where one was handled
 * between the two readings.
 */
static inline s64 irq_unhandled_run(const struct irq_counts *c)
{
	return (s64)(c->count - c->handled);
}

/* Whether @line was turned off because it was not its device's. */
bool irq_line_given_up(const struct irq_line *line);

/* irq_request() with the line's lock held. */
int irq_request_locked(struct irq_line *line, irq_handler *handler, void *arg, const char *name);

/* Masks and unmasks the line at its controller. The lock is held. */
static inline void irq_line_mask(struct irq_line *line)
{
	line->chip->ops->mask(line->chip, line->hw);
}

static inline void irq_line_unmask(struct irq_line *line)
{
	line->chip->ops->unmask(line->chip, line->hw);
}

/* Waits until no CPU serves @line, which is masked. The lock is not held. */
void irq_wait(const struct irq_line *line);

#endif
