/* SPDX-License-Identifier: MIT */
/*
 * Tracing: what the kernel does, as events of 16 bytes in a ring of each CPU's. The newest are
 * kept, those that they overwrite are counted as lost. The shell's `trace` starts it and prints
 * what there is, scripts/trace makes a picture of that (Documentation/tracing.md). Without
 * CONFIG_TRACE nothing is left of the calls.
 */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <arch/irq.h>
#include <lib/types.h>

/*
 * What happened, and what its value is. scripts/tracing.py reads these numbers. Thread ids take 28
 * bits, addresses of data the lower 48.
 */
enum trace_kind {
	TRACE_SWITCH = 1,	/* why (enum sched_why) << 56 | who leaves << 28 | who comes */
	TRACE_WAKE = 2,		/* why << 56 | who is ready from now on */
	TRACE_IRQ_ENTER = 3,	/* number of the interrupt whose handler is called */
	TRACE_IRQ_LEAVE = 4,	/* the same number */
	TRACE_LOCK_WAIT = 5,	/* address of the lock that is somebody else's */
	TRACE_LOCK_TAKEN = 6,	/* of the lock that was waited for and is taken now */
	TRACE_LOCK_RELEASED = 7, /* of the lock that goes to somebody who waits for it */
	TRACE_TIMER = 8,	/* address of the function that is called */
	TRACE_ALLOC = 9,	/* bytes, 65535 for more << 48 | address of the object */
	TRACE_FREE = 10,	/* address of the object */
	/* instead of the time: id of a thread that ends; value: 8 bytes of its name each */
	TRACE_NAME = 11,
	TRACE_NAME_REST = 12,
};

struct trace_event {
	u64 head;	/* ticks << 8 | kind */
	u64 value;
};

#ifdef CONFIG_TRACE

/* Since when, and how much; the counts begin anew with trace_clear(). */
struct trace_stats {
	bool on;
	u64 recorded;	/* lost ones included */
	u64 lost;
	u64 room;	/* how many the ring keeps */
};

extern bool trace_on;

/* Records and stops recording. What was recorded stays. Any context. */
void trace_start(void);
void trace_stop(void);

/* Forgets what was recorded. Not while it records. */
void trace_clear(void);

/* The figures of CPU @cpu, which runs. Any context. */
void trace_stats_get(unsigned int cpu, struct trace_stats *stats);

/*
 * Gives event number @index of CPU @cpu, which runs, from 0 at the last trace_clear() on; false
 * where there is none, or none any more. Not while it records. Any context.
 */
bool trace_read(unsigned int cpu, u64 index, struct trace_event *event);

/* Records one. Interrupts off. trace_event() asks first whether it is wanted. */
void trace_record(enum trace_kind kind, u64 value);

/* The name of the thread @id, NUL-padded to 16 bytes, which is about to end. Interrupts off. */
void trace_name(unsigned int id, const char *name);

/* Records an event, if that is on. Interrupts off. */
static inline void trace_event(enum trace_kind kind, u64 value)
{
	if (unlikely(trace_on))
		trace_record(kind, value);
}

#else

static inline void trace_name(unsigned int id __unused, const char *name __unused)
{
}

static inline void trace_event(enum trace_kind kind __unused, u64 value __unused)
{
}

#endif

/* The same, in any context. */
static inline void trace_event_irqsave(enum trace_kind kind, u64 value)
{
#ifdef CONFIG_TRACE
	if (unlikely(trace_on)) {
		unsigned long state = arch_irq_save();

		trace_record(kind, value);
		arch_irq_restore(state);
	}
#else
	trace_event(kind, value);
#endif
}

#define TRACE_ADDRESS(p)	((u64)(p) & ((1UL << 48) - 1))

/* The current thread @from gives the CPU to @to, ids, for the reason @why. Interrupts off. */
static inline void trace_switch(unsigned int from, unsigned int to, unsigned int why)
{
	trace_event(TRACE_SWITCH, (u64)why << 56 | (u64)from << 28 | to);
}

/* Thread @id is ready, for the reason @why. Interrupts off. */
static inline void trace_wake(unsigned int id, unsigned int why)
{
	trace_event(TRACE_WAKE, (u64)why << 56 | id);
}

/* The calling thread must wait for @lock; has it then; releases it to a waiter. Any context. */
static inline void trace_lock_wait(const void *lock)
{
	trace_event_irqsave(TRACE_LOCK_WAIT, TRACE_ADDRESS(lock));
}

static inline void trace_lock_taken(const void *lock)
{
	trace_event_irqsave(TRACE_LOCK_TAKEN, TRACE_ADDRESS(lock));
}

static inline void trace_lock_released(const void *lock)
{
	trace_event_irqsave(TRACE_LOCK_RELEASED, TRACE_ADDRESS(lock));
}

/* An object of the heap came, or goes; NULL is none. Any context. */
static inline void trace_alloc(const void *p, size_t size)
{
	if (IS_ENABLED(CONFIG_TRACE) && p)
		trace_event_irqsave(TRACE_ALLOC, (u64)MIN(size, 0xffffUL) << 48 | TRACE_ADDRESS(p));
}

static inline void trace_free(const void *p)
{
	trace_event_irqsave(TRACE_FREE, TRACE_ADDRESS(p));
}

#endif
