/* SPDX-License-Identifier: MIT */
/*
 * Interrupts by number. Each controller brings a run of lines; a line has a lock, a handler and
 * its counts. The root controller is asked for pending interrupts until it has none left, so
 * that one entry serves all that have come.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/upcall.h>
#include <kernel/irq.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/heap.h>
#include <uapi/errno.h>

/* A line whose handler says so often in a row that it was not its device is turned off. */
#define UNHANDLED_MAX	100000

/* A line that somebody requested. */
struct irq_line {
	struct spinlock lock;
	/* lock held: */
	irq_handler *handler;
	void *arg;
	const char *name;
	/* by the CPU that serves it, one at a time: */
	u64 count;
	u64 unhandled;
	u32 unhandled_run;	/* without one in between that was handled */
	/* as the tree said last: */
	enum irq_trigger trigger;
};

/* Written by irqchip_register() at boot, then constant, but for the entries of `lines`. */
static struct {
	struct irqchip *chips;
	struct irqchip *root;
	unsigned int total;
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
	if (chip->ops->acknowledge)
		irqs.root = chip;
	return 0;
}

unsigned int irq_count(void)
{
	return irqs.total;
}

static struct irqchip *chip_of(unsigned int irq)
{
	struct irqchip *chip = irqs.chips;

	while (chip && (irq < chip->base || irq - chip->base >= chip->lines))
		chip = chip->next;
	return chip;
}

static struct irq_line *line_of(unsigned int irq)
{
	const struct irqchip *chip = chip_of(irq);

	return chip ? atomic_load_acquire(&chip->line[irq - chip->base]) : NULL;
}

/* The line's record, made when it is first asked for; NULL when memory is out. */
static struct irq_line *line_make(struct irqchip *chip, unsigned int hw)
{
	struct irq_line *line = chip->line[hw];

	if (!line) {
		line = kzalloc(sizeof(*line));
		if (line)
			lock_check_name(&line->lock.check, "irq_line.lock");
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

int irq_request(unsigned int irq, irq_handler *handler, void *arg, const char *name)
{
	struct irqchip *chip = chip_of(irq);
	struct irq_line *line = line_of(irq);
	unsigned long state;
	int err;

	if (!line || !handler)
		return -EINVAL;
	state = spin_lock_irqsave(&line->lock);
	if (line->handler) {
		err = -EBUSY;
		goto out_unlock;
	}
	err = chip->ops->set_trigger(chip, irq - chip->base, line->trigger);
	if (err)
		goto out_unlock;
	line->handler = handler;
	line->arg = arg;
	line->name = name;
	chip->ops->unmask(chip, irq - chip->base);

out_unlock:
	spin_unlock_irqrestore(&line->lock, state);
	return err;
}

void irq_free(unsigned int irq)
{
	struct irqchip *chip = chip_of(irq);
	struct irq_line *line = line_of(irq);
	unsigned long state;

	if (!line)
		return;
	/* the handler runs with the lock held: once it is ours, it does not run */
	state = spin_lock_irqsave(&line->lock);
	chip->ops->mask(chip, irq - chip->base);
	line->handler = NULL;
	line->name = NULL;
	spin_unlock_irqrestore(&line->lock, state);
}

static void serve(struct irqchip *root, unsigned int hw)
{
	struct irq_line *line = atomic_load_acquire(&root->line[hw]);

	if (!line) {
		/* nobody asked, and it would come again and again */
		root->ops->mask(root, hw);
		atomic_add_relaxed(&spurious, 1);
		return;
	}
	spin_lock(&line->lock);
	line->count++;
	if (line->handler) {
		if (line->handler(line->arg)) {
			line->unhandled_run = 0;
		} else {
			line->unhandled++;
			if (++line->unhandled_run == UNHANDLED_MAX) {
				root->ops->mask(root, hw);
				log_err("interrupt %u (%s) is not its device's: masked",
					root->base + hw, line->name);
			}
		}
	} else {
		line->unhandled++;
		root->ops->mask(root, hw);
	}
	spin_unlock(&line->lock);
}

#ifdef CONFIG_THREADS
static void irq_enter(void)
{
	if (sched_rq())
		sched_rq()->in_irq = true;
}

static void irq_leave(void)
{
	struct runqueue *rq = sched_rq();

	if (!rq)
		return;
	rq->in_irq = false;
	if (rq->resched)
		sched_irq_exit();
}
#else
static void irq_enter(void)
{
}

static void irq_leave(void)
{
}
#endif

void irq_entry(struct arch_frame *frame)
{
	struct irqchip *root = irqs.root;
	int hw;

	(void)frame;
	irq_enter();
	if (!root)
		panic("an interrupt came, and there is no interrupt controller");
	hw = root->ops->acknowledge(root);
	if (hw < 0)
		atomic_add_relaxed(&spurious, 1);
	for (; hw >= 0; hw = root->ops->acknowledge(root)) {
		trace_event(TRACE_IRQ_ENTER, root->base + (unsigned int)hw);
		if ((unsigned int)hw < root->lines)
			serve(root, (unsigned int)hw);
		else
			atomic_add_relaxed(&spurious, 1);
		root->ops->end(root, (unsigned int)hw);
		trace_event(TRACE_IRQ_LEAVE, root->base + (unsigned int)hw);
	}
	irq_leave();
}

bool irq_stats_get(unsigned int irq, struct irq_stats *stats)
{
	struct irqchip *chip = chip_of(irq);
	struct irq_line *line = line_of(irq);

	if (!line || (!line->handler && !line->count))
		return false;
	*stats = (struct irq_stats){
		.name = line->name,
		.chip = chip->node->name,
		.hw = irq - chip->base,
		.count = line->count,
		.unhandled = line->unhandled,
		.trigger = line->trigger,
	};
	return true;
}

u64 irq_spurious(void)
{
	return atomic_load_relaxed(&spurious);
}

const struct dt_node *irq_root_node(void)
{
	return irqs.root ? irqs.root->node : NULL;
}
