/* SPDX-License-Identifier: MIT */
/*
 * Random test of all locks and messages together: threads of different urgency do random things
 * with all of them, some of which time out and some of which are cancelled by a kill. What must
 * hold is looked at all the time: nobody is where another one is, messages come in order, nothing
 * is lost. The seed goes to the log; sync.seed= on the command line repeats a run, sync.rounds=
 * changes how many steps each thread makes.
 */
#include <kernel/cmdline.h>
#include <kernel/completion.h>
#include <kernel/condition.h>
#include <kernel/event.h>
#include <kernel/message.h>
#include <kernel/rwlock.h>
#include <kernel/semaphore.h>
#include <lib/log.h>
#include <lib/string.h>

#include "test_sync.h"

#define THREADS		8
#define ROUNDS		16000	/* steps of each thread */
#define MUTEXES		4
#define UNITS		3
#define PLACES		5

struct message {
	u32 from;
	u32 number;
};

/* What a thread alone writes, and the test reads at the end. */
struct actor {
	u64 random;
	u32 sent;		/* messages */
	u32 events;		/* flags that it set */
	u32 taken;		/* flags that it took */
	int added;		/* tokens added, less tokens taken */
	struct thread *thread;
};

static struct {
	struct mutex mutex[MUTEXES];
	unsigned int inside[MUTEXES];
	struct rwlock rw;
	unsigned int readers, writers;
	struct semaphore units;
	unsigned int out;		/* units */
	struct message_queue queue;
	struct message places[PLACES];
	struct event_flags events;
	struct mutex token_lock;
	struct condition token_came;
	int tokens;
	struct completion begun;
	struct actor actors[THREADS];
	u32 received[THREADS];
	u32 failures;			/* sleeps that timed out or were cancelled */
	bool over;
} w;

static unsigned int any(struct actor *a, unsigned int limit)
{
	a->random = a->random * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(a->random >> 33) % limit;
}

/* Long, short, or over already. */
static u64 some_deadline(struct actor *a)
{
	unsigned int kind = any(a, 8);

	if (kind < 5)
		return TIME_NEVER;
	return kind == 5 ? 0 : time_now() + any(a, 30000);
}

/* True when the sleep ended well; any other end must be one that it may have. */
static bool well(int err)
{
	if (err) {
		TEST(err == -ETIMEDOUT || err == -EINTR || err == -EDEADLK);
		atomic_add_relaxed(&w.failures, 1);
	}
	return !err;
}

static void dawdle(struct actor *a)
{
	switch (any(a, 16)) {
	case 0:
		thread_sleep(any(a, 5000));
		break;
	case 1:
	case 2:
		thread_yield();
		break;
	}
}

static void use_mutexes(struct actor *a, unsigned int depth)
{
	unsigned int n = any(a, MUTEXES);

	if (!well(mutex_lock(&w.mutex[n], some_deadline(a))))
		return;
	TEST_EQ(w.inside[n]++, 0);
	dawdle(a);
	/* in any order: circles are found out */
	if (depth && any(a, 3) == 0)
		use_mutexes(a, depth - 1);
	TEST_EQ(--w.inside[n], 0);
	TEST_EQ(mutex_unlock(&w.mutex[n]), 0);
}

static void read_shared(struct actor *a)
{
	if (!well(rwlock_read(&w.rw, some_deadline(a))))
		return;
	atomic_add_relaxed(&w.readers, 1);
	TEST_EQ(atomic_load_relaxed(&w.writers), 0);
	dawdle(a);
	TEST_EQ(atomic_load_relaxed(&w.writers), 0);
	atomic_add_relaxed(&w.readers, -1U);
	TEST_EQ(rwlock_read_unlock(&w.rw), 0);
}

static void write_shared(struct actor *a)
{
	if (!well(rwlock_write(&w.rw, some_deadline(a))))
		return;
	TEST_EQ(w.writers++, 0);
	TEST_EQ(atomic_load_relaxed(&w.readers), 0);
	dawdle(a);
	TEST_EQ(atomic_load_relaxed(&w.readers), 0);
	TEST_EQ(--w.writers, 0);
	TEST_EQ(rwlock_write_unlock(&w.rw), 0);
}

static void use_unit(struct actor *a)
{
	if (!well(semaphore_take(&w.units, some_deadline(a))))
		return;
	TEST(atomic_add_relaxed(&w.out, 1) < UNITS);
	dawdle(a);
	atomic_add_relaxed(&w.out, -1U);
	TEST_EQ(semaphore_give(&w.units), 0);
}

static void send(struct actor *a)
{
	struct message m = { .from = (u32)(a - w.actors), .number = a->sent };

	if (well(message_send(&w.queue, &m, some_deadline(a))))
		a->sent++;
}

static u32 bits(u32 flags)
{
	u32 n = 0;

	for (; flags; flags &= flags - 1)
		n++;
	return n;
}

/* One flag a thread, which it sets and others take: it is set again only when it was taken. */
static void set_or_take_event(struct actor *a)
{
	u32 own = 1U << (a - w.actors), got = 0;

	if (!(event_get(&w.events) & own)) {
		a->events++;
		event_set(&w.events, own);
	} else if (well(event_wait(&w.events, ~own, EVENT_ANY | EVENT_CLEAR,
				   time_now() + any(a, 20000), &got))) {
		a->taken += bits(got);
		TEST(got && !(got & own));
	}
}

