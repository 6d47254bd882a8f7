/* SPDX-License-Identifier: MIT */
/*
 * lockfault: uses locks wrongly in a chosen way, for tests/boot/test_lock_check.py. Locks that are
 * slept for are played by their hooks alone. It comes into the kernel from outside the tree (EXT=).
 */
#include <arch/irq.h>
#include <kernel/mutex.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <shell/command.h>

#define WAY __attribute__((noinline, noclone)) static

/* Behind each mistake: the call chain must not lose the function to a tail call. */
#define HERE() __asm__ volatile("" ::: "memory")

static struct spinlock a, b, c;
static struct spinlock pair[2];
static struct lock_check sleeping, other;

/* Nothing but the time ends the wait for a lock that its own CPU holds. */
WAY void lock_spin(void)
{
	unsigned long state = spin_lock_irqsave(&a);

	spin_lock(&a);
	spin_unlock_irqrestore(&a, state);
}

static void sleep_in_interrupt(struct timer *timer __unused, void *arg __unused)
{
	thread_sleep(NS_PER_MS);
	HERE();
}

WAY void lock_sleep_irq(void)
{
	static struct timer timer;

	timer_init(&timer, sleep_in_interrupt, NULL);
	timer_start(&timer, time_now() + NS_PER_MS, 0, 0);
	thread_sleep(NS_PER_SEC);
}

WAY void lock_irqs_on(void)
{
	spin_lock(&a);
	spin_unlock(&a);
}

WAY void take_both(struct spinlock *first, struct spinlock *second)
{
	unsigned long state = spin_lock_irqsave(first);

	spin_lock(second);
	spin_unlock(second);
	spin_unlock_irqrestore(first, state);
}

/* Round three corners: no two of them contradict each other. */
WAY void lock_cycle(void)
{
	take_both(&a, &b);
	take_both(&b, &c);
	take_both(&a, &c);
	take_both(&c, &a);
	HERE();
}

/* Two of one class. */
WAY void lock_pair(void)
{
	spin_lock_init(&pair[0]);
	lock_check_name(&pair[0].check, "pair");
	lock_check_name(&pair[1].check, "pair");
	take_both(&pair[0], &pair[1]);
	take_both(&pair[0], &pair[1]);
	take_both(&pair[1], &pair[0]);
	HERE();
}

/* In an order that does not matter: who does not wait does not deadlock. */
WAY void lock_try(void)
{
	unsigned long state;

	take_both(&a, &b);
	state = spin_lock_irqsave(&b);
	if (spin_trylock(&a))
		spin_unlock(&a);
	spin_unlock_irqrestore(&b, state);
}

static void acquire(struct lock_check *lock)
{
	lock_check_wait(lock, LOCK_SLEEP);
	lock_check_taken(lock, LOCK_SLEEP);
}

static void drop(struct lock_check *lock)
{
	lock_check_release(lock, LOCK_SLEEP);
}

WAY void lock_sleep_order(void)
{
	acquire(&sleeping);
	acquire(&other);
	drop(&sleeping);	/* not the last one first: that is no mistake */
	drop(&other);
	acquire(&other);
	acquire(&sleeping);
	HERE();
}

WAY void lock_sleep_again(void)
{
	acquire(&sleeping);
	/* what the lock answers to these is its own business */
	lock_check_wait(&sleeping, LOCK_SLEEP);
	drop(&sleeping);
	drop(&sleeping);
}

/* Both ways, but nobody looks. */
WAY void lock_exempt(void)
{
	lock_check_exempt(&sleeping);
	acquire(&sleeping);
	acquire(&other);
	drop(&other);
	drop(&sleeping);
	acquire(&other);
	acquire(&sleeping);
	drop(&sleeping);
	drop(&other);
}

WAY void lock_sleep_spin(void)
{
	unsigned long state = spin_lock_irqsave(&a);

	acquire(&sleeping);
	spin_unlock_irqrestore(&a, state);
}

WAY void lock_sleep_masked(void)
{
	unsigned long state = arch_irq_save();

	acquire(&sleeping);
	arch_irq_restore(state);
}

static int idler(void *arg __unused)
{
	return 0;
}

static struct mutex mutex = MUTEX_INIT(mutex);

static int waiter(void *arg __unused)
{
	return mutex_lock(&mutex, TIME_NEVER);
}

/* A mutex that is not released for longer than the watchdog's patience. */
WAY void lock_hung(void)
{
	const struct thread_attr attr = { .name = "waiter", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t;

	mutex_lock(&mutex, TIME_NEVER);
	if (!thread_create(&t, &attr, waiter, NULL)) {
		thread_sleep(3 * NS_PER_SEC);
		thread_kill(t);
		thread_join(t, TIME_NEVER, NULL);
	}
	mutex_unlock(&mutex);
}

/* Alone, and with somebody waiting who is less urgent: longer than the watchdog's patience. */
WAY void lock_busy(void)
{
	const struct thread_attr attr = { .name = "idler", .sched = { .priority = 1 } };
	struct thread *t;

	time_busy_wait(2 * NS_PER_SEC);
	if (!thread_create(&t, &attr, idler, NULL)) {
		time_busy_wait(2 * NS_PER_SEC);
		thread_join(t, TIME_NEVER, NULL);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "spin", lock_spin },
	{ "sleep-irq", lock_sleep_irq },
	{ "irqs-on", lock_irqs_on },
	{ "cycle", lock_cycle },
	{ "pair", lock_pair },
	{ "try", lock_try },
	{ "sleep-order", lock_sleep_order },
	{ "sleep-again", lock_sleep_again },
	{ "sleep-spin", lock_sleep_spin },
	{ "sleep-masked", lock_sleep_masked },
	{ "exempt", lock_exempt },
	{ "busy", lock_busy },
	{ "hung", lock_hung },
};

static int lockfault_run(int argc, char **argv)
{
	(void)argc;
	lock_check_name(&a.check, "a");
	lock_check_name(&b.check, "b");
	lock_check_name(&c.check, "c");
	lock_check_name(&sleeping, "sleeping");
	lock_check_name(&other, "other");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!strcmp(ways[i].name, argv[1])) {
			ways[i].run();
			return STATUS_OK;
		}
	}
	return STATUS_USAGE;
}

static const struct command lockfault_command = {
	.name = "lockfault",
	.usage = "WAY",
	.help = "use locks wrongly",
	.run = lockfault_run,
	.min_args = 1,
	.max_args = 1,
};
COMMAND(lockfault_command);
