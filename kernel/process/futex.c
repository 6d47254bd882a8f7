/* SPDX-License-Identifier: MIT */
/*
 * futex(2): threads sleep until another one says that a word of their memory has changed. Who waits
 * is in a hash table, by what the word is: of private memory the space and the address, of shared
 * memory the object and the place in it.
 *
 * Who waits counts itself in its bucket before it looks at the word, and who wakes looks at the
 * count after the word was changed: one of the two sees the other, and where nobody waits nobody
 * takes a lock.
 */
#include <arch/atomic.h>
#include <arch/user.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <mm/space.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/futex.h>

#include "process.h"
#include "syscall.h"

/* What a word is. */
struct key {
	u64 object;
	u64 place;
};

struct waiter {
	struct list link;
	struct thread *thread;
	struct key key;
	u32 bits;
	struct bucket *bucket;	/* where it waits; a requeue changes it, with both locks held */
	bool waits;		/* bucket->lock held: it is on its list */
};

#define BUCKETS_LOG2	8

static struct bucket {
	struct spinlock lock;
	/* lock held; who wakes looks at the count without it: */
	u32 count;		/* who waits, or is about to */
	struct list waiters;	/* in the order in which they came */
} __aligned(64) buckets[1 << BUCKETS_LOG2] = {
	[0 ... (1 << BUCKETS_LOG2) - 1] = { .lock = SPINLOCK_INIT },
};

static inline struct bucket *bucket_of(const struct key *key)
{
	u64 hash = (key->object ^ key->place >> 2) * 0x9e3779b97f4a7c15UL;

	return &buckets[hash >> (64 - BUCKETS_LOG2)];
}

static inline bool is_same(const struct key *a, const struct key *b)
{
	return a->object == b->object && a->place == b->place;
}

/* What the word at @address is: 0, -EINVAL, -EFAULT. */
static inline long key_of(struct key *key, uaddr_t address, bool private)
{
	if (unlikely(address & 3))
		return -EINVAL;
	if (unlikely(!arch_user_range_ok(address, 4)))
		return -EFAULT;
	*key = (struct key){ (u64)(uintptr_t)process_current()->space, address };
	return likely(private) ? 0 : space_identify(process_current()->space, address,
						    &key->object, &key->place);
}

/* That many more of them. Lock held. */
static inline void count(struct bucket *b, u32 more)
{
	atomic_store_relaxed(&b->count, b->count + more);
}

/* --- Waking ----------------------------------------------------------------------------------- */

/* Takes @w off its bucket's list, whose lock is held. */
static void take_off(struct waiter *w)
{
	list_unlink(&w->link);
	count(w->bucket, -1U);
	w->waits = false;
}

/* The list of @b, which is all zero at first. Its lock held. */
static struct list *waiters(struct bucket *b)
{
	if (unlikely(!b->waiters.next))
		list_init(&b->waiters);
	return &b->waiters;
}

/* Wakes up to @n of those who wait for @key with one of @bits: how many. Lock held. */
static u32 wake_locked(struct bucket *b, const struct key *key, u32 n, u32 bits)
{
	u32 woken = 0;

	for (struct list *link = waiters(b)->next; link != &b->waiters && woken < n;) {
		struct waiter *w = list_entry(link, struct waiter, link);
		struct thread *thread = w->thread;

		link = link->next;
		if (!is_same(&w->key, key) || !(w->bits & bits))
			continue;
		/* where it is no more asleep it finds out that it was woken, all the same */
		take_off(w);
		sched_wake(thread, 0);
		woken++;
	}
	return woken;
}

static __noinline u32 wake(struct bucket *b, const struct key *key, u32 n, u32 bits)
{
	unsigned long state = spin_lock_irqsave(&b->lock);

	n = wake_locked(b, key, n, bits);
	spin_unlock(&b->lock);
	sched_irq_restore(state);
	return n;
}

/* The word has changed before this; nobody waits, or who does is seen. */
static inline bool is_waited_for(const struct bucket *b)
{
	atomic_fence();
	return atomic_load_relaxed(&b->count);
}

static inline long futex_wake(uaddr_t address, bool private, u32 n, u32 bits)
{
	struct key key;
	struct bucket *b;
	long err = key_of(&key, address, private);

	if (unlikely(err))
		return err;
	b = bucket_of(&key);
	return unlikely(is_waited_for(b)) ? wake(b, &key, n, bits) : 0;
}

void futex_wake_one(uaddr_t address)
{
	futex_wake(address, false, 1, FUTEX_BITSET_ALL);
}

/* --- Waiting ---------------------------------------------------------------------------------- */

/* The lock of the bucket that @w waits in, or was woken from. */
static struct bucket *lock_of(struct waiter *w, unsigned long *state)
{
	for (;;) {
		struct bucket *b = atomic_load_acquire(&w->bucket);

		*state = spin_lock_irqsave(&b->lock);
		if (likely(b == w->bucket))
			return b;
		spin_unlock_irqrestore(&b->lock, *state);
	}
}