static void add_token(struct actor *a)
{
	if (!well(mutex_lock(&w.token_lock, some_deadline(a))))
		return;
	w.tokens++;
	a->added++;
	condition_signal(&w.token_came);
	TEST_EQ(mutex_unlock(&w.token_lock), 0);
}

static void take_token(struct actor *a)
{
	u64 deadline = time_now() + any(a, 20000);
	int err = mutex_lock(&w.token_lock, some_deadline(a));

	if (!well(err))
		return;
	while (!w.tokens && !err)
		err = condition_wait(&w.token_came, &w.token_lock, deadline);
	if (w.tokens) {
		w.tokens--;
		a->added--;
	} else {
		well(err);
	}
	TEST_EQ(mutex_unlock(&w.token_lock), 0);
}

static int act(void *arg)
{
	struct actor *a = arg;
	u64 rounds = ROUNDS;

	cmdline_u64("sync.rounds", &rounds);
	well(completion_wait(&w.begun, TIME_NEVER));
	for (u64 i = 0; i < rounds; i++) {
		switch (any(a, 10)) {
		case 0: case 1: use_mutexes(a, 3); break;
		case 2: read_shared(a); break;
		case 3: write_shared(a); break;
		case 4: use_unit(a); break;
		case 5: case 6: send(a); break;
		case 7: set_or_take_event(a); break;
		case 8: add_token(a); break;
		case 9: take_token(a); break;
		}
	}
	return 0;
}

/* The only one that receives: so it sees the messages in the order of the queue. */
static int receive(void *arg __unused)
{
	struct message m;
	int err;

	while (!atomic_load_acquire(&w.over)) {
		err = message_receive(&w.queue, &m, time_now() + NS_PER_MS);
		if (err) {
			TEST_EQ(err, -ETIMEDOUT);
			continue;
		}
		if (TEST(m.from < THREADS))
			TEST_EQ(m.number, w.received[m.from]++);
	}
	return 0;
}

/* Returns the one that receives: without it nobody else begins. */
static struct thread *begin(u64 seed)
{
	struct thread *receiver;

	memset(&w, 0, sizeof(w));
	for (unsigned int i = 0; i < MUTEXES; i++) {
		mutex_init(&w.mutex[i]);
		lock_check_exempt(&w.mutex[i].check);	/* -EDEADLK is an answer */
	}
	rwlock_init(&w.rw);
	TEST_EQ(semaphore_init(&w.units, UNITS, UNITS), 0);
	TEST_EQ(message_queue_init(&w.queue, w.places, sizeof(w.places[0]), PLACES), 0);
	event_init(&w.events);
	mutex_init(&w.token_lock);
	condition_init(&w.token_came);
	completion_init(&w.begun);
	receiver = test_spawn_at(12, receive, NULL);
	if (!receiver)
		return NULL;
	for (unsigned int i = 0; i < THREADS; i++) {
		w.actors[i].random = seed + i;
		w.actors[i].thread = test_spawn_at(10 + (int)(i % 4), act, &w.actors[i]);
	}
	return receiver;
}

/* Cancels sleeps of some thread again and again, until all have come to their end. */
static void kill_and_join(u64 seed)
{
	struct actor killer = { .random = ~seed };

	for (unsigned int i = 0; i < THREADS; i++) {
		struct thread *t = w.actors[i].thread;
		int err, status = -1;

		if (!t)
			continue;
		while ((err = thread_join(t, time_now() + any(&killer, 60000), &status)) ==
		       -ETIMEDOUT) {
			/* those before it are gone */
			unsigned int victim = i + any(&killer, THREADS - i);

			if (w.actors[victim].thread)
				thread_kill(w.actors[victim].thread);
		}
		TEST_EQ(err, 0);
		TEST_EQ(status, 0);
	}
}

static void check_end(void)
{
	u32 set = 0, taken = 0;
	int added = 0;

	for (unsigned int i = 0; i < MUTEXES; i++)
		TEST_EQ(mutex_destroy(&w.mutex[i]), 0);
	TEST_EQ(mutex_destroy(&w.token_lock), 0);
	TEST_EQ(rwlock_destroy(&w.rw), 0);
	TEST_EQ(semaphore_count(&w.units), UNITS);
	TEST_EQ(semaphore_destroy(&w.units), 0);
	TEST_EQ(message_count(&w.queue), 0);
	TEST_EQ(message_queue_destroy(&w.queue), 0);
	for (unsigned int i = 0; i < THREADS; i++) {
		TEST_EQ(w.received[i], w.actors[i].sent);
		set += w.actors[i].events;
		taken += w.actors[i].taken;
		added += w.actors[i].added;
	}
	TEST_EQ(set, taken + bits(event_get(&w.events)));
	TEST_EQ(added, w.tokens);
	TEST(w.failures > 100);
}

static void everything_at_random(void)
{
	u64 seed = time_now();
	struct thread *receiver;

	cmdline_u64("sync.seed", &seed);
	log_info("locks at random: sync.seed=%lu", seed);
	receiver = begin(seed);
	if (!receiver)
		return;
	completion_finish(&w.begun);
	kill_and_join(seed);
	while (message_count(&w.queue))
		thread_sleep(NS_PER_MS);
	atomic_store_release(&w.over, true);
	TEST_EQ(test_join(receiver), 0);
	check_end();
}

static const struct test_case cases[] = {
	TEST_CASE(everything_at_random),
};
static const struct test_suite sync_random_suite = TEST_SUITE_OF("sync_random", cases);
TEST_SUITE(sync_random_suite);
