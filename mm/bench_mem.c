/* SPDX-License-Identifier: MIT */
/*
 * What pages cost: taking and giving back one that the CPU's cache has, and a run of 16; and what
 * the hand-over of all RAM took at boot.
 */
#include <lib/bench.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define ROUNDS	1000

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
