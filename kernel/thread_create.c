/* SPDX-License-Identifier: MIT */
/*
 * How threads begin and end (see <kernel/thread.h>). A thread that has ended keeps its stack until
 * the CPU is off it: who joins it, or detaches it that late, waits for that; of a detached one the
 * next thread on the CPU frees it.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/timer.h>
#ifdef CONFIG_PROCESS
#include <arch/user.h>
#endif
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/stack.h>
#include <uapi/errno.h>

#include "balance.h"
#include "thread.h"

#ifdef CONFIG_PROCESS
static_assert(offsetof(struct thread, context) == 0, "entry.S finds the context at the thread");
#endif

void thread_adopt(struct thread *t, struct runqueue *rq)
{
	unsigned long state = spin_lock_irqsave(&thread_lock);

	t->rq = rq;
	t->born = arch_counter();
	t->params = (struct sched_params)SCHED_PARAMS_DEFAULT;
	t->priority = PRIORITY_DEFAULT;
	t->affinity = t == &boot_thread ? ~0UL : 1UL << rq->cpu;
	list_init(&t->wait_link);
	list_init(&t->owned);
	wait_queue_init(&t->joiners);
	t->detached = true;
	if (t != &boot_thread)
		thread_list_add(t);
	spin_unlock_irqrestore(&thread_lock, state);
}

static int check(const struct thread_attr *attr)
{
	if (attr->affinity && !(attr->affinity & cpu_online()))
		return -EINVAL;
	return sched_check_params(&attr->sched);
}

/* The thread's first steps, on its own stack. */
static __noreturn void start(void *arg)
{
	struct thread *t = arg;

	sched_begin();
	thread_exit(t->entry(t->arg));
}

static void fill(struct thread *t, const struct thread_attr *attr, void *stack,
		 int (*entry)(void *arg), void *arg)
{
	vaddr_t top = (vaddr_t)stack + STACK_SIZE;

	memset(t, 0, sizeof(*t));
	/* into zeroes; names are short, for which strlcpy() takes longer */
	for (unsigned int i = 0; i < THREAD_NAME_MAX - 1 && attr->name[i]; i++)
		t->name[i] = attr->name[i];
	t->stack = (vaddr_t)stack;
	t->stack_size = STACK_SIZE;
	t->state = THREAD_MOVING;	/* who kills it before it starts finds it awake */
	t->born = arch_counter_early();
	t->asleep_since = t->born;
	t->affinity = attr->affinity ? attr->affinity : arch_current()->affinity;
#ifdef CONFIG_SMP
	if (!(t->affinity & (t->affinity - 1)))
		t->placement = THREAD_PINNED;
#endif
	t->detached = attr->detached;
	t->entry = entry;
	t->arg = arg;
#ifdef CONFIG_FS
	t->fs = arch_current()->fs;
#endif
	list_init(&t->wait_link);
	list_init(&t->owned);
	wait_queue_init(&t->joiners);
	if (IS_ENABLED(CONFIG_STREAMS))
		thread_streams_inherit(t);
#ifdef CONFIG_PROCESS
	if (attr->user)
		top = arch_user_stack(t->stack, t);
#endif
	arch_context_init(&t->context, top, start, t);
#ifdef CONFIG_PROCESS
	arch_context_set_program(&t->context, attr->user);
#endif
}

/* Frees what nobody runs on and nobody looks for any more. */
static void discard(struct thread *t)
{
	stack_free((void *)t->stack);
	kfree(t);
}

int thread_create(struct thread **thread, const struct thread_attr *attr, int (*entry)(void *arg),
		  void *arg)
{
	struct thread *t;
	unsigned long state;
	void *stack;
	int err = check(attr);

	if (err)
		return err;
	t = kmalloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	stack = stack_alloc();
	if (!stack) {
		kfree(t);
		return -ENOMEM;
	}
	fill(t, attr, stack, entry, arg);
	state = spin_lock_irqsave(&thread_lock);
	t->rq = sched_rq();
#ifdef CONFIG_SMP
	if (t->rq->shared)
		t->rq = balance_place(t->rq, t, SCHED_NEW);
#endif
	err = sched_policy_admit(t, &attr->sched);
	if (err) {
		spin_unlock_irqrestore(&thread_lock, state);
		if (IS_ENABLED(CONFIG_STREAMS))
			thread_streams_put(t);
		discard(t);
		return err;
	}
	t->params = attr->sched;
	t->priority = (unsigned int)attr->sched.priority;
	thread_list_add(t);
	if (thread)
		*thread = t;
	/* before anybody can find it by its id, and wake it */
	sched_start(t);
	spin_unlock(&thread_lock);
	sched_irq_restore(state);
	return 0;
}

