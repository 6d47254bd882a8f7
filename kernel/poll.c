/* SPDX-License-Identifier: MIT */
/*
 * Waiting for any of several things (see <kernel/poll.h>). A poller stays in the queues from the
 * first look to the end, however often it is woken. The order of locks: a queue's, the poller's.
 */
#include <kernel/poll.h>
#include <lib/assert.h>

void poller_begin(struct poller *p, struct poll_place *places, size_t size)
{
	wait_queue_init(&p->wait);
	p->woken = false;
	p->wake = NULL;
	p->places = places;
	p->used = 0;
	p->size = size;
}

void poll_wait(struct poller *p, struct poll_queue *q, struct spinlock *lock)
{
	struct poll_place *place;
	unsigned long state;

	if (!p)
		return;
	assert(p->used < p->size);
	place = &p->places[p->used++];
	place->poller = p;
	place->lock = lock;
	state = spin_lock_irqsave(lock);
	list_add_tail(&q->waiters, &place->link);
	spin_unlock_irqrestore(lock, state);
}

int poller_sleep(struct poller *p, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&p->wait.lock);
	int err = 0;

	while (!p->woken && !err) {
		err = wait_sleep(&p->wait, state, deadline);
		state = spin_lock_irqsave(&p->wait.lock);
	}
	/* what changes from here on is seen by the look that follows, or ends the next sleep */
	p->woken = false;
	spin_unlock_irqrestore(&p->wait.lock, state);
	return err;
}

void poller_end(struct poller *p)
{
	for (size_t i = 0; i < p->used; i++) {
		unsigned long state = spin_lock_irqsave(p->places[i].lock);

		list_del(&p->places[i].link);
		spin_unlock_irqrestore(p->places[i].lock, state);
	}
}

void poll_wake_for(struct poll_queue *q, unsigned int events)
{
	list_for_each (place, &q->waiters, struct poll_place, link) {
		struct poller *p = place->poller;

		if (p->wake) {
			p->wake(p, events);
			continue;
		}
		spin_lock(&p->wait.lock);
		p->woken = true;
		wait_wake_all(&p->wait);
		spin_unlock(&p->wait.lock);
	}
}
