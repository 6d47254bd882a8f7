/* SPDX-License-Identifier: MIT */
/*
 * Interrupts by number. Each controller brings a run of lines; a line has one handler, or, where
 * several share it, one that calls theirs (irq_shared.c).
 *
 * An interrupt takes no lock. A line's handler changes only while the line is masked and no CPU is
 * at it, which the controller itself knows: a line is active from its acknowledge to its end. One
 * entry serves one interrupt; for the next one that is pending the CPU comes in again.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "ipi.h"
#include "irq_line.h"
#include "smp.h"

/* Written by irqchip_register() at boot, then constant, but for the entries of `line`. */
static struct {
	/* the root's: */
	unsigned int (*acknowledge)(struct irqchip *root);
	struct irqchip *root;
	struct irq_line **line;
	void (*end)(struct irqchip *root, unsigned long hw);
	unsigned int lines;
	/* of all: */
	unsigned int total;
	struct irqchip *chips;
} irqs __ro_after_init;

static u64 spurious;

int irqchip_register(struct irqchip *chip)
{
	if (chip->ops->acknowledge && irqs.root)
		return -EBUSY;
	chip->line = kcalloc(chip->lines, sizeof(*chip->line));
	if (!chip->line)
		return -ENOMEM;
	chip->base = irqs.total;
	chip->next = irqs.chips;
	irqs.total += chip->lines;
	irqs.chips = chip;
	if (chip->ops->acknowledge) {
		irqs.root = chip;
		irqs.line = chip->line;
		irqs.end = chip->ops->end;
		irqs.lines = chip->lines;
		irqs.acknowledge = chip->ops->acknowledge;
	}
	return 0;
}

unsigned int irq_count(void)
{
	return irqs.total;
}

struct irq_line *irq_line(unsigned int irq)
{
	struct irqchip *chip = irqs.chips;

	while (chip && irq - chip->base >= chip->lines)
		chip = chip->next;
	return chip ? atomic_load_acquire(&chip->line[irq - chip->base]) : NULL;
}

bool irq_nobody(void *arg __unused)
{
	return false;
}

/* The line's record, made when it is first asked for; NULL when memory is out. */
static struct irq_line *line_make(struct irqchip *chip, unsigned int hw)
{
	struct irq_line *line = chip->line[hw];

	if (!line) {
		line = kzalloc(sizeof(*line));
		if (line) {
			lock_check_name(&line->lock.check, "irq_line.lock");
			line->handler = irq_nobody;
			line->chip = chip;
			line->hw = hw;
		}
		atomic_store_release(&chip->line[hw], line);
	}
	return line;
}

int irq_from_dt(const struct dt_interrupt *irq)
{
	enum irq_trigger trigger;
	struct irq_line *line;
	struct irqchip *chip;
	unsigned int hw;
	int err;

	for (chip = irqs.chips; chip && chip->node != irq->controller; chip = chip->next)
		;
	if (!chip)
		return -EPROBE_DEFER;
	err = chip->ops->translate(chip, irq->cell, irq->cells, &hw, &trigger);
	if (err || hw >= chip->lines)
		return -EINVAL;
	line = line_make(chip, hw);
	if (!line)
		return -ENOMEM;
	line->trigger = trigger;
	return (int)(chip->base + hw);
}

int irq_request_locked(struct irq_line *line, irq_handler *handler, void *arg, const char *name)
{
	int err;

	if (line->handler != irq_nobody)
		return -EBUSY;
	err = line->chip->ops->set_trigger(line->chip, line->hw, line->trigger);
	if (err)
		return err;
	line->handler = handler;
	line->arg = arg;
	line->name = name;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		line->counts[cpu].handled = line->counts[cpu].count;
	atomic_fence(); /* before any CPU takes the interrupt */
	if (!line->masked)
		irq_line_unmask(line);
	return 0;
}

int irq_request(unsigned int irq, irq_handler *handler, void *arg, const char *name)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;
	int err;

	if (!line || !handler)
		return -EINVAL;
	state = spin_lock_irqsave(&line->lock);
	err = irq_request_locked(line, handler, arg, name);
	spin_unlock_irqrestore(&line->lock, state);
	return err;
}

void irq_wait(const struct irq_line *line)
{
	while (line->chip->ops->is_active(line->chip, line->hw))
		arch_relax();
}

void irq_free(unsigned int irq)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;

	if (!line)
		return;
	/* not with the lock held: what is waited for may want it */
	state = spin_lock_irqsave(&line->lock);
	irq_line_mask(line);
	spin_unlock_irqrestore(&line->lock, state);
	irq_wait(line);
	line->name = NULL;
	atomic_store_release(&line->handler, irq_nobody);
}

/* Nobody had anything to do for the interrupt. */
static __noinline void unhandled(struct irq_line *line, struct irq_counts *c)
{
	c->count++;
	c->unhandled++;
	if (line->handler != irq_nobody) {
		s64 run = irq_unhandled_run(c);

		if (run < UNHANDLED_MAX)
			return;
		if (run == UNHANDLED_MAX)
			log_err("interrupt %u (%s) is not its device's: masked",
				line->chip->base + line->hw, line->name);
	} else {
		c->handled = c->count;
	}
	irq_line_mask(line);
}

