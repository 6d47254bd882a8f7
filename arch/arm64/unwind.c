/* SPDX-License-Identifier: MIT */
/*
 * Walking frame records. Each must lie on the stack, aligned, and above the one before: so the
 * walk ends, whatever it finds.
 */
#include <arch/unwind.h>

struct record {
	vaddr_t fp;
	vaddr_t lr;
};

static bool on_stack(const struct arch_unwind *u, vaddr_t fp)
{
	return fp >= u->low && fp <= u->high - sizeof(struct record) && !(fp & 7);
}

bool arch_unwind_next(struct arch_unwind *u)
{
	const struct record *r = (const struct record *)u->fp;

	if (u->high - u->low < sizeof(*r) || !on_stack(u, u->fp) || !r->lr)
		return false;
	/* the call: what follows one that never returns is another function */
	u->pc = r->lr - 4;
	u->low = u->fp + sizeof(*r);
	u->fp = r->fp;
	return true;
}

void arch_unwind_start(struct arch_unwind *u, vaddr_t low, vaddr_t high)
{
	arch_unwind_from(u, 0, (vaddr_t)__builtin_frame_address(0), low, high);
	arch_unwind_next(u);
}
