/* SPDX-License-Identifier: MIT */
/* Spinlocks (see <kernel/spinlock.h>): the way of those who have to wait. */
#include <kernel/spinlock.h>

void spin_wait(struct spinlock *lock, u16 ticket)
{
	while (atomic_load_acquire(&lock->owner) != ticket)
		arch_relax();
}
