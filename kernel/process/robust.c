/* SPDX-License-Identifier: MIT */
/*
 * Robust lists: a thread has told by set_robust_list(2) where its program keeps the futexes that it
 * holds. When it ends they are marked, so that who waits for one, or comes later, finds out.
 */
#include <arch/user.h>
#include <mm/space.h>
#include <uapi/futex.h>

#include "process.h"

/* The word of one that @tid may hold: that its owner has died, and who waits for it is woken. */
static void give_up(uaddr_t address, u32 tid, bool pending)
{
	u32 word, new, found;

	if (address & 3 || !arch_user_range_ok(address, sizeof(word)))
		return;
	for (;;) {
		if (arch_load_user(&word, address)) {
			if (user_fault_in(address, VMA_WRITE))
				return;
			continue;
		}
		/* it was given back, and perhaps nobody was woken yet */
		if (pending && !word)
			futex_wake_one(address);
		if ((word & FUTEX_TID) != tid)
			return;
		new = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
		if (arch_cas_user(address, word, new, &found)) {
			if (user_fault_in(address, VMA_WRITE))
				return;
			continue;
		}
		if (found == word)
			break;
	}
	if (word & FUTEX_WAITERS)
		futex_wake_one(address);
}

void futex_exit_robust(struct task *t)
{
	struct abi_robust_list head;
	uaddr_t at, next;

	if (copy_from_user(&head, t->robust, sizeof(head)))
		return;
	/* the lowest bit says of which kind it is: those that lend priorities there are none */
	at = head.next & ~1UL;
	for (unsigned int i = 0; i < ROBUST_LIST_MAX && at != t->robust; i++, at = next & ~1UL) {
		/* first, since whoever gets it may change it */
		if (copy_from_user(&next, at, sizeof(next)))
			return;
		if (at != (head.pending & ~1UL))
			give_up(at + (u64)head.offset, (u32)t->tid, false);
	}
	if (head.pending)
		give_up((head.pending & ~1UL) + (u64)head.offset, (u32)t->tid, true);
}
