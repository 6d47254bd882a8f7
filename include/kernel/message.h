/* SPDX-License-Identifier: MIT */
/*
 * Message queues: messages of one size, copied in and out in the order in which they were sent.
 * Senders wait while the queue is full, receivers while it is empty; the most urgent one (of
 * equals, the one that came first) is served first, and nobody who comes later can snatch its
 * place. A message for a thread that waits goes to that thread's buffer directly.
 *
 * Messages are copied with interrupts masked, so they are small: send a pointer to what is not.
 * With CONFIG_THREADS.
 */
#ifndef KERNEL_MESSAGE_H
#define KERNEL_MESSAGE_H

#include <kernel/wait.h>
#include <lib/types.h>

#define MESSAGE_SIZE_MAX	1024	/* bytes */

struct message_queue {
	struct wait_queue waiting;	/* receivers while it is empty, senders while it is full */
	/* the queue's lock held: */
	unsigned int first;		/* the oldest message's place */
	unsigned int count;
	/* constant: */
	unsigned int capacity;
	size_t size;			/* of a message, bytes */
	u8 *buffer;
};

/*
 * Makes an empty queue of at most @capacity messages of @size bytes in @buffer, which holds that
 * many and stays the queue's. -EINVAL for no capacity, a size of 0 or above MESSAGE_SIZE_MAX, or
 * more than 4 GiB in all. Any context.
 */
int message_queue_init(struct message_queue *q, void *buffer, size_t size, unsigned int capacity);

/*
 * Sends what @message points at, and waits for room until @deadline (ns as time_now(); TIME_NEVER).
 * 0; -ETIMEDOUT; -EINTR when cancelled: then nothing was sent. Where there is room it may be called
 * in any context, else in thread context only: elsewhere it panics.
 */
int message_send(struct message_queue *q, const void *message, u64 deadline);

/* The same without waiting: 0; -EAGAIN when the queue is full. Any context. */
int message_try_send(struct message_queue *q, const void *message);

/*
 * Receives the oldest message into @message, and waits for one until @deadline. As message_send();
 * after an error @message holds nothing of use.
 */
int message_receive(struct message_queue *q, void *message, u64 deadline);

/* The same without waiting: 0; -EAGAIN when the queue is empty. Any context. */
int message_try_receive(struct message_queue *q, void *message);

/* How many messages lie in the queue. Any context. */
unsigned int message_count(const struct message_queue *q);

/* @q's memory is going to be used for something else: 0; -EBUSY while threads wait. Any context. */
int message_queue_destroy(struct message_queue *q);

#endif
