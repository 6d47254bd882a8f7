/* SPDX-License-Identifier: MIT */
/*
 * The lock checker (see <kernel/lock_check.h>). Each CPU keeps a list of the spinlocks that it
 * holds, each thread one of the locks that are slept for. Who takes a lock with others held adds
 * edges to a graph of classes; one that closes a cycle is a contradiction. So an order is found
 * wrong the first time that both ways have been gone, on whatever CPU and however long apart.
 *
 * It cannot use the locks that it checks: new classes and edges, of which there are a few hundred
 * in all, are added under a lock of its own, which nothing but this file takes, and everything else
 * is read without one.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <arch/unwind.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>

#include "lock_class.h"

struct lock_class lock_classes[LOCK_CLASSES];
u32 lock_class_count;
struct lock_graph lock_graph;

/* What a CPU has to say of a lock that was held too long, once that does no harm. */
struct late {
	u64 ticks;
	u32 class;
	vaddr_t place;
};

#define EXEMPT	(~0U)	/* the class of a lock that is left alone */

static struct cpu_locks {
	struct lock_stack stack;
	struct late late;
} cpu_locks PER_CPU;

/* Set when the run ends: whoever reports that takes no lock as one should. */
static bool off;

/*
 * --- Its own lock --------------------------------------------------------------------------------
 */

static u32 busy;

static void own_lock(void)
{
	while (atomic_exchange_acquire(&busy, 1))
		arch_relax();
}

static void own_unlock(void)
{
	atomic_store_release(&busy, 0);
}

/*
 * --- Classes -------------------------------------------------------------------------------------
 */

static bool is_class(const struct lock_class *c, const char *name, vaddr_t key)
{
	if (name && c->name)
		return c->name == name || !strcmp(c->name, name);
	return !name && !c->name && c->key == key;
}

static u32 find_class(const char *name, vaddr_t key, vaddr_t place)
{
	u32 count;

	own_lock();
	count = lock_class_count;
	for (u32 i = 1; i <= count; i++) {
		if (is_class(&lock_classes[i], name, key)) {
			own_unlock();
			return i;
		}
	}
	if (count + 1 < LOCK_CLASSES) {
		lock_classes[++count] =
			(struct lock_class){ .name = name, .key = key, .first = place };
		atomic_store_release(&lock_class_count, count);
	}
	own_unlock();
	/* what comes when there is no room left shares the last one, and may be blamed for it */
	return count;
}

/* A lock in the image is its own key; of those that come and go, the code that takes them is. */
static vaddr_t key_of(const struct lock_check *lock, vaddr_t place)
{
	vaddr_t address = (vaddr_t)lock, boot = address - arch_percpu_offset();

	if (boot >= (vaddr_t)section_percpu_start && boot < (vaddr_t)section_percpu_end)
		return boot;
	if (address >= (vaddr_t)section_data_start && address < (vaddr_t)section_noinit_end)
		return address;
	return place;
}

void lock_check_name(struct lock_check *lock, const char *name)
{
	unsigned long state = arch_irq_save();

	lock->class = find_class(name, 0, 0);
	arch_irq_restore(state);
}

void lock_check_exempt(struct lock_check *lock)
{
	lock->class = EXEMPT;
}

static bool is_exempt(const struct lock_check *lock)
{
	return lock->class == EXEMPT;
}

static u32 class_of(struct lock_check *lock, vaddr_t place)
{
	if (unlikely(!lock->class))
		lock->class = find_class(NULL, key_of(lock, place), place);
	if (unlikely(!lock_classes[lock->class].first))
		lock_classes[lock->class].first = place;
	return lock->class;
}

/*
 * --- Who holds what ------------------------------------------------------------------------------
 */

struct lock_stack *lock_cpu_stack(void)
{
	return &this_cpu(cpu_locks)->stack;
}

static struct lock_stack *stack_of(enum lock_kind kind)
{
	return kind == LOCK_SPIN ? lock_cpu_stack() : &arch_current()->locks;
}

static bool in_interrupt(void)
{
	return sched_rq() && sched_rq()->irq_frame;
}

static void push(struct lock_stack *s, struct lock_check *lock, vaddr_t place)
{
	if (s->count == LOCK_HELD_MAX)
		s->lost++;
	else
		s->held[s->count++] = (struct lock_held){ lock, place, arch_counter_early() };
}

