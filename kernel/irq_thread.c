/* SPDX-License-Identifier: MIT */
/*
 * Interrupts whose service is a thread's: a handler that wakes it, and masks a line that would stay
 * up until the thread has been at its device.
 */
#include <kernel/irq.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/log.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "irq_line.h"

#define THREAD_PRIORITY	28

struct irq_thread {
	/* set when it is requested, then constant: */
	unsigned int irq;
	unsigned int flags;
	irq_handler *hard, *handler;
	void *arg;
	const char *name;
	bool level;
	struct thread *thread;
	/* list_lock held: */
	struct irq_thread *next;
	struct spinlock lock;
	/* its lock held: */
	bool pending;		/* and the line is masked, if it is level-triggered */
	bool stop;
	/* by its thread: */
	u64 runs;
	u64 unhandled;
	u32 unhandled_run;
};

static struct spinlock list_lock;
static struct irq_thread *all;	/* list_lock held */

/* Nobody but its one thread sleeps here: it is woken without a queue. The lock is held. */
static inline void wake(struct irq_thread *t)
{
	sched_wake(t->thread, 0);
}

static bool serve_threaded(void *arg)
{
	struct irq_thread *t = arg;

	if (t->hard && !t->hard(t->arg))
		return false;
	spin_lock(&t->lock);
	if (likely(!t->pending)) {
		t->pending = true;
		if (t->level)
			irq_mask(t->irq);
		wake(t);
	}
	spin_unlock(&t->lock);
	return true;
}

/* Waits for the next interrupt: false when there will be none. */
static bool next(struct irq_thread *t)
{
	unsigned long state = spin_lock_irqsave(&t->lock);
	bool found;

	/* who kills it ends one sleep, and no more: its line would stay masked */
	while (!t->pending && !t->stop) {
		sched_sleep(&t->lock, state);
		state = spin_lock_irqsave(&t->lock);
	}
	found = !t->stop;
	if (found)
		t->pending = false;
	spin_unlock_irqrestore(&t->lock, state);
	return found;
}

/* False when the line is to stay masked: it was somebody else's all the time. */
static bool judge(struct irq_thread *t, bool handled)
{
	t->runs++;
	if (handled) {
		t->unhandled_run = 0;
		return true;
	}
	t->unhandled++;
	if (++t->unhandled_run != UNHANDLED_MAX)
		return true;
	log_err("interrupt %u (%s) is not its device's: masked", t->irq, t->name);
	return false;
}

static int serve_in_thread(void *arg)
{
	struct irq_thread *t = arg;

	while (next(t))
		if (judge(t, t->handler(t->arg)) && t->level)
			irq_unmask(t->irq);
	return 0;
}

/* Ends the thread of @t, which no interrupt wakes any more, and forgets it. */
static void discard(struct irq_thread *t)
{
	unsigned long state = spin_lock_irqsave(&t->lock);

	t->stop = true;
	wake(t);
	spin_unlock(&t->lock);
	sched_irq_restore(state);
	while (thread_join(t->thread, TIME_NEVER, NULL) == -EINTR)
		;	/* the caller is to end; first it brings this to an end */
	if (t->level && (t->pending || t->unhandled_run >= UNHANDLED_MAX))
		irq_unmask(t->irq);
	kfree(t);
}

static int thread_start(struct irq_thread *t)
{
	char name[THREAD_NAME_MAX];
	struct thread_attr attr = {
		.name = name, .sched = { .priority = THREAD_PRIORITY, .nice = NICE_MIN },
		.affinity = ~0UL,
	};

	snprintf(name, sizeof(name), "irq/%s", t->name);
	return thread_create(&t->thread, &attr, serve_in_thread, t);
}

int irq_request_threaded(unsigned int irq, irq_handler *hard, irq_handler *thread, void *arg,
			 const char *name, unsigned int flags)
{
	struct irq_line *line = irq_line(irq);
	struct irq_thread *t;
	unsigned long state;
	int err;

	if (!line || !thread || flags & ~IRQ_SHARED)
		return -EINVAL;
	t = kzalloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	*t = (struct irq_thread){
		.irq = irq, .flags = flags, .hard = hard, .handler = thread, .arg = arg,
		.name = name,
		.level = line->trigger == IRQ_TRIGGER_LEVEL_HIGH ||
			 line->trigger == IRQ_TRIGGER_LEVEL_LOW,
	};
	err = thread_start(t);
	if (err) {
		kfree(t);
		return err;
	}
	err = flags & IRQ_SHARED ? irq_request_shared(irq, serve_threaded, t, name) :
				   irq_request(irq, serve_threaded, t, name);
	if (err) {
		discard(t);
		return err;
	}
	state = spin_lock_irqsave(&list_lock);
	t->next = all;
	all = t;
	spin_unlock_irqrestore(&list_lock, state);
	return 0;
}

/* Takes the one of @irq with @arg off the list, or gives NULL. */
static struct irq_thread *take(unsigned int irq, const void *arg)
{
	unsigned long state = spin_lock_irqsave(&list_lock);
	struct irq_thread **link = &all, *t;

	while ((t = *link) && !(t->irq == irq && t->arg == arg))
		link = &t->next;
	if (t)
		*link = t->next;
	spin_unlock_irqrestore(&list_lock, state);
	return t;
}

void irq_free_threaded(unsigned int irq, const void *arg)
{
	struct irq_thread *t = take(irq, arg);

	if (!t)
		return;
	if (t->flags & IRQ_SHARED)
		irq_free_shared(irq, t);
	else
		irq_free(irq);
	discard(t);
}

bool irq_thread_info(unsigned int irq, unsigned int index, struct irq_thread_info *info)
{
	unsigned long state = spin_lock_irqsave(&list_lock);
	struct irq_thread *t = all;

	while (t && (t->irq != irq || index--))
		t = t->next;
	if (t)
		*info = (struct irq_thread_info){
			.name = t->name, .thread = t->thread->id, .runs = t->runs,
			.unhandled = t->unhandled,
		};
	spin_unlock_irqrestore(&list_lock, state);
	return t;
}
