/* SPDX-License-Identifier: MIT */
/* Call chains of threads, of those that do not run from where they left the CPU. */
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/unwind.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <uapi/errno.h>

#include "thread.h"

size_t thread_chain(const struct thread *t, vaddr_t *pc, size_t max)
{
	vaddr_t end = t->stack + t->stack_size;
	struct arch_unwind u;
	size_t n = 0;

	if (t == arch_current())
		arch_unwind_start(&u, t->stack, end);
	else if (t->rq && t == t->rq->current)
		return 0;
	else
		arch_unwind_from(&u, arch_context_pc(&t->context), arch_context_fp(&t->context),
				 t->stack, end);
	do
		if (u.pc)
			pc[n++] = u.pc;
	while (n < max && arch_unwind_next(&u));
	return n;
}

struct request {
	vaddr_t *pc;
	size_t max;
};

static int answer(struct thread *t, void *arg)
{
	const struct request *r = arg;

	return (int)thread_chain(t, r->pc, r->max);
}

int thread_backtrace(unsigned int id, vaddr_t *pc, size_t max)
{
	struct request r = { pc, max };

	return thread_with_id(id, answer, &r);
}
