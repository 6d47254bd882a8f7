/* SPDX-License-Identifier: MIT */
/*
 * What pages and objects of the heap cost: taking and giving back one page that the CPU's cache
 * has, a run of 16, a small object and a large one; what the hand-over of all RAM took at boot; and
 * how much more memory the heap holds than was asked for, with many objects of mixed sizes alive.
 */
#include <lib/bench.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define ROUNDS		1000

/* what the overhead is measured with */
#define OBJECTS		100000
#define SIZE_MIN	16		/* bytes */
#define DOUBLINGS	7		/* up to 2,048 */
#define STEPS		256		/* in each */
#define ROOT_SHIFT	28		/* fixed point */
#define ROOT_ONE	(1UL << ROOT_SHIFT)
#define ROOT_OF_2	269163258UL	/* 2^(1/STEPS) */

static int pair(unsigned int order, u64 *value)
{
	struct page *page = page_alloc(order, PAGE_USE_KERNEL);

	if (!page)
		return -ENOMEM;
	page_free(page);
	*value = BENCH_LOOP(ROUNDS, page_free(page_alloc(order, PAGE_USE_KERNEL)));
	return 0;
}

static int order_0(u64 *value)
{
	return pair(0, value);
}

static int order_4(u64 *value)
{
	return pair(4, value);
}

static int handover(u64 *value)
{
	*value = page_handover_ns();
	return 0;
}

static int heap_pair_of(size_t size, u64 *value)
{
	void *p = kmalloc(size);

	if (!p)
		return -ENOMEM;
	kfree(p);
	*value = BENCH_LOOP(ROUNDS, kfree(kmalloc(size)));
	return 0;
}

static int heap_pair(u64 *value)
{
	return heap_pair_of(64, value);
}

static int heap_large(u64 *value)
{
	return heap_pair_of(KIB(64), value);
}

/*
 * A size from SIZE_MIN to SIZE_MAX, each doubling as likely as any other: SIZE_MIN times a power of
 * the STEPS-th root of 2. @random's lower bits are the exponent.
 */
static size_t mixed_size(u32 random)
{
	u64 power = ROOT_ONE;

	random %= DOUBLINGS * STEPS + 1;
	for (u64 root = ROOT_OF_2; random; random >>= 1, root = root * root >> ROOT_SHIFT)
		if (random & 1)
			power = power * root >> ROOT_SHIFT;
	return (SIZE_MIN * power + ROOT_ONE / 2) >> ROOT_SHIFT;
}

/*
 * In percent, to a tenth: what the heap holds beyond what was live before and what is asked for
 * now. The objects are chained through their first words.
 */
static int overhead(u64 *value)
{
	struct heap_stats before, full;
	u64 random = 1, asked = 0;
	void **all = NULL, **p;
	unsigned int n;

	heap_stats_get(&before);
	for (n = 0; n < OBJECTS; n++) {
		size_t size;

		/* Knuth's MMIX; the upper half is the random one */
		random = random * 6364136223846793005UL + 1442695040888963407UL;
		size = mixed_size(random >> 32);
		p = kmalloc(size);
		if (!p)
			break;
		*p = all;
		all = p;
		asked += size;
	}
	heap_stats_get(&full);
	while (all) {
		p = all;
		all = *p;
		kfree(p);
	}
	if (n < OBJECTS)
		return -ENOMEM;
	*value = ((full.held - before.live) * 1000 + asked / 2) / asked - 1000;
	return 0;
}

static const struct bench heap_large_bench = {
	.group = "mem", .name = "heap.large", .unit = BENCH_INSTRUCTIONS, .run = heap_large,
};
BENCH(heap_large_bench);

static const struct bench heap_pair_bench = {
	.group = "mem", .name = "heap.pair", .unit = BENCH_INSTRUCTIONS, .run = heap_pair,
};
BENCH(heap_pair_bench);

static const struct bench page_handover_bench = {
	.group = "mem", .name = "page.handover", .unit = BENCH_INSTRUCTIONS, .run = handover,
};
BENCH(page_handover_bench);

static const struct bench page_order0_bench = {
	.group = "mem", .name = "page.order0", .unit = BENCH_INSTRUCTIONS, .run = order_0,
};
BENCH(page_order0_bench);

static const struct bench page_order4_bench = {
	.group = "mem", .name = "page.order4", .unit = BENCH_INSTRUCTIONS, .run = order_4,
};
BENCH(page_order4_bench);

/* Named so as to come last: it leaves the pages in another order than boot did. */
static const struct bench whole_heap_overhead_bench = {
	.group = "mem", .name = "heap.overhead", .unit = "%", .run = overhead, .decimals = 1,
};
BENCH(whole_heap_overhead_bench);
