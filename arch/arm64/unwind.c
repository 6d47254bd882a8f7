/* SPDX-License-Identifier: MIT */
/*
 * Walking frame records. Each must lie on the stack, aligned, and above the one before: so the
 * walk ends, whatever it finds.
 */
#include <arch/unwind.h>

#include <asm/frame.h>

struct record {
	vaddr_t fp;
	vaddr_t lr;
};

/* Aligned as stack pointers are, and the stack's end: what begins below that ends there. */
static bool on_stack(const struct arch_unwind *u, vaddr_t fp)
{
	return fp - u->low < u->high - u->low && !(fp & 15);
}

/* Whether entry.S has made @r: the frame around it has the same in its registers. */
static bool of_exception(const struct arch_unwind *u, const struct record *r)
{
	const struct arch_frame *f = container_of((const void *)r, struct arch_frame, record);

	return (vaddr_t)f >= u->low && f->pc == r->lr && f->regs[29] == r->fp;
}

bool arch_unwind_next(struct arch_unwind *u)
{
	const struct record *r = (const struct record *)u->fp;

	if (!on_stack(u, u->fp) || !r->lr)
		return false;
	/*
	 * The call: what follows one that never returns is another function. An interrupt was no
	 * call, and may come before a function's first instruction.
	 */
	u->pc = of_exception(u, r) ? r->lr : r->lr - 4;
	u->low = u->fp + sizeof(*r);
	u->fp = r->fp;
	return true;
}

void arch_unwind_start(struct arch_unwind *u, vaddr_t low, vaddr_t high)
{
	arch_unwind_from(u, 0, (vaddr_t)__builtin_frame_address(0), low, high);
	arch_unwind_next(u);
}
