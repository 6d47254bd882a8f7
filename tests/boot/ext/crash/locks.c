/* SPDX-License-Identifier: MIT */
/* misuse: uses a lock as nobody may, for tests/boot/test_locks.py, which reads the panic. */
#include <arch/irq.h>
#include <kernel/condition.h>
#include <kernel/message.h>
#include <kernel/mutex.h>
#include <kernel/rwlock.h>
#include <kernel/semaphore.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <shell/command.h>

static struct semaphore none = SEMAPHORE_INIT(none, 0, 1);
static struct mutex mutex = MUTEX_INIT(mutex);
static struct rwlock rwlock = RWLOCK_INIT(rwlock);
static struct condition condition = CONDITION_INIT(condition);
static struct message_queue queue;
static u32 buffer[4];

static void take_none(void)
{
	semaphore_take(&none, TIME_NEVER);
}

/* It is free: nobody would have to sleep. */
static void lock_mutex(void)
{
	mutex_lock(&mutex, TIME_NEVER);
}

static void try_mutex(void)
{
	mutex_try_lock(&mutex);
}

static void lock_rwlock(void)
{
	rwlock_read(&rwlock, TIME_NEVER);
}

static void wait_for_condition(void)
{
	condition_wait(&condition, &mutex, TIME_NEVER);
}

static void receive(void)
{
	u32 message;

	message_receive(&queue, &message, TIME_NEVER);
}

static void ended_mutex(void)
{
	mutex_destroy(&mutex);
	mutex_lock(&mutex, TIME_NEVER);
}

static void ended_rwlock(void)
{
	rwlock_destroy(&rwlock);
	rwlock_write(&rwlock, TIME_NEVER);
}

static void ended_semaphore(void)
{
	semaphore_destroy(&none);
	semaphore_give(&none);
}

static void ended_queue(void)
{
	message_queue_destroy(&queue);
	message_try_send(&queue, buffer);
}

static int careless(void *arg __unused)
{
	return mutex_lock(&mutex, TIME_NEVER);
}

static void held_at_end(void)
{
	const struct thread_attr attr = { .name = "careless", .sched = SCHED_PARAMS_DEFAULT };
	struct thread *t;

	if (!thread_create(&t, &attr, careless, NULL))
		thread_join(t, TIME_NEVER, NULL);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "take", take_none },
	{ "lock", lock_mutex },
	{ "try", try_mutex },
	{ "read", lock_rwlock },
	{ "condition", wait_for_condition },
	{ "receive", receive },
	{ "ended-mutex", ended_mutex },
	{ "ended-rwlock", ended_rwlock },
	{ "ended-semaphore", ended_semaphore },
	{ "ended-queue", ended_queue },
	{ "held-at-end", held_at_end },
};

static void in_interrupt(struct timer *timer __unused, void *arg)
{
	((void (*)(void))(uintptr_t)arg)();
}

static int misuse_run(int argc, char **argv)
{
	static struct timer timer;

	message_queue_init(&queue, buffer, sizeof(buffer[0]), ARRAY_SIZE(buffer));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (strcmp(ways[i].name, argv[1]))
			continue;
		if (argc > 2 && !strcmp(argv[2], "interrupt")) {
			timer_init(&timer, in_interrupt, (void *)(uintptr_t)ways[i].run);
			timer_start(&timer, 0, 0, 0);
			thread_sleep(NS_PER_MS);
		} else {
			if (argc > 2)
				arch_irq_disable();
			ways[i].run();
		}
	}
	return STATUS_USAGE;
}

static const struct command misuse_command = {
	.name = "misuse",
	.usage = "WAY [interrupt|masked]",
	.help = "use a lock as nobody may",
	.run = misuse_run,
	.min_args = 1,
	.max_args = 2,
};
COMMAND(misuse_command);
