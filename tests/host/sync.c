/* SPDX-License-Identifier: MIT */
/*
 * Message queues and event flags on the host, against models that are as simple as can be: an
 * array of messages and of waiters in the order in which they are served. Threads are objects that
 * the test lets run: one that would sleep returns ASLEEP from its call, and is awake when its
 * result is there. Sleeps end by a wake-up, by a deadline, or by one that has passed before the
 * wake-up comes.
 */
#include <kernel/time.h>
#include <lib/test.h>

#include "host.h"

#include "../../kernel/message.c"

#define wait event_wait_for	/* the C library has another one */
#include "../../kernel/event.c"

#define ASLEEP	(-1000)
#define LATE	(-1001)	/* its deadline has come, and it has not run since */

#define THREADS	6
#define ROUNDS	200000

struct thread *sync_current;

static struct thread threads[THREADS];
static int result[THREADS];
static unsigned int when[THREADS];	/* it began to wait: a number that grows */
static unsigned int arrivals;

static unsigned int number_of(const struct thread *t)
{
	return (unsigned int)(t - threads);
}

/* The kernel's part. */
int wait_sleep(struct wait_queue *q, unsigned long state __unused, u64 deadline __unused)
{
	unsigned int n = number_of(sync_current);

	spin_unlock(&q->lock);
	list_add_tail(&q->waiters, &sync_current->wait_link);
	when[n] = ++arrivals;
	return result[n] = ASLEEP;
}

void wait_unlock(struct wait_queue *q, unsigned long state __unused)
{
	spin_unlock(&q->lock);
}

bool wait_wake(struct thread *t)
{
	bool asleep = result[number_of(t)] == ASLEEP;

	list_del(&t->wait_link);
	if (asleep)
		result[number_of(t)] = 0;
	return asleep;
}

int sched_policy_before(const struct thread *a, const struct thread *b)
{
	return a->priority > b->priority;
}

struct thread *wait_most_urgent(const struct list *waiters)
{
	struct thread *best = list_entry(waiters->next, struct thread, wait_link);

	list_for_each (t, waiters, struct thread, wait_link)
		if (sched_policy_before(t, best))
			best = t;
	return best;
}

void sched_resched(unsigned long state __unused)
{
}

static void make_threads(void)
{
	for (unsigned int i = 0; i < THREADS; i++) {
		threads[i].priority = i / 2;
		list_init(&threads[i].wait_link);
		result[i] = 0;
	}
}

/* The one that sleeps, is urgent, and came first, of those that @may; THREADS: none. */
static unsigned int next_of(bool (*may)(unsigned int n))
{
	unsigned int best = THREADS;

	for (unsigned int i = 0; i < THREADS; i++) {
		if (result[i] != ASLEEP || !may(i))
			continue;
		if (best == THREADS || threads[i].priority > threads[best].priority ||
		    (threads[i].priority == threads[best].priority && when[i] < when[best]))
			best = i;
	}
	return best;
}

/* Its deadline comes: it takes itself off the queue now, or when it runs, later. */
static void time_out(unsigned int n)
{
	if (result[n] == ASLEEP)
		result[n] = LATE;
	else if (result[n] == LATE) {
		list_del(&threads[n].wait_link);
		result[n] = -ETIMEDOUT;
	}
}

/* --- Message queues --------------------------------------------------------------------- */

static u64 in[THREADS][4], out[THREADS][4];	/* what each sends, and where it receives */
static bool sends[THREADS];
static u64 expected[THREADS];
static u64 model[16];
static unsigned int model_count;

static bool is_sender(unsigned int n)
{
	return sends[n];
}

static bool is_receiver(unsigned int n)
{
	return !sends[n];
}

/* What the queue should do before the call that does it. */
static void model_send(unsigned int capacity, u64 message)
{
	unsigned int receiver = next_of(is_receiver);

	if (receiver < THREADS)
		expected[receiver] = message;
	else if (model_count < capacity)
		model[model_count++] = message;
}

static void model_receive(unsigned int n)
{
	unsigned int sender;

	if (!model_count)
		return;
	expected[n] = model[0];
	memmove(model, model + 1, --model_count * sizeof(model[0]));
	sender = next_of(is_sender);
	if (sender < THREADS)
		model[model_count++] = in[sender][0];
}

static void fill(u64 *message, size_t size, u64 value)
{
	memset(message, 0, sizeof(in[0]));
	for (size_t i = 0; i < size / 8; i++)
		message[i] = value;
}

