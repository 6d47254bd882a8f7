/* SPDX-License-Identifier: MIT */
/* Spinlocks (see <kernel/spinlock.h>): the way of those who have to wait. */
#include <arch/sections.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/trace.h>

#define SPIN_PATIENCE	(10 * NS_PER_SEC)	/* no lock is held for a thousandth of it */

static __noreturn __cold void give_up(const struct spinlock *lock)
{
	vaddr_t holder = lock->holder;

	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		holder = lock_check_holder(&lock->check);
	else if (holder)
		holder |= (vaddr_t)section_text_start & ~0xffffffffUL;
	panic("spinlock %#lx is never released, taken by %pS", (vaddr_t)lock, (void *)holder);
}

void spin_wait(struct spinlock *lock, u16 ticket)
{
	/* the smallest images do without */
	bool patient = !IS_ENABLED(CONFIG_THREADS);
	u16 owner __unused;
	u64 end = patient ? TIME_NEVER : time_now() + SPIN_PATIENCE;

	lock_check_contended(&lock->check);
	trace_lock_wait(lock);
	while ((owner = atomic_load_acquire(&lock->owner)) != ticket) {
		if (!patient && time_now() > end)
			give_up(lock);
#ifdef CONFIG_SMP
		arch_wait_while(&lock->owner, owner);
#else
		arch_relax();
#endif
	}
	trace_lock_taken(lock);
}
