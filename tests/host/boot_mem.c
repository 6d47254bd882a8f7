/* SPDX-License-Identifier: MIT */
/*
 * mm/boot_mem.c against a plain model: one byte a page that says RAM, reserved, or both. Each
 * round plays random banks, reservations, limits and allocations on a machine of PAGES pages,
 * and after each step the lists, the sums and what was handed out must agree with the model.
 * Boot memory has no way back to its start, so each round runs in a process of its own.
 */
#include <lib/log.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

#include <sys/wait.h>

#include "host.h"

#define ROUNDS		500
#define STEPS		60
#define PAGES		512
#define RESERVES_MAX	40	/* boot_mem.c panics when its table is full */

enum { RAM = 1, RESERVED = 2, NO_MAP = 4 };

paddr_t arch_linear_base;

static u8 page[PAGES];			/* the model */
static paddr_t base;			/* physical address of page 0 */
static u8 *memory;			/* what stands behind it, through the linear map */
static paddr_t window_low, window_high;
static bool good = true;		/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

static size_t page_of(paddr_t pa)
{
	return (size_t)((pa - base) / PAGE_SIZE);
}

static bool in_machine(paddr_t pa, u64 size)
{
	return pa >= base && pa + size <= base + PAGES * PAGE_SIZE && pa + size >= pa;
}

/*
 * Sets @bit for the pages that lie wholly in [@pa, @pa + @size), or that touch it when
 * @outwards.
 */
static void model_set(paddr_t pa, u64 size, bool outwards, u8 bit)
{
	for (size_t i = 0; i < PAGES; i++) {
		paddr_t start = base + i * PAGE_SIZE, end = start + PAGE_SIZE;

		if (outwards ? start < pa + size && end > pa : start >= pa && end <= pa + size)
			page[i] |= bit;
	}
}

/*
 * --- The lists and the sums
 * -----------------------------------------------------------------------
 */

static bool lists_agree(void)
{
	static u8 seen[PAGES];
	const struct boot_mem_range *r;
	paddr_t end = 0;
	u64 total = 0, used = 0;

	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; (r = boot_mem_bank(i)) != NULL; i++) {
		CHECK(r->size > 0 && IS_ALIGNED(r->base | r->size, PAGE_SIZE));
		CHECK(in_machine(r->base, r->size));
		/* Sorted, and neither overlapping nor touching. */
		CHECK(i == 0 || r->base > end);
		end = r->base + r->size;
		for (size_t p = page_of(r->base); good && p < page_of(end); p++)
			seen[p] |= RAM;
	}
	end = 0;
	for (unsigned int i = 0; (r = boot_mem_reserved(i)) != NULL; i++) {
		CHECK(r->size > 0 && IS_ALIGNED(r->base | r->size, PAGE_SIZE));
		CHECK(in_machine(r->base, r->size) && r->name != NULL);
		CHECK(r->base >= end);
		end = r->base;
		for (size_t p = page_of(r->base); good && p < page_of(r->base + r->size); p++)
			seen[p] |= RESERVED | (r->no_map ? NO_MAP : 0);
	}
	for (size_t i = 0; i < PAGES; i++) {
		CHECK_EQ(seen[i], page[i]);
		if (!good)
			return false;
		total += page[i] & RAM ? PAGE_SIZE : 0;
		used += (page[i] & RAM) && (page[i] & RESERVED) ? PAGE_SIZE : 0;
	}
	CHECK_EQ(boot_mem_total(), total);
	CHECK_EQ(boot_mem_used(), used);
	return good;
}

/*
 * --- The steps
 * ------------------------------------------------------------------------------------
 */

static void random_range(paddr_t *pa, u64 *size)
{
	size_t first = host_random_below(PAGES), count = 1 + host_random_below(PAGES - first);

	if (host_random_below(2))
		count = 1 + host_random_below(MIN(count, 32UL));
	*pa = base + first * PAGE_SIZE;
	*size = count * PAGE_SIZE;
	/* Half of them have odd edges. */
	if (host_random_below(2)) {
		u64 cut = host_random_below(*size);

		*pa += cut;
		*size = 1 + host_random_below(*size - cut);
	}
}

static void add(void)
{
	paddr_t pa;
	u64 size;

	random_range(&pa, &size);
	boot_mem_add(pa, size);
	model_set(pa, size, false, RAM);
}