/* It was not woken, or was it, just so: what the wait has come to. */
static __cold long end_wait(struct waiter *w, int err)
{
	unsigned long state;
	struct bucket *b = lock_of(w, &state);

	if (w->waits)
		take_off(w);
	else
		err = 0;
	spin_unlock_irqrestore(&b->lock, state);
	return err;
}

static long futex_wait(uaddr_t address, bool private, u32 expected, u32 bits, u64 deadline)
{
	struct waiter w;
	struct bucket *b;
	unsigned long state;
	u32 value;
	long err;

	if (!bits)
		return -EINVAL;
	err = key_of(&w.key, address, private);
	if (err)
		return err;
	b = bucket_of(&w.key);
	/* one by one: clearing all of it first takes longer */
	w.thread = arch_current();
	w.bits = bits;
	w.bucket = b;
	w.waits = true;
	for (;;) {
		state = spin_lock_irqsave(&b->lock);
		count(b, 1);
		/* the other half of is_waited_for()'s */
		atomic_fence();
		err = arch_load_user(&value, address);
		if (likely(!err && value == expected))
			break;
		count(b, -1U);
		spin_unlock_irqrestore(&b->lock, state);
		if (!err)
			return -EAGAIN;
		if (user_fault_in(address, VMA_READ))
			return -EFAULT;
	}
	list_add_tail(waiters(b), &w.link);
	err = likely(deadline == TIME_NEVER) ? sched_sleep(&b->lock, state) :
					       sched_sleep_until(&b->lock, state, deadline);
	return likely(!err) ? 0 : end_wait(&w, (int)err);
}

/* --- Two words -------------------------------------------------------------------------------- */

static unsigned long lock_two(struct bucket *a, struct bucket *b)
{
	unsigned long state = spin_lock_irqsave(MIN(&a->lock, &b->lock));

	if (a != b)
		spin_lock(MAX(&a->lock, &b->lock));
	return state;
}

static void unlock_two(struct bucket *a, struct bucket *b, unsigned long state)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
	sched_irq_restore(state);
}

/* What one call is about. */
struct two {
	struct key first, second;
	struct bucket *a, *b;
};

static long find_two(struct two *t, uaddr_t first, uaddr_t second, bool private)
{
	long err = key_of(&t->first, first, private);

	if (!err)
		err = key_of(&t->second, second, private);
	if (err)
		return err;
	t->a = bucket_of(&t->first);
	t->b = bucket_of(&t->second);
	return 0;
}

/* Up to @n who wait for the first word wait for the second one from now on: how many. */
static u32 move_locked(const struct two *t, u32 n)
{
	u32 moved = 0;

	for (struct list *link = waiters(t->a)->next; link != &t->a->waiters && moved < n;) {
		struct waiter *w = list_entry(link, struct waiter, link);

		link = link->next;
		if (!is_same(&w->key, &t->first))
			continue;
		moved++;
		if (is_same(&t->first, &t->second))
			continue;
		w->key = t->second;
		if (t->a == t->b)
			continue;
		list_unlink(&w->link);
		list_add_tail(waiters(t->b), &w->link);
		count(t->a, -1U);
		count(t->b, 1);
		atomic_store_release(&w->bucket, t->b);
	}
	return moved;
}

/* @expected: what the first word must be, or NULL. */
static long futex_requeue(uaddr_t first, uaddr_t second, bool private, int wakes, int moves,
			  const u32 *expected)
{
	struct two t;
	unsigned long state;
	u32 value, done;
	long err;

	if (wakes < 0 || moves < 0)
		return -EINVAL;
	err = find_two(&t, first, second, private);
	while (!err) {
		state = lock_two(t.a, t.b);
		if (!expected || !arch_load_user(&value, first))
			break;
		unlock_two(t.a, t.b, state);
		err = user_fault_in(first, VMA_READ);
	}
	if (err)
		return err;
	err = -EAGAIN;
	if (!expected || value == *expected) {
		done = wake_locked(t.a, &t.first, (u32)wakes, FUTEX_BITSET_ALL);
		err = done + move_locked(&t, (u32)moves);
	}
	unlock_two(t.a, t.b, state);
	return err;
}

/* FUTEX_WAKE_OP's third part: operation, comparison, and their operands of 12 bits, signed. */
#define OP_OF(op)	((op) >> 28 & 7)
#define CMP_OF(op)	((op) >> 24 & 15)
#define ARG_OF(op)	((s32)((op) << 8) >> 20)
#define CMP_ARG_OF(op)	((s32)((op) << 20) >> 20)

static long operate(u32 op, u32 old, u32 *new)
{
	u32 arg = (u32)ARG_OF(op);

	if (op >> 28 & FUTEX_OP_SHIFT)
		arg = 1U << (arg & 31);
	switch (OP_OF(op)) {
	case FUTEX_OP_SET:
		*new = arg;
		return 0;
	case FUTEX_OP_ADD:
		*new = old + arg;
		return 0;
	case FUTEX_OP_OR:
		*new = old | arg;
		return 0;
	case FUTEX_OP_ANDN:
		*new = old & ~arg;
		return 0;
	case FUTEX_OP_XOR:
		*new = old ^ arg;
		return 0;
	default:
		return -ENOSYS;
	}
}