static const struct lock_held *find_held(const struct lock_stack *s, const struct lock_check *lock)
{
	for (u32 i = s->count; i-- > 0;)
		if (s->held[i].lock == lock)
			return &s->held[i];
	return NULL;
}

vaddr_t lock_check_holder(const struct lock_check *lock)
{
	/* another CPU's are not looked at: they change */
	const struct lock_held *h = find_held(lock_cpu_stack(), lock);

	return h ? h->place : 0;
}

/*
 * --- Order ---------------------------------------------------------------------------------------
 */

/* The call chain from @place on, which is a return address in it. */
static void record_chain(struct lock_chain *chain, vaddr_t place)
{
	const struct thread *t = arch_current();
	struct arch_unwind u;
	unsigned int n = 0;
	bool found = false;

	memset(chain, 0, sizeof(*chain));
	chain->pc[n++] = (u32)place - 4;
	arch_unwind_start(&u, t->stack, t->stack + t->stack_size);
	do {
		if (found && u.pc)
			chain->pc[n++] = (u32)u.pc;
		found = found || u.pc == place - 4;
	} while (n < LOCK_CHAIN && arch_unwind_next(&u));
}

/* A second lock of the same class: by address. */
static void check_nested(u32 class, const struct lock_check *lock, const struct lock_held *held,
			 vaddr_t place)
{
	struct lock_class *c = &lock_classes[class];
	bool higher = (vaddr_t)lock > (vaddr_t)held->lock, wrong;

	if (c->nested[higher])
		return;
	own_lock();
	record_chain(&c->nested_chain[higher], place);
	c->nested[higher] = true;
	wrong = c->nested[!higher];
	own_unlock();
	if (wrong)
		lock_report_nested(class, place, held, &c->nested_chain[!higher]);
}

static void add_edge(u32 first, u32 second, vaddr_t place, const struct lock_held *held)
{
	u8 path[LOCK_CLASSES];
	struct lock_chain chain;
	size_t n;

	record_chain(&chain, place);
	own_lock();
	n = lock_graph_path(&lock_graph, second, first, path);
	if (!n && !lock_graph_has(&lock_graph, first, second))
		lock_graph_add(&lock_graph, first, second, &chain);
	own_unlock();
	if (n)
		lock_report_order(second, place, held, path, n);
}

static void check_order(u32 class, const struct lock_check *lock, const struct lock_stack *s,
			vaddr_t place)
{
	for (u32 i = 0; i < s->count; i++) {
		u32 first = s->held[i].lock->class;

		if (first == class)
			check_nested(class, lock, &s->held[i], place);
		else if (unlikely(!lock_graph_has(&lock_graph, first, class)))
			add_edge(first, class, place, &s->held[i]);
	}
}

/*
 * --- The hooks -----------------------------------------------------------------------------------
 */

static __noreturn void panic_held(const char *what, const struct lock_check *lock, vaddr_t place)
{
	char name[80];

	panic("%s: %s (%#lx), at %pS", what, lock_class_name(lock->class, name, sizeof(name)),
	      (vaddr_t)lock, (void *)(place - 4));
}

/* The calling thread may be put to sleep: nobody else's lock must depend on that. */
static void check_sleep(const struct lock_check *allowed, bool masked)
{
	const struct lock_stack *s = lock_cpu_stack();
	const char *thread = arch_current()->name;
	char name[80];

	for (u32 i = 0; i < s->count; i++) {
		const struct lock_held *h = &s->held[i];

		if (h->lock != allowed)
			panic("thread %s sleeps with a spinlock held: %s, taken at %pS", thread,
			      lock_class_name(h->lock->class, name, sizeof(name)),
			      (void *)(h->place - 4));
	}
	if (in_interrupt())
		panic("thread %s sleeps in an interrupt", thread);
	if (masked)
		panic("thread %s takes a lock that is slept for, with interrupts masked", thread);
}

void lock_check_wait(struct lock_check *lock, enum lock_kind kind)
{
	vaddr_t place = (vaddr_t)__builtin_return_address(0);
	unsigned long state = arch_irq_save();
	const struct lock_held *mine;
	u32 class;

	if (unlikely(off))
		goto out;
	if (kind == LOCK_SLEEP)
		check_sleep(NULL, arch_irqs_masked(state));
	if (is_exempt(lock))
		goto out;
	class = class_of(lock, place);
	mine = find_held(stack_of(kind), lock);
	if (mine && kind == LOCK_SLEEP)
		goto out;
	if (mine)
		panic_held("a spinlock is taken again by its holder", lock, mine->place);
	if (kind == LOCK_SPIN && !arch_irqs_masked(state))
		panic_held("a spinlock is taken with interrupts on", lock, place);
	check_order(class, lock, lock_cpu_stack(), place);
	/* whom an interrupt came to has nothing to do with it */
	if (!in_interrupt())
		check_order(class, lock, &arch_current()->locks, place);
out:
	arch_irq_restore(state);
}