static void reserve(void)
{
	static const char *const names[] = { "kernel", "tree", "firmware" };
	bool no_map = host_random_below(4) == 0;
	paddr_t pa;
	u64 size;

	random_range(&pa, &size);
	boot_mem_reserve(pa, size, names[host_random_below(ARRAY_SIZE(names))], no_map);
	model_set(pa, size, true, RESERVED | (no_map ? NO_MAP : 0));
}

static void limit(void)
{
	u64 bytes = host_random_below(2 * PAGES * PAGE_SIZE);
	u64 pages = bytes / PAGE_SIZE;

	boot_mem_limit(bytes);
	for (size_t i = 0; i < PAGES; i++) {
		if ((page[i] & RAM) && pages > 0)
			pages--;
		else
			page[i] &= (u8)~RAM;
	}
}

static void clip(void)
{
	size_t low = host_random_below(PAGES / 4), high = PAGES - host_random_below(PAGES / 4);

	boot_mem_clip(base + low * PAGE_SIZE, base + high * PAGE_SIZE, "the model");
	for (size_t i = 0; i < PAGES; i++) {
		if (i < low || i >= high)
			page[i] &= (u8)~RAM;
	}
}

static void window(void)
{
	size_t low = host_random_below(PAGES), high = low + host_random_below(PAGES - low + 1);

	window_low = base + low * PAGE_SIZE;
	window_high = base + high * PAGE_SIZE;
	if (host_random_below(2)) {
		window_low = 0;
		window_high = ~(paddr_t)0;
	}
	boot_mem_window(window_low, window_high);
}

static bool page_is_free(size_t i)
{
	paddr_t pa = base + i * PAGE_SIZE;

	return (page[i] & (RAM | RESERVED)) == RAM && pa >= window_low &&
	       pa + PAGE_SIZE <= window_high;
}

static bool run_is_free(paddr_t pa, size_t size)
{
	for (size_t i = page_of(pa); i < page_of(pa + size); i++) {
		if (!page_is_free(i))
			return false;
	}
	return true;
}

/* Address 0 is how a caller is told that there is no memory, so page 0 is nobody's. */
static bool run_exists(size_t size, size_t align)
{
	for (size_t i = 0; i + size / PAGE_SIZE <= PAGES; i++) {
		paddr_t pa = base + i * PAGE_SIZE;

		if (pa != 0 && IS_ALIGNED(pa, align) && run_is_free(pa, size))
			return true;
	}
	return false;
}

static void allocate(void)
{
	size_t most = host_random_below(4) ? 4 * PAGE_SIZE : PAGES * PAGE_SIZE / 4;
	size_t asked = 1 + host_random_below(most);
	size_t size = ALIGN_UP(asked, PAGE_SIZE);
	size_t align = PAGE_SIZE << (host_random_below(2) ? 0 : host_random_below(8));
	bool possible = run_exists(size, align);
	paddr_t pa = boot_mem_alloc_phys(asked, align, "test");

	CHECK_EQ(pa != 0, possible);
	if (pa == 0)
		return;
	CHECK(IS_ALIGNED(pa, align));
	if (CHECK(in_machine(pa, size)) && CHECK(run_is_free(pa, size)))
		model_set(pa, size, true, RESERVED);
}

/*
 * --- Rounds
 * ---------------------------------------------------------------------------------------
 */

static void play(void)
{
	static const paddr_t bases[] = {
		0, 0, 0x40000000, 0x100000000, 0xffff00000000, 0x123456780000,
	};
	unsigned int reserves = 0;

	base = ALIGN_DOWN(bases[host_random_below(ARRAY_SIZE(bases))], PAGE_SIZE);
	window_high = ~(paddr_t)0;
	for (u64 n = 1 + host_random_below(6); n > 0; n--)
		add();
	for (unsigned int step = 0; step < STEPS; step++) {
		switch (host_random_below(12)) {
		case 0:
			limit();
			break;
		case 1:
			clip();
			break;
		case 2:
			window();
			break;
		case 3:
			add();
			break;
		case 4: case 5: case 6:
			if (reserves++ < RESERVES_MAX)
				reserve();
			break;
		default:
			if (reserves++ < RESERVES_MAX)
				allocate();
			break;
		}
		if (!lists_agree()) {
			printf("# base %#lx, step %u\n", (unsigned long)base, step);
			return;
		}
	}
}

