/* SPDX-License-Identifier: MIT */
/*
 * Interrupts between CPUs (<kernel/cpu.h>). Each kind is an interrupt line of its own, of which
 * every CPU has one:
 *
 *   reschedule  look at the run queue: the end of the interrupt does it
 *   call        run the functions that others have put on this CPU's list
 *   stop        never run again
 *
 * and one that comes as FIQ, where the controller can do that, which gets through to a CPU that
 * has its interrupts masked: it says where it is, and ends the run.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/log.h>
#include <uapi/errno.h>

#include "balance.h"
#include "ipi.h"
#include "smp.h"

#define STOP_PATIENCE	(100 * NS_PER_MS)	/* on an emulator a CPU may stand still */

/* A function that another CPU wants to be called. It lies on that one's stack. */
struct call {
	struct call *next;
	void (*function)(void *arg);
	void *arg;
	bool done;
};

static struct call *calls PER_CPU;	/* pushed by any CPU, taken off all at once by this one */

static u64 stopped;	/* CPUs that have been stopped */

static void send(unsigned int cpu, enum ipi kind)
{
	struct irqchip *root = irq_root();

	root->ops->send_ipi(root, kind, cpu);
}

void cpu_kick(unsigned int cpu)
{
	send(cpu, IPI_RESCHEDULE);
}

static bool serve_reschedule(void *arg __unused)
{
	balance_look();
	return true;
}

/* Runs what is on this CPU's list. */
static void run_calls(void)
{
	struct call *c = atomic_exchange_acquire(this_cpu(calls), NULL), *next;

	for (; c; c = next) {
		/* once it is done its place is another one's */
		next = c->next;
		c->function(c->arg);
		atomic_store_release(&c->done, true);
	}
}

static bool serve_calls(void *arg __unused)
{
	run_calls();
	return true;
}

/* Puts @c on CPU @cpu's list. Interrupts off. */
static void push(unsigned int cpu, struct call *c)
{
	struct call **list = per_cpu(calls, cpu);

	c->next = atomic_load_relaxed(list);
	while (!atomic_cas_release(list, &c->next, c))
		;
	send(cpu, IPI_CALL);
}

/*
 * Takes @call back from CPU @cpu's list: true when it was there. Else that CPU has it, or somebody
 * who takes back another one and puts this one on again.
 */
static bool withdraw(unsigned int cpu, const struct call *call)
{
	unsigned long state = arch_irq_save();
	struct call *c = atomic_exchange_acquire(per_cpu(calls, cpu), NULL), *next;
	bool found = false;

	for (; c; c = next) {
		next = c->next;
		if (c == call)
			found = true;
		else
			push(cpu, c);
	}
	arch_irq_restore(state);
	return found;
}

/* Inline, since a call that may wait for ever looks at no clock. */
static __always_inline int call_on(unsigned int cpu, void (*function)(void *arg), void *arg,
				   u64 patience)
{
	struct call call = { .function = function, .arg = arg };
	unsigned long state = arch_irq_save();
	u64 end = TIME_NEVER;

	if (cpu == cpu_this()) {
		function(arg);
		arch_irq_restore(state);
		return 0;
	}
	push(cpu, &call);
	arch_irq_restore(state);
	if (patience != TIME_NEVER)
		end = time_now() + patience;
	while (!atomic_load_acquire(&call.done)) {
		/* the other one may wait for this CPU in the same way */
		if (arch_irqs_masked(state))
			run_calls();
		arch_relax();
		if (end != TIME_NEVER && time_now() >= end && withdraw(cpu, &call))
			return -ETIMEDOUT;
	}
	return 0;
}

void cpu_call(unsigned int cpu, void (*function)(void *arg), void *arg)
{
	call_on(cpu, function, arg, TIME_NEVER);
}

int cpu_call_for(unsigned int cpu, void (*function)(void *arg), void *arg, u64 patience)
{
	return call_on(cpu, function, arg, patience);
}

void cpu_others(void (*function)(void *arg), void *arg)
{
	/* it may go on on another CPU meanwhile: that one does it twice, which does no harm */
	for (u64 mask = cpu_online() & ~BIT(cpu_this()); mask; mask &= mask - 1)
		cpu_call((unsigned int)__builtin_ctzl(mask), function, arg);
}

void cpu_stop(void)
{
	arch_irq_disable();
	__atomic_fetch_or(&stopped, BIT(cpu_this()), __ATOMIC_RELEASE);
	arch_halt();
}

static bool serve_stop(void *arg __unused)
{
	cpu_stop();
}

/* What a FIQ is for: the last words of who gets it; NULL: to stop. */
static const char *last_words;

void fiq_entry(struct arch_frame *frame)
{
	struct irqchip *root = irq_root();
	const char *text = atomic_load_acquire(&last_words);

	if (!root->ops->take_fiq(root))
		exception_fatal(frame, "a fast interrupt that nobody has sent", 0);
	if (!text)
		cpu_stop();
	panic_at("hang", text, frame);
}

bool cpu_end_run_on(unsigned int cpu, const char *text)
{
	struct irqchip *root = irq_root();

	atomic_store_release(&last_words, text);
	return root->ops->send_fiq(root, cpu);
}

/* Waits until all of @cpus have stopped, and returns those that have not. */
static u64 wait_stopped(u64 cpus)
{
	u64 end = time_now() + STOP_PATIENCE, left;

	do {
		left = cpus & ~atomic_load_acquire(&stopped);
		arch_relax();
	} while (left && time_now() < end);
	return left;
}

u64 cpu_stop_others(void)
{
	unsigned long state = arch_irq_save();
	struct irqchip *root = irq_root();
	u64 others = cpu_online() & ~BIT(cpu_this()), left;

	for (u64 mask = others; mask; mask &= mask - 1)
		send((unsigned int)__builtin_ctzl(mask), IPI_STOP);
	left = wait_stopped(others);
	atomic_store_release(&last_words, NULL);
	for (u64 mask = left; mask; mask &= mask - 1)
		root->ops->send_fiq(root, (unsigned int)__builtin_ctzl(mask));
	left = left ? wait_stopped(left) : 0;
	arch_irq_restore(state);
	return left;
}

static irq_handler *const handlers[] = {
	[IPI_RESCHEDULE] = serve_reschedule,
	[IPI_CALL] = serve_calls,
	[IPI_STOP] = serve_stop,
};

static const char *const names[] = {
	[IPI_RESCHEDULE] = "reschedule",
	[IPI_CALL] = "call",
	[IPI_STOP] = "stop",
};

int ipi_init(u64 affinity)
{
	int err = irq_root()->ops->send_ipi ? irq_prepare_cpu(0, affinity) : -EOPNOTSUPP;

	for (unsigned int i = 0; i < ARRAY_SIZE(handlers) && !err; i++)
		err = irq_request_root(i, handlers[i], names[i]);
	if (err)
		log_err("%s: no interrupts between CPUs (%pe): one CPU is used",
			irq_root_node()->name, (void *)(long)err);
	return err;
}
