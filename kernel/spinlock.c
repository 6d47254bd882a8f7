/* SPDX-License-Identifier: MIT */
/* Spinlocks (see <kernel/spinlock.h>): the way of those who have to wait. */
#include <kernel/spinlock.h>
#include <kernel/trace.h>

void spin_wait(struct spinlock *lock, u16 ticket)
{
	trace_lock_wait(lock);
	while (atomic_load_acquire(&lock->owner) != ticket)
		arch_relax();
	trace_lock_taken(lock);
}