/* Objects through the linear map: zeroed, aligned, apart from each other, on reserved RAM. */
static void play_objects(void)
{
	static u8 owner[PAGES * 64];		/* by PAGE_SIZE / 64 bytes */
	const size_t grain = PAGE_SIZE / 64;

	base = 0x40000000;
	memory = aligned_alloc(PAGE_SIZE, PAGES * PAGE_SIZE);
	memset(memory, 0xaa, PAGES * PAGE_SIZE);
	arch_linear_base = base + ARCH_LINEAR_START - (vaddr_t)memory;
	boot_mem_add(base, PAGES * PAGE_SIZE);
	boot_mem_reserve(base, 7 * PAGE_SIZE, "kernel", false);
	boot_mem_reserve(base + 300 * PAGE_SIZE, 9 * PAGE_SIZE, "firmware", true);

	for (unsigned int i = 0; i < 100 && good; i++) {
		size_t align = grain << host_random_below(7);
		size_t size = grain * (1 + host_random_below(host_random_below(8) ? 40 : 200));
		u8 *p = boot_mem_alloc(size, align);
		size_t first = (size_t)(p - memory) / grain;

		CHECK(p >= memory && p + size <= memory + PAGES * PAGE_SIZE);
		CHECK(IS_ALIGNED((vaddr_t)p, align));
		CHECK_EQ(virt_to_phys(p), base + (paddr_t)(p - memory));
		CHECK(p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
		for (size_t n = 0; good && n < size / grain; n++) {
			CHECK(owner[first + n] == 0);
			owner[first + n] = 1;
		}
		memset(p, 0x55, size);
	}
	/* Whatever was given away is accounted for. */
	for (size_t i = 0; i < PAGES && good; i++) {
		bool covered = false;
		const struct boot_mem_range *r;

		for (unsigned int j = 0; (r = boot_mem_reserved(j)) != NULL; j++)
			covered |= base + i * PAGE_SIZE - r->base < r->size;
		for (size_t n = 0; n < 64; n++)
			CHECK(!owner[i * 64 + n] || covered);
	}
	free(memory);
}

/* @f in a process of its own; false when it, or a sanitizer, found something. */
static bool apart(void (*f)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		host_log_quiet = true;
		f();
		fflush(stdout);
		_exit(good ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void repeat(void (*f)(void), u64 rounds)
{
	for (; rounds > 0; rounds--) {
		u64 seed = host_random_state;

		if (!TEST(apart(f))) {
			printf("# the round began with CAIRN_SEED=%lu\n", seed);
			return;
		}
		host_random();
	}
}

static void random_machines(void)
{
	repeat(play, host_effort(ROUNDS));
}

static void objects(void)
{
	repeat(play_objects, host_effort(ROUNDS / 50));
}

/*
 * --- Hand-made cases
 * ------------------------------------------------------------------------------
 */

static void play_edges(void)
{
	const paddr_t ram = 0x80000000;

	CHECK_EQ(boot_mem_alloc_phys(1, PAGE_SIZE, "none"), 0);
	boot_mem_add(ram + 1, PAGE_SIZE);
	CHECK_EQ(boot_mem_bank(0), NULL);
	boot_mem_add(ram, 0);
	boot_mem_add(~(paddr_t)0 - 10, 5);
	boot_mem_add(ram, UINT64_MAX);
	CHECK_EQ(boot_mem_bank(0), NULL);

	boot_mem_add(ram, 4 * PAGE_SIZE);
	boot_mem_add(ram + 2 * PAGE_SIZE, 6 * PAGE_SIZE);
	CHECK_EQ(boot_mem_bank(1), NULL);
	CHECK_EQ(boot_mem_total(), 8 * PAGE_SIZE);

	boot_mem_reserve(ram, 0, "nothing", false);
	CHECK_EQ(boot_mem_reserved(0), NULL);
	/* The last page there can be, and beyond. */
	boot_mem_reserve(UINT64_MAX - PAGE_SIZE / 2, PAGE_SIZE / 4, "top", false);
	boot_mem_reserve(UINT64_MAX - PAGE_SIZE * 2, UINT64_MAX, "wraps", false);
	CHECK_EQ(boot_mem_used(), 0);

	CHECK_EQ(boot_mem_alloc_phys(0, PAGE_SIZE, "none"), 0);
	CHECK_EQ(boot_mem_alloc_phys(SIZE_MAX, PAGE_SIZE, "none"), 0);
	CHECK_EQ(boot_mem_alloc_phys(SIZE_MAX - PAGE_SIZE * 2, PAGE_SIZE, "none"), 0);
	CHECK_EQ(boot_mem_alloc_phys(9 * PAGE_SIZE, PAGE_SIZE, "none"), 0);
	CHECK_EQ(boot_mem_alloc_phys(PAGE_SIZE, 1UL << 62, "none"), 0);
	CHECK_EQ(boot_mem_alloc_phys(8 * PAGE_SIZE, PAGE_SIZE, "all"), ram);
	CHECK_EQ(boot_mem_used(), boot_mem_total());
	CHECK_EQ(boot_mem_alloc_phys(1, PAGE_SIZE, "none"), 0);
	boot_mem_limit(0);
	CHECK_EQ(boot_mem_total(), 0);

	/* Page 0 cannot be told from nothing, hence is never given away, nor lost. */
	boot_mem_add(0, 2 * PAGE_SIZE);
	CHECK_EQ(boot_mem_alloc_phys(2 * PAGE_SIZE, PAGE_SIZE, "both"), 0);
	CHECK_EQ(boot_mem_used(), 0);
	CHECK_EQ(boot_mem_alloc_phys(1, PAGE_SIZE, "one"), PAGE_SIZE);
	CHECK_EQ(boot_mem_alloc_phys(1, PAGE_SIZE, "none"), 0);
	CHECK_EQ(boot_mem_used(), PAGE_SIZE);

	/* More banks than the table holds: the rest is left out, in words. */
	host_log_lines();
	for (u64 i = 0; i < 100; i++)
		boot_mem_add(ram + i * 3 * PAGE_SIZE, PAGE_SIZE);
	CHECK(host_log_lines() > 0);
	CHECK(boot_mem_total() > 0 && boot_mem_total() < 100 * PAGE_SIZE);
}

static void edges(void)
{
	TEST(apart(play_edges));
}

/*
 * A Raspberry Pi 4 with 1, 2, 4 and 8 GiB, as its firmware describes it: what is not there between
 * 0x3b400000 and 1 GiB, and in the last 64 MiB below 4 GiB, where the devices are.
 */
static const struct {
	unsigned int banks;
	struct {
		paddr_t base;
		u64 size;
	} bank[3];
} pi[] = {
	{ 1, { { 0, 0x3b400000 } } },
	{ 2, { { 0, 0x3b400000 }, { 0x40000000, 0x40000000 } } },
	{ 2, { { 0, 0x3b400000 }, { 0x40000000, 0xbc000000 } } },
	{ 3, { { 0, 0x3b400000 }, { 0x40000000, 0xbc000000 }, { 0x100000000, 0x100000000 } } },
};
static unsigned int pi_board;

static void play_pi(void)
{
	u64 total = 0, left;
	paddr_t pa;

	/* from the last one on, and with the spin table's page and the GPU's memory taken */
	for (unsigned int i = pi[pi_board].banks; i--;) {
		boot_mem_add(pi[pi_board].bank[i].base, pi[pi_board].bank[i].size);
		total += pi[pi_board].bank[i].size;
	}
	boot_mem_reserve(0, 0x1000, "memreserve", false);
	boot_mem_reserve(0x3b400000, 0x4c00000, "gpu", true);
	boot_mem_clip(0, 1UL << 38, "nobody");
	CHECK_EQ(boot_mem_total(), total);
	CHECK_EQ(boot_mem_used(), ALIGN_UP(0x1000, PAGE_SIZE));
	for (unsigned int i = 0; i < pi[pi_board].banks; i++) {
		CHECK_EQ(boot_mem_bank(i)->base, pi[pi_board].bank[i].base);
		CHECK_EQ(boot_mem_bank(i)->size, pi[pi_board].bank[i].size);
	}
	CHECK_EQ(boot_mem_bank(pi[pi_board].banks), NULL);

	/* all of it can be had, by 32 MiB, and nothing else */
	left = total - boot_mem_used();
	while ((pa = boot_mem_alloc_phys(0x2000000, PAGE_SIZE, "some"))) {
		bool inside = false;

		for (unsigned int i = 0; i < pi[pi_board].banks; i++)
			inside |= pa >= pi[pi_board].bank[i].base &&
				  pa + 0x2000000 - pi[pi_board].bank[i].base <=
					  pi[pi_board].bank[i].size;
		CHECK(inside);
		left -= 0x2000000;
	}
	CHECK(left < 0x2000000UL * pi[pi_board].banks);
}

static void raspberry_pi_4(void)
{
	for (pi_board = 0; pi_board < ARRAY_SIZE(pi); pi_board++)
		TEST(apart(play_pi));
}

static const struct test_case cases[] = {
	TEST_CASE(edges),
	TEST_CASE(raspberry_pi_4),
	TEST_CASE(random_machines),
	TEST_CASE(objects),
};

static const struct test_suite boot_mem_suite = TEST_SUITE_OF("boot_mem", cases);
TEST_SUITE(boot_mem_suite);
