/* SPDX-License-Identifier: MIT */
/*
 * Interrupts by number. Each controller brings a run of lines; a line has a lock, a handler and its counts. The root controller is asked
 * for pending interrupts until it has none left, so that one entry serves all that have come.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/upcall.h>
#include <kernel/irq.h>
#include <kernel/spinlock.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/boot_mem.h>
#include <uapi/errno.h>

struct irq_line {
	struct spinlock lock;
	/* lock held: */
	irq_handler *handler;
	void *arg;
	const char *name;
	/* by the CPU that serves it, one at a time: */
	u64 count;
	u64 unhandled;
	/* set by irq_from_dt(): */
	u8 trigger;
	bool trigger_known;
};

/* Written by irqchip_register() at boot, then constant. */
static struct {
	struct irqchip *chips;
	struct irqchip *root;
	struct irq_line *lines[8];	/* one array a controller */
	unsigned int base[9];		/* their first numbers; behind the last, the total */
	unsigned int chip_count;
	u64 spurious;
} irqs;

int irqchip_register(struct irqchip *chip)
{
	unsigned int n = irqs.chip_count;

	if (chip->ops->acknowledge && irqs.root)
		return -EBUSY;
	if (n == ARRAY_SIZE(irqs.lines))
		return -ENOMEM;
	chip->base = irqs.base[n];
	chip->next = irqs.chips;
	irqs.lines[n] = boot_mem_alloc(chip->lines * sizeof(struct irq_line), 8);
	irqs.base[n + 1] = chip->base + chip->lines;
	irqs.chip_count = n + 1;
	irqs.chips = chip;
	if (chip->ops->acknowledge)
		irqs.root = chip;
	return 0;
}

unsigned int irq_count(void)
{
	return irqs.base[irqs.chip_count];
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
	for (unsigned int n = 0; n < irqs.chip_count; n++)
		if (irq < irqs.base[n + 1])
			return &irqs.lines[n][irq - irqs.base[n]];
	return NULL;
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
	line = line_of(chip->base + hw);
	line->trigger = (u8)trigger;
	line->trigger_known = true;
	return (int)(chip->base + hw);
}

int irq_request(unsigned int irq, irq_handler *handler, void *arg, const char *name)
{
	struct irqchip *chip = chip_of(irq);
	struct irq_line *line = line_of(irq);
	unsigned long state;
	int err = 0;

	if (!chip || !handler)
		return -EINVAL;
	state = spin_lock_irqsave(&line->lock);
	if (line->handler) {
		err = -EBUSY;
		goto out_unlock;
	}
	if (line->trigger_known)
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

	if (!chip)
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
	struct irq_line *line = line_of(root->base + hw);

	spin_lock(&line->lock);
	line->count++;
	if (line->handler) {
		if (!line->handler(line->arg))
			line->unhandled++;
	} else {
		/* nobody asked: it would come again and again */
		line->unhandled++;
		root->ops->mask(root, hw);
	}
	spin_unlock(&line->lock);
}

void irq_entry(struct arch_frame *frame)
{
	struct irqchip *root = irqs.root;
	int hw;

	(void)frame;
	if (!root)
		panic("an interrupt came, and there is no interrupt controller");
	hw = root->ops->acknowledge(root);
	if (hw < 0)
		atomic_add_relaxed(&irqs.spurious, 1);
	for (; hw >= 0; hw = root->ops->acknowledge(root)) {
		if ((unsigned int)hw < root->lines)
			serve(root, (unsigned int)hw);
		root->ops->end(root, (unsigned int)hw);
	}
}

bool irq_stats_get(unsigned int irq, struct irq_stats *stats)
{
	struct irqchip *chip = chip_of(irq);
	struct irq_line *line = line_of(irq);

	if (!chip || (!line->handler && !line->count))
		return false;
	*stats = (struct irq_stats){
		.name = line->name, .chip = chip->node->name, .hw = irq - chip->base, .count = line->count,
		.unhandled = line->unhandled, .trigger = line->trigger,
	};
	return true;
}

u64 irq_spurious(void)
{
	return atomic_load_relaxed(&irqs.spurious);
}

const struct dt_node *irq_root_node(void)
{
	return irqs.root ? irqs.root->node : NULL;
}