static bool received(unsigned int n, size_t size)
{
	for (size_t i = 0; i < size / 8; i++)
		if (out[n][i] != expected[n])
			return false;
	return true;
}

static void messages_with(unsigned int capacity, size_t size)
{
	u8 *buffer = malloc(capacity * size);	/* the sanitizer guards its ends */
	struct message_queue q;
	bool was_asleep[THREADS] = { false };
	u64 value = 0;

	make_threads();
	model_count = 0;
	TEST_EQ(message_queue_init(&q, buffer, size, capacity), 0);
	for (u64 i = host_effort(ROUNDS); i; i--) {
		unsigned int n = (unsigned int)host_random_below(THREADS);

		if (result[n] == ASLEEP || result[n] == LATE) {
			if (host_random_below(4) == 0)
				time_out(n);
			was_asleep[n] = result[n] == ASLEEP || result[n] == LATE;
			continue;
		}
		if (was_asleep[n] && !result[n] && !sends[n])
			TEST(received(n, size));
		sync_current = &threads[n];
		sends[n] = host_random_below(2);
		if (sends[n]) {
			bool room = model_count < capacity;

			fill(in[n], size, ++value);
			model_send(capacity, value);
			result[n] = message_send(&q, in[n], TIME_NEVER);
			TEST_EQ(result[n], room ? 0 : ASLEEP);
		} else {
			bool some = model_count;

			model_receive(n);
			result[n] = message_receive(&q, out[n], TIME_NEVER);
			TEST_EQ(result[n], some ? 0 : ASLEEP);
			if (!result[n])
				TEST(received(n, size));
		}
		was_asleep[n] = result[n] == ASLEEP;
		TEST_EQ(message_count(&q), model_count);
	}
	free(buffer);
}

static void messages(void)
{
	messages_with(1, 8);
	messages_with(3, 32);
	messages_with(16, 24);
}

/* --- Event flags ------------------------------------------------------------------------- */

static struct wish wishes[THREADS];
static u32 flags;

static bool is_satisfied(unsigned int n)
{
	u32 match = flags & wishes[n].mask;

	return wishes[n].how & EVENT_ALL ? match == wishes[n].mask : match != 0;
}

static u32 model_got[THREADS];

static void model_take(unsigned int n)
{
	model_got[n] = flags & wishes[n].mask;
	if (wishes[n].how & EVENT_CLEAR)
		flags &= ~wishes[n].mask;
}

/* Which threads are woken, and with what, is worked out before the kernel does it. */
static void set_flags(struct event_flags *e, u32 mask)
{
	bool woken[THREADS] = { false };
	int before[THREADS];
	unsigned int n;

	memcpy(before, result, sizeof(before));
	flags |= mask;
	while ((n = next_of(is_satisfied)) < THREADS) {
		model_take(n);
		woken[n] = true;
		result[n] = 0;
	}
	memcpy(result, before, sizeof(before));
	event_set(e, mask);
	for (n = 0; n < THREADS; n++) {
		TEST_EQ(result[n], woken[n] ? 0 : before[n]);
		if (woken[n])
			TEST_EQ(wishes[n].got, model_got[n]);
	}
}

static void events(void)
{
	struct event_flags e = EVENT_FLAGS_INIT(e);

	make_threads();
	flags = 0;
	for (u64 i = host_effort(ROUNDS); i; i--) {
		unsigned int n = (unsigned int)host_random_below(THREADS);
		u32 mask = 1U << host_random_below(6) | 1U << host_random_below(6);

		if (result[n] == ASLEEP || result[n] == LATE) {
			if (host_random_below(8) == 0)
				time_out(n);
			else if (host_random_below(2))
				set_flags(&e, mask);
		} else if (host_random_below(8) == 0) {
			event_clear(&e, mask);
			flags &= ~mask;
		} else {
			sync_current = &threads[n];
			wishes[n] = (struct wish){ mask, (unsigned int)host_random_below(4), 0 };
			if (is_satisfied(n)) {
				model_take(n);
				TEST_EQ(event_wait_for(&e, &wishes[n], true, TIME_NEVER), 0);
				TEST_EQ(wishes[n].got, model_got[n]);
				result[n] = 0;
			} else {
				TEST_EQ(event_wait_for(&e, &wishes[n], true, TIME_NEVER), ASLEEP);
			}
		}
		TEST_EQ(event_get(&e), flags);
	}
}

static const struct test_case cases[] = { TEST_CASE(messages), TEST_CASE(events) };
static const struct test_suite sync_suite = TEST_SUITE_OF("sync", cases);
TEST_SUITE(sync_suite);
