/* SPDX-License-Identifier: MIT */
/* Run queues and idle threads: of the CPU that boots, and of those that it starts. */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#include "balance.h"
#include "smp.h"
#include "thread.h"

static struct runqueue runqueue PER_CPU;

static struct thread idle_thread PER_CPU;

/* Waits for interrupts, which make threads ready. Interrupts masked. */
static __always_inline __noreturn void idle_loop(struct runqueue *rq)
{
	for (;;) {
		/* masked, so that none comes between the look and the wait */
		if (rq->resched)
			sched_preempt(rq, arch_irq_save());
#ifdef CONFIG_SMP
		else if (rq->shared && balance_pull(rq))
			continue;
#endif
		else
			arch_wait_for_interrupt();
		arch_irq_enable();
		arch_irq_disable();
	}
}

static void idle(void *arg)
{
	sched_resumed();
	idle_loop(arg);
}

/* Makes @t the idle thread of @rq, whose CPU's number is @cpu: 0 or -ENOMEM. */
static int make_idle(struct runqueue *rq, struct thread *t, unsigned int cpu)
{
	void *stack = stack_alloc();

	if (!stack)
		return -ENOMEM;
	strlcpy(t->name, "idle", sizeof(t->name));
	if (cpu)
		snprintf(t->name, sizeof(t->name), "idle/%u", cpu);
	t->stack = (vaddr_t)stack;
	t->stack_size = STACK_SIZE;
	t->rq = rq;
	t->state = THREAD_READY;
#ifdef CONFIG_SMP
	t->placement = THREAD_PINNED;
#endif
	arch_context_init(&t->context, t->stack + STACK_SIZE, idle, rq);
	lock_check_name(&rq->lock.check, "runqueue.lock");
	rq->cpu = cpu;
	rq->idle = t;
	return 0;
}

void sched_init(void)
{
	struct runqueue *rq = this_cpu(runqueue);
	struct thread *t = this_cpu(idle_thread);

	if (make_idle(rq, t, 0))
		panic("no memory for the idle thread's stack");
	rq->current = &boot_thread;
	sched_policy_init(rq);
	thread_adopt(&boot_thread, rq);
	sched_policy_admit(&boot_thread, &boot_thread.params);
	thread_adopt(t, rq);
	rq->since = boot_thread.born;
#ifdef CONFIG_SMP
	/* before there is a thread that has it masked, and goes to another CPU with that */
	arch_fiq_enable();
	rq->next = rq;
	sched_set_rank(rq, IS_ENABLED(CONFIG_SCHED_SHARES) ? sched_policy_rank(&boot_thread) : 1);
#endif
}

#ifdef CONFIG_SMP
struct runqueue *cpu_runqueue(unsigned int cpu)
{
	return per_cpu(runqueue, cpu);
}

int sched_prepare_cpu(unsigned int cpu, struct thread **idle, vaddr_t *stack_top)
{
	struct runqueue *rq = cpu_runqueue(cpu);
	struct thread *t = per_cpu(idle_thread, cpu);
	int err = make_idle(rq, t, cpu);

	if (err)
		return err;
	rq->current = t;
	thread_adopt(t, rq);
	*idle = t;
	*stack_top = t->stack + STACK_SIZE;
	return 0;
}

void sched_forget_cpu(unsigned int cpu)
{
	struct thread *t = per_cpu(idle_thread, cpu);
	unsigned long state = spin_lock_irqsave(&thread_lock);

	list_del(&t->all);
	spin_unlock_irqrestore(&thread_lock, state);
	stack_free((void *)t->stack);
}

void sched_begin_cpu(void)
{
	struct runqueue *rq = sched_rq(), *first = cpu_runqueue(0);

	sched_policy_init(rq);
	rq->since = arch_counter();
	rq->next = atomic_load_relaxed(&first->next);
	/* one that was given up may come in the same moment */
	while (!atomic_cas_release(&first->next, &rq->next, rq))
		;
	rq->shared = true;
	first->shared = true;
}

void sched_idle(void)
{
	idle_loop(sched_rq());
}
#endif