bool irq_line_given_up(const struct irq_line *line)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		if (irq_unhandled_run(&line->counts[cpu]) >= UNHANDLED_MAX)
			return true;
	return false;
}

/* Nobody ever asked for the line, and it would come again and again. */
static __noinline void unknown(unsigned int hw)
{
	irqs.root->ops->mask(irqs.root, hw);
	atomic_add_relaxed(&spurious, 1);
}

/* @line's counts of the CPU whose run queue @rq is. */
static inline struct irq_counts *counts_of(struct irq_line *line,
					   const struct runqueue *rq __unused)
{
#ifdef CONFIG_SMP
	return &line->counts[rq->cpu];
#else
	return &line->counts[0];
#endif
}

/* Calls @line's handler, and remembers the longest time that took, where that is asked for. */
static inline bool call(struct irq_line *line, const struct runqueue *rq)
{
	struct irq_counts *c;
	u64 began, took;
	bool handled;

	if (!IS_ENABLED(CONFIG_IRQ_TIMING))
		return line->handler(line->arg);
	began = arch_counter();
	handled = line->handler(line->arg);
	took = arch_counter() - began;
	c = counts_of(line, rq);
	if (took > c->longest)
		c->longest = took;
	return handled;
}

static inline void serve(unsigned int hw, const struct runqueue *rq)
{
	struct irq_line *line = irqs.line[hw];
	struct irq_counts *c;
	bool handled;

	if (unlikely(!line)) {
		unknown(hw);
		return;
	}
	handled = call(line, rq);
	/* not before, which would be one more register to keep */
	c = counts_of(line, rq);
	if (likely(handled))
		c->handled = ++c->count;
	else
		unhandled(line, c);
}

#ifdef CONFIG_SMP
struct irqchip *irq_root(void)
{
	return irqs.root;
}

int irq_request_root(unsigned int hw, bool (*handler)(void *arg), const char *name)
{
	struct irq_line *line = line_make(irqs.root, hw);

	if (!line)
		return -ENOMEM;
	line->trigger = IRQ_TRIGGER_EDGE_RISING;
	return irq_request(irqs.root->base + hw, handler, NULL, name);
}

int irq_prepare_cpu(unsigned int cpu, u64 affinity)
{
	return irqs.root->ops->prepare_cpu(irqs.root, cpu, affinity);
}

void irq_forget_cpu(unsigned int cpu)
{
	if (irqs.root->ops->forget_cpu)
		irqs.root->ops->forget_cpu(irqs.root, cpu);
}

int irq_begin_cpu(void)
{
	struct irqchip *root = irqs.root;
	int err = root->ops->begin_cpu(root);

	for (unsigned int hw = 0; hw < root->percpu && !err; hw++)
		irq_enable_percpu(root->base + hw);
	return err;
}

int irq_set_cpu(unsigned int irq, unsigned int cpu)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;
	int err = -EINVAL;

	if (!line || line->hw < line->chip->percpu || !line->chip->ops->set_cpu ||
	    !(cpu < NR_CPUS && cpu_online() & BIT(cpu)))
		return -EINVAL;
	state = spin_lock_irqsave(&line->lock);
	err = line->chip->ops->set_cpu(line->chip, line->hw, cpu);
	if (!err)
		line->cpu = cpu;
	spin_unlock_irqrestore(&line->lock, state);
	return err;
}
#endif

void irq_entry(struct arch_frame *frame)
{
	struct runqueue *rq = sched_irq_enter(frame);
	unsigned int hw;

	assert(irqs.root);
	hw = irqs.acknowledge(irqs.root);
	if (likely(hw < irqs.lines)) {
		trace_event(TRACE_IRQ_ENTER, irqs.root->base + hw);
		serve(hw, rq);
		irqs.end(irqs.root, hw);
		trace_event(TRACE_IRQ_LEAVE, irqs.root->base + hw);
	} else {
		atomic_add_relaxed(&spurious, 1);
	}
	sched_irq_leave(rq);
}

static void add_counts(struct irq_stats *stats, const struct irq_counts *c)
{
	stats->count += c->count;
	stats->unhandled += c->unhandled;
	if (IS_ENABLED(CONFIG_IRQ_TIMING))
		stats->longest = MAX(stats->longest, time_from_ticks(c->longest));
}

bool irq_stats_get(unsigned int irq, struct irq_stats *stats)
{
	struct irq_line *line = irq_line(irq);

	if (!line)
		return false;
	*stats = (struct irq_stats){
		.name = line->name,
		.chip = line->chip->node->name,
		.hw = line->hw,
		.trigger = line->trigger,
		.masked = line->masked || irq_line_given_up(line),
		.percpu = line->hw < line->chip->percpu,
#ifdef CONFIG_SMP
		.cpu = line->cpu,
#endif
	};
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		add_counts(stats, &line->counts[cpu]);
	return line->name || stats->count;
}

u64 irq_taken(unsigned int irq, unsigned int cpu)
{
	struct irq_line *line = irq_line(irq);

	return line && cpu < NR_CPUS ? line->counts[cpu].count : 0;
}

u64 irq_spurious(void)
{
	return atomic_load_relaxed(&spurious);
}

const struct dt_node *irq_root_node(void)
{
	return irqs.root ? irqs.root->node : NULL;
}
