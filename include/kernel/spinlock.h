/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks. The _irqsave forms are for locks that an interrupt
 * handler takes too.
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
 * lock.
 */
struct spinlock {
	u16 next;		/* the ticket that the next taker draws */
	u16 owner;		/* the ticket that holds the lock */
};

#define SPINLOCK_INIT	{ 0 }

/* True when somebody holds @lock. */
static inline bool spin_is_locked(const struct spinlock *lock)
{
	return atomic_load_relaxed(&lock->owner) != atomic_load_relaxed(&lock->next);
}

/* Takes @lock, waiting for it. Interrupts off, or the lock is never taken in an interrupt. */
static inline void spin_lock(struct spinlock *lock)
{
	u16 ticket = atomic_add_relaxed(&lock->next, 1);

	while (atomic_load_acquire(&lock->owner) != ticket)
		arch_relax();
}

/* Takes @lock when it is free: true when that worked. */
static inline bool spin_trylock(struct spinlock *lock)
{
	u16 owner = atomic_load_relaxed(&lock->owner);

	return __atomic_compare_exchange_n(&lock->next, &owner, (u16)(owner + 1), false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
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
