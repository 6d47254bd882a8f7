/* SPDX-License-Identifier: MIT */
/*
 * Call chains of threads, of those that do not run from where they left the CPU. Where one is that
 * runs on another CPU, only that CPU knows: it is asked, and tells what its interrupt came to.
 */
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/unwind.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <uapi/errno.h>

#include "thread.h"

/* Writes the levels from where @u is to @pc, at most @max of them. */
static size_t walk(struct arch_unwind *u, vaddr_t *pc, size_t max)
{
	size_t n = 0;

	do
		if (u->pc)
			pc[n++] = u->pc;
	while (n < max && arch_unwind_next(u));
	return n;
}

size_t thread_chain(const struct thread *t, vaddr_t *pc, size_t max)
{
	vaddr_t end = t->stack + t->stack_size;
	struct arch_unwind u;

	if (t == arch_current())
		arch_unwind_start(&u, t->stack, end);
	else if (t->rq && t == t->rq->current)
		return 0;
	else
		arch_unwind_from(&u, arch_context_pc(&t->context), arch_context_fp(&t->context),
				 t->stack, end);
	return walk(&u, pc, max);
}

struct request {
	vaddr_t *pc;
	size_t max;
#ifdef CONFIG_SMP
	unsigned int id;	/* of the thread */
	unsigned int cpu;	/* that it ran on at the last look */
	size_t levels;		/* what that CPU has written; 0: it runs another one by now */
#endif
};

static int answer(struct thread *t, void *arg)
{
	struct request *r = arg;

#ifdef CONFIG_SMP
	r->cpu = t->rq ? t->rq->cpu : 0;
#endif
	return (int)thread_chain(t, r->pc, r->max);
}

#ifdef CONFIG_SMP
#define PATIENCE	NS_PER_SEC	/* on an emulator a CPU may stand still */
#define LOOKS_MAX	8	/* at a thread that goes from CPU to CPU, or comes and goes */

/* On the CPU that is asked: its current thread, and that one's stack, stay so until the end. */
static void tell(void *arg)
{
	struct request *r = arg;
	const struct thread *t = arch_current();
	const struct arch_frame *frame = sched_rq()->irq_frame;
	struct arch_unwind u;

	if (t->id != r->id)
		return;
	/* no interrupt: the CPU itself waits for another one, and serves calls meanwhile */
	if (frame)
		arch_unwind_from(&u, arch_frame_pc(frame), arch_frame_fp(frame), t->stack,
				 t->stack + t->stack_size);
	else
		arch_unwind_start(&u, t->stack, t->stack + t->stack_size);
	r->levels = walk(&u, r->pc, r->max);
}

int thread_backtrace(unsigned int id, vaddr_t *pc, size_t max)
{
	struct request r = { .pc = pc, .max = max, .id = id };

	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		int n = thread_with_id(id, answer, &r);

		if (n)
			return n;
		/* no lock is held here: that CPU might wait for it with interrupts masked */
		n = cpu_call_for(r.cpu, tell, &r, PATIENCE);
		if (n)
			return n;
		if (r.levels)
			return (int)r.levels;
	}
	return 0;
}
#else
int thread_backtrace(unsigned int id, vaddr_t *pc, size_t max)
{
	struct request r = { pc, max };

	return thread_with_id(id, answer, &r);
}
#endif