/* Whether those who wait for the second word are woken: 1, 0, -ENOSYS. */
static long compare(u32 op, u32 word)
{
	s32 old = (s32)word, arg = CMP_ARG_OF(op);

	switch (CMP_OF(op)) {
	case FUTEX_CMP_EQ:
		return old == arg;
	case FUTEX_CMP_NE:
		return old != arg;
	case FUTEX_CMP_LT:
		return old < arg;
	case FUTEX_CMP_LE:
		return old <= arg;
	case FUTEX_CMP_GT:
		return old > arg;
	case FUTEX_CMP_GE:
		return old >= arg;
	default:
		return -ENOSYS;
	}
}

/* Changes the word at @address by @op: 0 and what it was in *@old; -ENOSYS; -EFAULT: not there. */
static long change_word(uaddr_t address, u32 op, u32 *old)
{
	u32 expected, new;

	do {
		if (arch_load_user(old, address))
			return -EFAULT;
		expected = *old;
		if (operate(op, expected, &new))
			return -ENOSYS;
		if (arch_cas_user(address, expected, new, old))
			return -EFAULT;
	} while (*old != expected);
	return 0;
}

static long futex_wake_op(uaddr_t first, uaddr_t second, bool private, u32 wakes, u32 more, u32 op)
{
	struct two t;
	unsigned long state;
	u32 old;
	long err = find_two(&t, first, second, private);

	while (!err) {
		state = lock_two(t.a, t.b);
		err = change_word(second, op, &old);
		if (!err)
			break;
		unlock_two(t.a, t.b, state);
		if (err == -EFAULT)
			err = user_fault_in(second, VMA_WRITE);
	}
	if (err)
		return err;
	err = compare(op, old);
	if (err >= 0)
		err = wake_locked(t.a, &t.first, wakes, FUTEX_BITSET_ALL) +
		      (err ? wake_locked(t.b, &t.second, more, FUTEX_BITSET_ALL) : 0);
	unlock_two(t.a, t.b, state);
	return err;
}

/* --- The call --------------------------------------------------------------------------------- */

/* Until when a wait goes on: 0 and *@deadline; -EINVAL, -EFAULT. */
static long find_deadline(unsigned int op, uaddr_t timeout, u64 *deadline)
{
	struct abi_timespec t;
	u64 ns, now, clock;
	long err;

	*deadline = TIME_NEVER;
	if (!timeout)
		return 0;
	err = get_time(&t, timeout);
	if (err)
		return err;
	now = clock = time_now();
	if (__builtin_mul_overflow((u64)t.sec, NS_PER_SEC, &ns) ||
	    __builtin_add_overflow(ns, (u64)t.nsec, &ns))
		return 0;
	if (op & FUTEX_CLOCK_REALTIME)
		clock = time_real();
	/* FUTEX_WAIT's is for how long, the others' until when */
	if ((op & 127) != FUTEX_WAIT)
		ns = ns > clock ? ns - clock : 0;
	if (!__builtin_add_overflow(now, ns, &now))
		*deadline = now;
	return 0;
}

static __noinline long other_call(uaddr_t address, unsigned int op, u32 value, uaddr_t timeout,
				  uaddr_t second, u32 value3)
{
	bool private = op & FUTEX_PRIVATE_FLAG;
	unsigned int command = op & 127;
	u64 deadline;
	long err;

	if (op & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT && command != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (command) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		err = find_deadline(op, timeout, &deadline);
		return err ? err : futex_wait(address, private, value, command == FUTEX_WAIT ?
					      FUTEX_BITSET_ALL : value3, deadline);
	case FUTEX_WAKE_BITSET:
		return value3 ? futex_wake(address, private, value, value3) : -EINVAL;
	case FUTEX_REQUEUE:
		return futex_requeue(address, second, private, (int)value, (int)timeout, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(address, second, private, (int)value, (int)timeout, &value3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(address, second, private, value, (u32)timeout, value3);
	default:
		return -ENOSYS;
	}
}

long sys_futex(uaddr_t address, unsigned int op, unsigned int value, uaddr_t timeout,
	       uaddr_t second, unsigned int value3)
{
	if (likely(op == (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)))
		return futex_wake(address, true, MAX(value, 1U), FUTEX_BITSET_ALL);
	if (op == FUTEX_WAKE)
		return futex_wake(address, false, MAX(value, 1U), FUTEX_BITSET_ALL);
	return other_call(address, op, value, timeout, second, value3);
}

bool futex_is_timed(const struct arch_frame *frame)
{
	unsigned int command = arch_syscall_argument(frame, 1) & 127;

	return (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) &&
	       arch_syscall_argument(frame, 3);
}
