/* SPDX-License-Identifier: MIT */
/*
 * What the functions of lib/string.h take: blocks of 4 KiB, as a page is copied or cleared, and
 * of 32 bytes, as most are. Aligned, the call included.
 */
#include <lib/bench.h>
#include <lib/string.h>

#define PAGE	4096
#define ROUNDS	1000

/* neither read nor written before, so boot need not zero them */
static u8 from[PAGE] __section(".noinit") __aligned(64);
static u8 to[PAGE] __section(".noinit") __aligned(64);

static int memcpy_4k(u64 *value)
{
	*value = BENCH_LOOP(ROUNDS, memcpy(to, from, PAGE));
	return 0;
}

static int memcpy_32(u64 *value)
{
	*value = BENCH_LOOP(ROUNDS, memcpy(to, from, 32));
	return 0;
}

static int memset_4k(u64 *value)
{
	*value = BENCH_LOOP(ROUNDS, memset(to, 0, PAGE));
	return 0;
}

static int memset_32(u64 *value)
{
	*value = BENCH_LOOP(ROUNDS, memset(to, 0, 32));
	return 0;
}

static const struct bench memcpy_32_bench = {
	.group = "mem", .name = "memcpy.32", .unit = BENCH_INSTRUCTIONS, .run = memcpy_32,
};
BENCH(memcpy_32_bench);

static const struct bench memcpy_4k_bench = {
	.group = "mem", .name = "memcpy.4k", .unit = BENCH_INSTRUCTIONS, .run = memcpy_4k,
};
BENCH(memcpy_4k_bench);

static const struct bench memset_32_bench = {
	.group = "mem", .name = "memset.32", .unit = BENCH_INSTRUCTIONS, .run = memset_32,
};
BENCH(memset_32_bench);

static const struct bench memset_4k_bench = {
	.group = "mem", .name = "memset.4k", .unit = BENCH_INSTRUCTIONS, .run = memset_4k,
};
BENCH(memset_4k_bench);
