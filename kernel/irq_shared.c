/* SPDX-License-Identifier: MIT */
/*
 * Lines that several devices share: all their handlers are called. And masking of a line by those
 * who have requested it. An interrupt reads the list of handlers without a lock: one is put in
 * front of it at once, and taken out while the line is masked and no CPU is at it.
 */
#include <arch/atomic.h>
#include <kernel/irq.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "irq_line.h"

struct irq_shared {
	struct irq_shared *next;
	irq_handler *handler;
	void *arg;
	const char *name;
	u64 count;		/* by the CPU that serves the line */
};

static bool serve_shared(void *arg)
{
	struct irq_line *line = arg;
	bool handled = false;

	for (struct irq_shared *s = atomic_load_acquire(&line->shared); s; s = s->next) {
		if (s->handler(s->arg)) {
			s->count++;
			handled = true;
		}
	}
	return handled;
}

int irq_request_shared(unsigned int irq, irq_handler *handler, void *arg, const char *name)
{
	struct irq_line *line = irq_line(irq);
	struct irq_shared *s;
	unsigned long state;
	int err = 0;

	if (!line || !handler)
		return -EINVAL;
	s = kzalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->handler = handler;
	s->arg = arg;
	s->name = name;
	state = spin_lock_irqsave(&line->lock);
	if (line->handler == serve_shared) {
		s->next = line->shared;
		atomic_store_release(&line->shared, s);
	} else {
		line->shared = s;
		err = irq_request_locked(line, serve_shared, line, name);
		if (err)
			line->shared = NULL;
	}
	spin_unlock_irqrestore(&line->lock, state);
	if (err)
		kfree(s);
	return err;
}

/* Takes the handler with @arg off the list. The lock is held; no CPU reads the list. */
static struct irq_shared *take_out(struct irq_line *line, const void *arg)
{
	struct irq_shared **link = &line->shared, *s;

	while ((s = *link) && s->arg != arg)
		link = &s->next;
	if (!s)
		return NULL;
	*link = s->next;
	if (!line->shared) {
		line->handler = irq_nobody;
		line->name = NULL;
	}
	return s;
}

void irq_free_shared(unsigned int irq, const void *arg)
{
	struct irq_line *line = irq_line(irq);
	struct irq_shared *s = NULL;
	unsigned long state;

	if (!line)
		return;
	irq_mask(irq);
	irq_wait(line);
	state = spin_lock_irqsave(&line->lock);
	if (line->handler == serve_shared)
		s = take_out(line, arg);
	spin_unlock_irqrestore(&line->lock, state);
	irq_unmask(irq);
	kfree(s);
}

void irq_forget(const void *arg)
{
	for (unsigned int irq = 0; irq < irq_count(); irq++) {
		const struct irq_line *line = irq_line(irq);

		if (!line || line->handler == irq_nobody)
			continue;
		if (line->handler == serve_shared)
			irq_free_shared(irq, arg);
		else if (line->arg == arg)
			irq_free(irq);
	}
}

const char *irq_shared_name(unsigned int irq, unsigned int index, u64 *count)
{
	struct irq_line *line = irq_line(irq);
	const char *name = NULL;
	struct irq_shared *s;
	unsigned long state;

	if (!line)
		return NULL;
	state = spin_lock_irqsave(&line->lock);
	for (s = line->shared; s && index; index--)
		s = s->next;
	if (s) {
		name = s->name;
		*count = s->count;
	}
	spin_unlock_irqrestore(&line->lock, state);
	return name;
}

void irq_mask(unsigned int irq)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;

	if (!line)
		return;
	state = spin_lock_irqsave(&line->lock);
	if (!line->masked++)
		irq_line_mask(line);
	spin_unlock_irqrestore(&line->lock, state);
}

void irq_unmask(unsigned int irq)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;

	if (!line)
		return;
	state = spin_lock_irqsave(&line->lock);
	if (!line->masked)
		panic("interrupt %u (%s) is unmasked, and was not masked", irq, line->name);
	/* one that is not its device's stays off */
	if (!--line->masked && line->handler != irq_nobody &&
	    !irq_line_given_up(line))
		irq_line_unmask(line);
	spin_unlock_irqrestore(&line->lock, state);
}

int irq_raise(unsigned int irq)
{
	struct irq_line *line = irq_line(irq);

	if (!line)
		return -EINVAL;
	line->chip->ops->raise(line->chip, line->hw);
	return 0;
}

int irq_enable_percpu(unsigned int irq)
{
	struct irq_line *line = irq_line(irq);
	unsigned long state;
	int err;

	if (!line || line->hw >= line->chip->percpu)
		return -EINVAL;
	state = spin_lock_irqsave(&line->lock);
	err = line->handler == irq_nobody ? -ENOENT :
					    line->chip->ops->set_trigger(line->chip, line->hw,
									 line->trigger);
	if (!err)
		irq_line_unmask(line);
	spin_unlock_irqrestore(&line->lock, state);
	return err;
}
