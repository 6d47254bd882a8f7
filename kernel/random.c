/* SPDX-License-Identifier: MIT */
/*
 * Random numbers (see <kernel/random.h>). Each step makes one block of the key and the counter's
 * value: half of it is the next key, the other half is given out. What is mixed in is laid over
 * the key before a step. The seed is read when the first number is asked for, so that boot pays
 * nothing. Devices that know better ones feed it when they have been asked, which they are at
 * boot, and again by whoever wants numbers a while after the last time.
 */
#include <arch/cpu.h>
#include <arch/timer.h>
#include <device/entropy.h>
#include <device/fdt.h>
#include <kernel/random.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <lib/chacha20.h>
#include <lib/log.h>
#include <lib/string.h>

#define FEED_EVERY	(60 * NS_PER_SEC)

static struct {
	struct spinlock lock;
	/* lock held: */
	bool seeded;
	bool fed;		/* a device has given some */
	u64 asked;		/* ns: when devices were asked last */
	u32 key[CHACHA20_KEY_WORDS];
} pool;

/* The lock held. */
static void step(u32 out[CHACHA20_KEY_WORDS])
{
	u64 counter = arch_counter();
	const u32 input[4] = { (u32)counter, (u32)(counter >> 32) };
	u32 block[CHACHA20_BLOCK_WORDS];

	chacha20_block(pool.key, input, block);
	memcpy(pool.key, block, sizeof(pool.key));
	memcpy(out, block + CHACHA20_KEY_WORDS, sizeof(pool.key));
	/* not left on the stack: it is the next key */
	memset(block, 0, sizeof(block));
	compiler_barrier();
}

static void mix(const u8 *data, size_t size)
{
	u32 unused[CHACHA20_KEY_WORDS];

	while (size) {
		size_t n = MIN(size, sizeof(pool.key));

		for (size_t i = 0; i < n; i++)
			((u8 *)pool.key)[i] ^= data[i];
		step(unused);
		data += n;
		size -= n;
	}
}

/* The lock held. True when the tree has nothing that others do not know. */
static bool seed(void)
{
	static const char *const names[] = { "rng-seed", "kaslr-seed" };
	const struct dt_node *chosen = dt_chosen();
	u64 cpu = arch_cpu_affinity();
	u32 total = 0, n;

	for (unsigned int i = 0; chosen && i < ARRAY_SIZE(names); i++) {
		const void *value = dt_prop(chosen, names[i], &n);

		if (value) {
			mix(value, n);
			total += n;
		}
	}
	mix((const u8 *)&cpu, sizeof(cpu));
	pool.seeded = true;
	return !total;
}

static unsigned long enter(void)
{
	unsigned long state = spin_lock_irqsave(&pool.lock);

	if (unlikely(!pool.seeded) && seed() && !pool.fed) {
		spin_unlock_irqrestore(&pool.lock, state);
		log_warn("random: the tree has no rng-seed: numbers can be guessed");
		state = spin_lock_irqsave(&pool.lock);
	}
	return state;
}

/* Has devices asked when it is time again; what they answer is for later numbers. */
static void ask(void)
{
	u64 now = time_now();
	unsigned long state = spin_lock_irqsave(&pool.lock);
	bool due = now - pool.asked >= FEED_EVERY;

	if (due)
		pool.asked = now;
	spin_unlock_irqrestore(&pool.lock, state);
	if (due)
		entropy_request();
}

void random_bytes(void *buf, size_t size)
{
	u32 out[CHACHA20_KEY_WORDS];
	u8 *to = buf;

	if (IS_ENABLED(CONFIG_ENTROPY))
		ask();
	while (size) {
		size_t n = MIN(size, sizeof(out));
		unsigned long state = enter();

		step(out);
		spin_unlock_irqrestore(&pool.lock, state);
		memcpy(to, out, n);
		to += n;
		size -= n;
	}
}

void random_mix(const void *data, size_t size)
{
	unsigned long state = enter();

	mix(data, size);
	spin_unlock_irqrestore(&pool.lock, state);
}

#ifdef CONFIG_ENTROPY
void random_feed(const void *data, size_t size)
{
	unsigned long state = spin_lock_irqsave(&pool.lock);

	pool.fed = true;
	if (!pool.seeded)
		seed();
	mix(data, size);
	spin_unlock_irqrestore(&pool.lock, state);
}
#endif