/* Forgets @t, on which no CPU runs any more. */
static void forget(struct thread *t)
{
	unsigned long state = spin_lock_irqsave(&thread_lock);

	list_del(&t->all);
	sched_policy_admit(t, NULL);
	spin_unlock_irqrestore(&thread_lock, state);
	discard(t);
}

void thread_gone(struct thread *t)
{
	bool reap = t->reap;

	/* from here on whoever joins it may free it */
	atomic_store_release(&t->on_cpu, false);
	if (reap)
		forget(t);
}

void thread_exit(int status)
{
	struct thread *t = arch_current();

	if (unlikely(t->held))
		panic("thread %s ends and holds %u locks", t->name, t->held);
	if (unlikely(t == &boot_thread))
		panic("the boot thread ends: its stack is part of the image");
	assert(list_empty(&t->owned));
	/* before anybody who waits for its end looks for the end of what it wrote */
	if (IS_ENABLED(CONFIG_STREAMS))
		thread_streams_put(t);
	spin_lock_irqsave(&t->joiners.lock);
	trace_name(t->id, t->name);
	t->status = status;
	t->reap = t->detached;
	t->on_cpu = true;
	t->ended = true;
	wait_wake_all(&t->joiners);
	spin_unlock(&t->joiners.lock);
	sched_exit();
}

/* @t has ended, and is the caller's. */
static void free_ended(struct thread *t)
{
	while (atomic_load_acquire(&t->on_cpu))
		arch_relax();
	forget(t);
}

int thread_join(struct thread *t, u64 deadline, int *status)
{
	unsigned long state;
	int err = 0;

	if (t == arch_current())
		return -EDEADLK;
	state = spin_lock_irqsave(&t->joiners.lock);
	if (t->detached || t->joining) {
		spin_unlock_irqrestore(&t->joiners.lock, state);
		return -EINVAL;
	}
	t->joining = true;
	while (!t->ended && !err) {
		err = wait_sleep(&t->joiners, state, deadline);
		state = spin_lock_irqsave(&t->joiners.lock);
	}
	if (t->ended)
		err = 0;
	else
		t->joining = false;
	spin_unlock_irqrestore(&t->joiners.lock, state);
	if (err)
		return err;
	if (status)
		*status = t->status;
	free_ended(t);
	return 0;
}

int thread_detach(struct thread *t)
{
	unsigned long state = spin_lock_irqsave(&t->joiners.lock);
	bool ended = t->ended;
	int err = t->detached || t->joining ? -EINVAL : 0;

	if (!err)
		t->detached = true;
	spin_unlock_irqrestore(&t->joiners.lock, state);
	if (!err && ended)
		free_ended(t);
	return err;
}

bool thread_killed(void)
{
	return atomic_load_relaxed(&arch_current()->killed);
}

int thread_set_params(struct thread *t, const struct sched_params *params)
{
	unsigned long state;
	int err = sched_check_params(params);

	if (err)
		return err;
	state = spin_lock_irqsave(&thread_lock);
	err = sched_set_params(t, params);
	spin_unlock(&thread_lock);
	sched_irq_restore(state);
	return err;
}

int thread_with_id(unsigned int id, int (*act)(struct thread *thread, void *arg), void *arg)
{
	unsigned long state = spin_lock_irqsave(&thread_lock);
	int result = -ESRCH;

	list_for_each (t, &thread_list, struct thread, all) {
		if (t->id == id) {
			result = act(t, arg);
			break;
		}
	}
	spin_unlock(&thread_lock);
	sched_irq_restore(state);
	return result;
}
