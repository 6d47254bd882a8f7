/* SPDX-License-Identifier: MIT */
/*
 * Message queues (see <kernel/message.h>): a ring of places. Receivers wait only while it is empty
 * and senders only while it is full, so one wait queue serves both. Copies to and from a waiter's
 * buffer are made before it is woken, while it cannot go away; if it turns out to be awake already,
 * by its deadline or by a kill, the copy is as good as not made.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <kernel/message.h>
#include <kernel/sched.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <uapi/errno.h>

int message_queue_init(struct message_queue *q, void *buffer, size_t size, unsigned int capacity)
{
	if (!buffer || !size || size > MESSAGE_SIZE_MAX || !capacity ||
	    capacity > UINT32_MAX / size)
		return -EINVAL;
	*q = (struct message_queue){ .capacity = capacity, .size = size, .buffer = buffer };
	wait_queue_init(&q->waiting);
	return 0;
}

/* The place of the message number @n, counted from the oldest. */
static u8 *place(struct message_queue *q, unsigned int n)
{
	/* without overflow, whatever the capacity */
	unsigned int to_end = q->capacity - q->first;

	return q->buffer + (n < to_end ? q->first + n : n - to_end) * q->size;
}

static void check_alive(const struct message_queue *q)
{
	if (unlikely(!q->capacity))
		panic("message queue %p is used after its end", (const void *)q);
}

/* Hands @message to a receiver that waits: true when there was one. The lock is held. */
static bool give_to_receiver(struct message_queue *q, const void *message)
{
	bool woke = false;

	while (!woke && !list_empty(&q->waiting.waiters)) {
		struct thread *t = wait_first(&q->waiting.waiters);

		memcpy(t->wait_data, message, q->size);
		woke = wait_wake(t);
	}
	return woke;
}

/* There is room: the message of a sender that waits comes in. The lock is held. */
static void take_from_sender(struct message_queue *q)
{
	bool woke = false;

	while (!woke && !list_empty(&q->waiting.waiters)) {
		struct thread *t = wait_first(&q->waiting.waiters);

		memcpy(place(q, q->count), t->wait_data, q->size);
		woke = wait_wake(t);
	}
	q->count += woke;
}

/* The lock is held. -EAGAIN when there is no room. */
static int put(struct message_queue *q, const void *message)
{
	check_alive(q);
	if (!q->count && give_to_receiver(q, message))
		return 0;
	if (q->count == q->capacity)
		return -EAGAIN;
	memcpy(place(q, q->count), message, q->size);
	q->count++;
	return 0;
}

/* The lock is held. -EAGAIN when there is none. */
static int get(struct message_queue *q, void *message)
{
	bool was_full = q->count == q->capacity;

	check_alive(q);
	if (!q->count)
		return -EAGAIN;
	memcpy(message, place(q, 0), q->size);
	q->first = q->first + 1 == q->capacity ? 0 : q->first + 1;
	q->count--;
	if (was_full)
		take_from_sender(q);
	return 0;
}

int message_try_send(struct message_queue *q, const void *message)
{
	unsigned long state = spin_lock_irqsave(&q->waiting.lock);
	int err = put(q, message);

	wait_unlock(&q->waiting, state);
	return err;
}

int message_send(struct message_queue *q, const void *message, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&q->waiting.lock);

	if (put(q, message)) {
		arch_current()->wait_data = (void *)(uintptr_t)message;
		return wait_sleep(&q->waiting, state, deadline);
	}
	wait_unlock(&q->waiting, state);
	return 0;
}

int message_try_receive(struct message_queue *q, void *message)
{
	unsigned long state = spin_lock_irqsave(&q->waiting.lock);
	int err = get(q, message);

	wait_unlock(&q->waiting, state);
	return err;
}

int message_receive(struct message_queue *q, void *message, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&q->waiting.lock);

	if (get(q, message)) {
		arch_current()->wait_data = message;
		return wait_sleep(&q->waiting, state, deadline);
	}
	wait_unlock(&q->waiting, state);
	return 0;
}

unsigned int message_count(const struct message_queue *q)
{
	return atomic_load_relaxed(&q->count);
}

int message_queue_destroy(struct message_queue *q)
{
	unsigned long state = spin_lock_irqsave(&q->waiting.lock);
	int err = list_empty(&q->waiting.waiters) ? 0 : -EBUSY;

	if (!err)
		q->capacity = 0;
	spin_unlock_irqrestore(&q->waiting.lock, state);
	return err;
}
