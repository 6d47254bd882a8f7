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
	u64 longest;			/* ns in its handler at most (CONFIG_IRQ_TIMING, else 0) */
	enum irq_trigger trigger;
	bool masked;			/* by irq_mask(), or because it was not its device's */
	bool percpu;			/* each CPU has a line of this number */
	unsigned int cpu;		/* else the one that it goes to */
};

/*
 * Runs @handler for interrupt @irq and unmasks the line. @name and @arg stay in use. Not from
 * interrupts. 0; -EINVAL for no such number; -EBUSY when it is taken.
 */
int irq_request(unsigned int irq, irq_handler *handler, void *arg, const char *name);

/*
 * Masks the line and forgets its handler. When it returns, the handler does not run any more.
 * Not from interrupts. Of a line that each CPU has, this one's.
 */
void irq_free(unsigned int irq);

/*
 * The same for a line that several devices share, all of which say so: each interrupt calls all of
 * their handlers. @arg tells them apart. Also -ENOMEM; -EBUSY when it is taken by one who does not
 * share. Thread context.
 */
int irq_request_shared(unsigned int irq, irq_handler *handler, void *arg, const char *name);
void irq_free_shared(unsigned int irq, const void *arg);

/*
 * Frees every line, shared or not, whose handler was requested with @arg: for one who cannot say
 * any more which they were. @arg is not NULL. Thread context.
 */
void irq_forget(const void *arg);

/*
 * The name of the handler number @index of a shared line, or NULL; and how often it was its device.
 */
const char *irq_shared_name(unsigned int irq, unsigned int index, u64 *count);

#ifdef CONFIG_THREADS

#define IRQ_SHARED	BIT(0)

/*
 * As irq_request(), or with IRQ_SHARED in @flags as irq_request_shared(), for a device whose
 * service takes long or has to sleep: @hard runs in the interrupt, and when it returns true, or is
 * NULL, a thread of a high priority then runs @thread. Until that has returned a level-triggered
 * line is masked; an edge that comes meanwhile has @thread run once more. Also -ENOMEM. Thread
 * context.
 */
int irq_request_threaded(unsigned int irq, irq_handler *hard, irq_handler *thread, void *arg,
			 const char *name, unsigned int flags);

/* Takes that back. When it returns neither runs. Thread context, but not @thread itself. */
void irq_free_threaded(unsigned int irq, const void *arg);

struct irq_thread_info {
	const char *name;
	unsigned int thread;		/* its id */
	u64 runs;
	u64 unhandled;			/* runs that returned false */
};

/* Tells of the thread number @index of @irq; false when there is none. Thread context. */
bool irq_thread_info(unsigned int irq, unsigned int index, struct irq_thread_info *info);

#endif

/*
 * Masks a requested line, and undoes it; pairs nest. An interrupt that is being served goes on. Of
 * a line that each CPU has, this one's. Any context.
 */
void irq_mask(unsigned int irq);
void irq_unmask(unsigned int irq);

/*
 * Makes the interrupt come once, as if its device had asked. 0, or -EINVAL for no such number. Any
 * context.
 */
int irq_raise(unsigned int irq);

/*
 * Lets a requested line that each CPU has through on this CPU, too: irq_request() does it on the
 * one that calls it. 0; -ENOENT when nobody requested it; -EINVAL when it is none of that kind.
 */
int irq_enable_percpu(unsigned int irq);

/*
 * Has the interrupts of @irq go to CPU @cpu from now on; at first they go to the one that booted.
 * 0; -EINVAL for no such number, one that each CPU has, or a CPU that does not run. Any context.
 * With CONFIG_SMP.
 */
int irq_set_cpu(unsigned int irq, unsigned int cpu);

/*
 * How many interrupt numbers exist, and what happened on one: false for one that nobody
 * requested and never came.
 */
unsigned int irq_count(void);
bool irq_stats_get(unsigned int irq, struct irq_stats *stats);

/* How often @irq was taken on CPU @cpu. Any context. */
u64 irq_taken(unsigned int irq, unsigned int cpu);

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
