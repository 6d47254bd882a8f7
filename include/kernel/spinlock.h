/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks. While one is held interrupts are masked on this CPU, so that neither a handler nor
 * another thread can come in between and wait for it: that is the caller's business with the plain
 * forms, and done by the _irqsave forms.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <lib/assert.h>
#include <lib/types.h>

/*
 * Ticket lock: fair, because each taker waits for its own number. Zeroed memory is an unlocked
 * lock. The lower half of the word is the ticket that holds the lock, the upper half the one that
 * the next taker draws.
 */
struct spinlock {
	union {
		u32 tickets;
		u16 owner;
	};
	u32 holder;	/* lower half of the address of the code that took it last */
};

#define SPIN_TICKET	(1U << 16)

#define SPINLOCK_INIT	{ { 0 }, 0 }

/* Waits until @ticket holds @lock. */
void spin_wait(struct spinlock *lock, u16 ticket);

/* Whether both halves are the same: nobody holds it. Two instructions. */
static inline bool spin_tickets_free(u32 tickets)
{
	return tickets == (tickets >> 16 | tickets << 16);
}

/* True when somebody holds @lock. */
static inline bool spin_is_locked(const struct spinlock *lock)
{
	return !spin_tickets_free(atomic_load_relaxed(&lock->tickets));
}

/* Takes @lock, waiting for it, and leaves no trace. For the run queues, whose holder is known. */
static inline void spin_lock_untraced(struct spinlock *lock)
{
	u32 seen = atomic_add_acquire(&lock->tickets, SPIN_TICKET);

	if (unlikely(!spin_tickets_free(seen)))
		spin_wait(lock, (u16)(seen >> 16));
}

/* Takes @lock, waiting for it. Interrupts off. */
static inline void spin_lock(struct spinlock *lock)
{
	spin_lock_untraced(lock);
	lock->holder = (u32)arch_pc();
}

/* Takes @lock when it is free: true when that worked. Interrupts off. */
static inline bool spin_trylock(struct spinlock *lock)
{
	u32 seen = atomic_load_relaxed(&lock->tickets);
	bool taken = spin_tickets_free(seen) &&
		     atomic_cas_acquire(&lock->tickets, &seen, seen + SPIN_TICKET);

	if (taken)
		lock->holder = (u32)arch_pc();
	return taken;
}

/* Gives @lock to the next taker. The caller holds it. */
static inline void spin_unlock(struct spinlock *lock)
{
	atomic_store_release(&lock->owner, (u16)(lock->owner + 1));
}

/* The same with interrupts masked on this CPU; the state goes back to spin_unlock_irqrestore(). */
static inline unsigned long spin_lock_irqsave(struct spinlock *lock)
{
	unsigned long state = arch_irq_save();

	spin_lock(lock);
	return state;
}

static inline void spin_unlock_irqrestore(struct spinlock *lock, unsigned long state)
{
	spin_unlock(lock);
	arch_irq_restore(state);
}

#endif
