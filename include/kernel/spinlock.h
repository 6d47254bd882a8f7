/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks. While one is held interrupts are masked on this CPU, so that neither a handler nor
 * another thread can come in between and wait for it: that is the caller's business with the plain
 * forms, and done by the _irqsave forms. CONFIG_DEBUG_LOCKS checks that, and more
 * (<kernel/lock_check.h>). Who has waited for a lock for 10 s panics, and names its holder.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <kernel/lock_check.h>
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
	union {
		u32 holder;	/* lower half of the address of the code that took it last */
		struct lock_check check;
	};
};

#define SPIN_TICKET	(1U << 16)

#define SPINLOCK_INIT	{ { 0 }, { 0 } }

/*
 * Makes @lock one that is free. For the checker, all that are made at one place with the same words
 * between the brackets are of one class, and these words its name.
 */
#define spin_lock_init(lock) \
	do { \
		*(lock) = (struct spinlock)SPINLOCK_INIT; \
		lock_check_name(&(lock)->check, #lock); \
	} while (0)

/* The checker wants to know who takes a lock: not these functions. Else the compiler may choose. */
#ifdef CONFIG_DEBUG_LOCKS
#define spin_inline	__always_inline
#else
#define spin_inline	inline
#endif

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
static spin_inline void spin_lock_untraced(struct spinlock *lock)
{
	u32 seen;

	lock_check_wait(&lock->check, LOCK_SPIN);
	seen = atomic_add_acquire(&lock->tickets, SPIN_TICKET);
	if (unlikely(!spin_tickets_free(seen)))
		spin_wait(lock, (u16)(seen >> 16));
	lock_check_taken(&lock->check, LOCK_SPIN);
}

/* Notes who holds @lock; the checker does that by itself. */
static spin_inline void spin_lock_trace(struct spinlock *lock)
{
	if (!IS_ENABLED(CONFIG_DEBUG_LOCKS))
		lock->holder = (u32)arch_pc();
}

/* Takes @lock, waiting for it. Interrupts off. */
static spin_inline void spin_lock(struct spinlock *lock)
{
	spin_lock_untraced(lock);
	spin_lock_trace(lock);
}

/* Takes @lock when it is free: true when that worked. Interrupts off. */
static spin_inline bool spin_trylock(struct spinlock *lock)
{
	u32 seen = atomic_load_relaxed(&lock->tickets);
	bool taken = spin_tickets_free(seen) &&
		     atomic_cas_acquire(&lock->tickets, &seen, seen + SPIN_TICKET);

	if (taken) {
		lock_check_taken(&lock->check, LOCK_SPIN);
		spin_lock_trace(lock);
	}
	return taken;
}

/* Gives @lock to the next taker. The caller holds it. */
static spin_inline void spin_unlock(struct spinlock *lock)
{
	lock_check_release(&lock->check, LOCK_SPIN);
	atomic_store_release(&lock->owner, (u16)(lock->owner + 1));
	lock_check_released();
}

/* The same with interrupts masked on this CPU; the state goes back to spin_unlock_irqrestore(). */
static spin_inline unsigned long spin_lock_irqsave(struct spinlock *lock)
{
	unsigned long state = arch_irq_save();

	spin_lock(lock);
	return state;
}

static spin_inline void spin_unlock_irqrestore(struct spinlock *lock, unsigned long state)
{
	spin_unlock(lock);
	arch_irq_restore(state);
}

#endif
