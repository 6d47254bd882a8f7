/* SPDX-License-Identifier: MIT */
/*
 * Sequence locks: for a few words that belong together, are read often and written seldom. Readers
 * take nothing and keep nobody out; they read again when a writer came in between:
 *
 *   do {
 *           began = seqlock_read_begin(&s);
 *           ... copy the words, by atomic_load_relaxed() ...
 *   } while (seqlock_read_again(&s, began));
 *
 * What is read before that is known to belong together must not be used, followed pointers least
 * of all. The number is odd while somebody writes. Order (ARM DDI 0487, B2.3): the writer's words
 * come after the odd number by a full barrier and before the even one by a release; the reader's
 * come after its first look by an acquire, and before the second one by a barrier for loads.
 */
#ifndef KERNEL_SEQLOCK_H
#define KERNEL_SEQLOCK_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/spinlock.h>

struct seqlock {
	struct spinlock lock;	/* writers' */
	u32 sequence;
};

#define SEQLOCK_INIT	{ .lock = SPINLOCK_INIT, .sequence = 0 }

/* Waits until nobody writes, and gives the number for seqlock_read_again(). Any context. */
static inline u32 seqlock_read_begin(const struct seqlock *s)
{
	u32 sequence;

	while ((sequence = atomic_load_acquire(&s->sequence)) & 1)
		arch_relax();
	return sequence;
}

/* True when somebody has written since @began was given: the words may not belong together. */
static inline bool seqlock_read_again(const struct seqlock *s, u32 began)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return atomic_load_relaxed(&s->sequence) != began;
}

/* Keeps other writers out, and has readers wait. The state goes back to seqlock_write_end(). */
static inline unsigned long seqlock_write_begin(struct seqlock *s)
{
	unsigned long state = spin_lock_irqsave(&s->lock);

	atomic_store_relaxed(&s->sequence, s->sequence + 1);
	atomic_fence();		/* nothing of what follows is seen before the odd number */
	return state;
}

static inline void seqlock_write_end(struct seqlock *s, unsigned long state)
{
	atomic_store_release(&s->sequence, s->sequence + 1);
	spin_unlock_irqrestore(&s->lock, state);
}

#endif