void lock_check_taken(struct lock_check *lock, enum lock_kind kind)
{
	vaddr_t place = (vaddr_t)__builtin_return_address(0);
	unsigned long state = arch_irq_save();

	if (likely(!off) && !is_exempt(lock)) {
		atomic_add_relaxed(&lock_classes[class_of(lock, place)].taken, 1);
		push(stack_of(kind), lock, place);
	}
	arch_irq_restore(state);
}

/* @h was held until now. */
static void account_hold(const struct lock_held *h)
{
	struct lock_class *c = &lock_classes[h->lock->class];
	struct late *late = &this_cpu(cpu_locks)->late;
	u64 ticks = arch_counter_early() - h->since;

	if (ticks <= c->longest)
		return;
	c->longest = ticks;
	c->longest_at = h->place;
	/* each line says more than the ones before it: so they come to an end */
	if (ticks > late->ticks && time_from_ticks(ticks) > CONFIG_DEBUG_LOCKS_HELD_US * NS_PER_US)
		*late = (struct late){ ticks, h->lock->class, h->place };
}

void lock_check_release(struct lock_check *lock, enum lock_kind kind)
{
	vaddr_t place = (vaddr_t)__builtin_return_address(0);
	unsigned long state = arch_irq_save();
	struct lock_stack *s = stack_of(kind);
	const struct lock_held *h = find_held(s, lock);
	size_t above;

	if (unlikely(off) || is_exempt(lock))
		goto out;
	if (h) {
		if (kind == LOCK_SPIN)
			account_hold(h);
		above = (size_t)(s->held + s->count - (h + 1));
		memmove(s->held + (h - s->held), h + 1, above * sizeof(*h));
		s->count--;
	} else if (s->lost) {
		s->lost--;
	} else if (kind == LOCK_SPIN) {
		class_of(lock, place);
		panic_held("a spinlock is released by who does not hold it", lock, place);
	}
out:
	arch_irq_restore(state);
}

void lock_check_contended(struct lock_check *lock)
{
	if (!is_exempt(lock))
		atomic_add_relaxed(&lock_classes[lock->class].contended, 1);
}

void lock_check_released(void)
{
	unsigned long state = arch_irq_save();
	struct late *late = &this_cpu(cpu_locks)->late, what = *late;
	char name[80];

	if (likely(!what.ticks) || lock_cpu_stack()->count || off)
		goto out;
	*late = (struct late){ 0 };
	log_warn("lock check: %s was held for %lu us, taken at %pS",
		 lock_class_name(what.class, name, sizeof(name)),
		 time_from_ticks(what.ticks) / NS_PER_US, (void *)(what.place - 4));
out:
	arch_irq_restore(state);
}

/* Ticks. */
static u64 longest_masked PER_CPU;

void lock_check_masked(u64 ticks, vaddr_t place)
{
	u64 *longest = this_cpu(longest_masked);

	if (likely(ticks <= *longest))
		return;
	*longest = ticks;
	if (time_from_ticks(ticks) > CONFIG_DEBUG_LOCKS_HELD_US * NS_PER_US)
		log_warn("lock check: interrupts were masked for %lu us or more, up to %pS",
			 time_from_ticks(ticks) / NS_PER_US, (void *)place);
}

void lock_check_sleep(const struct lock_check *allowed)
{
	if (!off)
		check_sleep(allowed, false);
}

/*
 * --- Panic ---------------------------------------------------------------------------------------
 */

static void log_stack(const struct lock_stack *s, const char *who)
{
	char name[80];

	for (u32 i = 0; i < s->count; i++)
		log_emerg("%s holds %s, taken at %pS", who,
			  lock_class_name(s->held[i].lock->class, name, sizeof(name)),
			  (void *)(s->held[i].place - 4));
}

void lock_check_panic(void)
{
	off = true;
	log_stack(lock_cpu_stack(), "this CPU");
	if (arch_current())
		log_stack(&arch_current()->locks, "the thread");
}
