/* SPDX-License-Identifier: MIT */
/*
 * Address space identifiers: by them TLBs tell the entries of programs apart, so that a switch
 * flushes nothing. There are 256 or 65,536 of them, as the CPU has it. They are handed out one
 * after the other; when they are used up a new generation begins: all TLBs are emptied, and each
 * space gets a new number when it runs next. What runs at that moment, on whatever CPU, keeps its
 * number, which is marked as taken in the new generation.
 *
 * The common way takes no lock: a CPU that finds its space's number to be of this generation says
 * what it uses by compare and swap from what it used before. A new generation takes that from each
 * CPU by an exchange with 0, so that one of the two sees the other.
 */
#include <arch/atomic.h>
#include <arch/space.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/spinlock.h>
#include <lib/string.h>

#define GENERATION_ONE	(1UL << ARCH_ASID_BITS_MAX)
#define NUMBER_MASK	(GENERATION_ONE - 1)

/* What this CPU uses, with its generation; 0: a new generation has begun since it said so. */
static u64 active PER_CPU;
/* What it used when that happened. asids.lock held. */
static u64 reserved PER_CPU;

static struct {
	struct spinlock lock;
	u64 generation;			/* atomic; a multiple of GENERATION_ONE */
	/* lock held: */
	u64 last;			/* the number that was handed out last */
	u64 taken[GENERATION_ONE / 64];	/* those that others have kept, and have been handed out */
} asids = { .lock = SPINLOCK_INIT, .generation = GENERATION_ONE };

static bool is_taken(u64 number)
{
	return asids.taken[number / 64] & BIT(number % 64);
}

static void take(u64 number)
{
	asids.taken[number / 64] |= BIT(number % 64);
}

/* All numbers are free again, but for those that are in use. */
static void begin_generation(void)
{
	u64 online = cpu_online();

	memset(asids.taken, 0, sizeof(asids.taken));
	for (unsigned int cpu = 0; online >> cpu; cpu++) {
		u64 used;

		if (!(online & BIT(cpu)))
			continue;
		used = atomic_exchange_acq_rel(per_cpu(active, cpu), 0);
		/* it has not run anything else since the generation before */
		if (!used)
			used = *per_cpu(reserved, cpu);
		*per_cpu(reserved, cpu) = used;
		take(used & NUMBER_MASK);
	}
	atomic_store_relaxed(&asids.generation, asids.generation + GENERATION_ONE);
	asids.last = 0;
	arch_space_flush_all();
}

/* Whether some CPU kept @asid through the change of generations: then it is @now's everywhere. */
static bool was_kept(u64 asid, u64 now)
{
	u64 online = cpu_online();
	bool kept = false;

	for (unsigned int cpu = 0; online >> cpu; cpu++) {
		if (!(online & BIT(cpu)) || *per_cpu(reserved, cpu) != asid)
			continue;
		*per_cpu(reserved, cpu) = now;
		kept = true;
	}
	return kept;
}

/* The next number that nobody has; 0 stays nobody's. */
static u64 next_free(void)
{
	u64 end = 1UL << arch_asid_bits();

	while (++asids.last < end)
		if (!is_taken(asids.last))
			return asids.last;
	begin_generation();
	while (is_taken(++asids.last))
		;
	return asids.last;
}

/* A number of this generation for one that is not. */
static u64 renew(u64 asid)
{
	u64 now = atomic_load_relaxed(&asids.generation) | (asid & NUMBER_MASK);

	if (asid && was_kept(asid, now))
		return now;
	now = next_free();
	take(now);
	return atomic_load_relaxed(&asids.generation) | now;
}

static __noinline u64 number_slow(struct arch_space *space)
{
	unsigned long state = spin_lock_irqsave(&asids.lock);
	u64 asid = atomic_load_relaxed(&space->asid);

	if ((asid ^ asids.generation) & ~NUMBER_MASK) {
		asid = renew(asid);
		atomic_store_relaxed(&space->asid, asid);
	}
	atomic_store_relaxed(this_cpu(active), asid);
	spin_unlock_irqrestore(&asids.lock, state);
	return asid & NUMBER_MASK;
}

u64 space_number(struct arch_space *space)
{
	u64 asid = atomic_load_relaxed(&space->asid), *mine = this_cpu(active);
	u64 was = atomic_load_relaxed(mine);

	if (likely(was && !((asid ^ atomic_load_relaxed(&asids.generation)) & ~NUMBER_MASK) &&
		   atomic_cas_acquire(mine, &was, asid)))
		return asid & NUMBER_MASK;
	return number_slow(space);
}
