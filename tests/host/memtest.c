/* SPDX-License-Identifier: MIT */
/*
 * mm/memtest.c over the real page allocator: bits flip between filling and checking, where the
 * kernel has the cache written back, and each of them must be found, reported and kept out of use;
 * and no other.
 */
#include <arch/cache.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/memtest.h>
#include <uapi/errno.h>
#include <mm/page.h>

#include "apart.h"
#include "host.h"
#include "machine/machine.h"

#define WORDS		4096
#define MACHINE_MIB	16UL
#define RESERVE		MIB(4)	/* what memtest.c leaves, of so little memory */
#define FLIPS_MAX	400

static bool good = true;	/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

/*
 * --- The machine's faults ---------------------------------------------------------------------
 */

static struct flip {
	u64 *word;
	u64 mask;
} flips[FLIPS_MAX];
static size_t flip_count, to_plant;
static const void *first_piece;	/* that the test filled */
static u64 least_free;		/* that was left while the test ran */

/* Makes words of [@p, @p + @size) bad, at most one in a page, until there are enough. */
static void plant(u8 *p, size_t size)
{
	for (u8 *page = p; page < p + size && flip_count < to_plant; page += PAGE_SIZE) {
		if (host_random_below(to_plant > 64 ? 2 : 4))
			continue;
		flips[flip_count].word = (u64 *)page + host_random_below(PAGE_SIZE / sizeof(u64));
		flips[flip_count++].mask = host_random() | 1;
	}
}

/* What was filled goes to memory, where bits flip. */
void arch_cache_clean_invalidate(const void *p, size_t size)
{
	if (p == first_piece)
		to_plant = flip_count;	/* all of the memory has been seen */
	if (!first_piece)
		first_piece = p;
	plant((u8 *)(uintptr_t)p, size);
	for (size_t i = 0; i < flip_count; i++)
		if ((vaddr_t)flips[i].word - (vaddr_t)p < size)
			*flips[i].word ^= flips[i].mask;
	least_free = MIN(least_free, page_bytes_free());
}

/*
 * --- The patterns -----------------------------------------------------------------------------
 */

static u64 memory[WORDS];
static size_t reports;

static void expect_flip(const void *where, u64 expected, u64 found)
{
	size_t i = 0;

	while (i < flip_count && flips[i].word != where)
		i++;
	if (TEST(i < flip_count))
		TEST_EQ(expected ^ found, flips[i].mask);
	TEST_EQ(found, *(const u64 *)where);
	reports++;
}

static void flip_and_check(enum memtest_pattern pattern, u64 pass)
{
	memtest_fill(pattern, memory, sizeof(memory), pass);
	flip_count = 0;
	TEST_EQ(memtest_check(pattern, memory, sizeof(memory), pass, expect_flip), 0);
	while (flip_count < 7) {
		struct flip *f = &flips[flip_count];
		size_t eighth = WORDS / 8;

		f->word = &memory[flip_count++ * eighth + host_random_below(eighth)];
		f->mask = 1UL << host_random_below(64);
		*f->word ^= f->mask;
	}
	reports = 0;
	TEST_EQ(memtest_check(pattern, memory, sizeof(memory), pass, expect_flip), 7);
	TEST_EQ(reports, 7);
}

static void every_flip_is_found(void)
{
	for (enum memtest_pattern pattern = 0; pattern < MEMTEST_PATTERNS; pattern++)
		for (u64 pass = 0; pass < 100; pass++)
			flip_and_check(pattern, pass);
	/* the last word of all, and the first */
	memtest_fill(MEMTEST_WALKING, memory, sizeof(memory), 0);
	flips[0] = (struct flip){ &memory[0], 1 };
	flips[1] = (struct flip){ &memory[WORDS - 1], 2 };
	flip_count = 2;
	memory[0] ^= 1;
	memory[WORDS - 1] ^= 2;
	TEST_EQ(memtest_check(MEMTEST_WALKING, memory, sizeof(memory), 0, expect_flip), 2);
}

static void every_bit_is_set_and_cleared(void)
{
	static u64 set[WORDS], cleared[WORDS];

	for (enum memtest_pattern pattern = 0; pattern < MEMTEST_PATTERNS; pattern++) {
		memtest_fill(pattern, memory, sizeof(memory), 1);
		for (size_t i = 0; i < WORDS; i++) {
			set[i] |= memory[i];
			cleared[i] |= ~memory[i];
		}
	}
	for (size_t i = 0; i < WORDS; i++)
		TEST(set[i] == ~0UL && cleared[i] == ~0UL);
}

static void no_report(const void *where, u64 expected, u64 found)
{
	(void)where;
	(void)expected;
	(void)found;
}

/* Where one address line is dead, two places are one: whichever it is, it is found. */
static void dead_address_lines_are_found(void)
{
	for (size_t line = 1; line < WORDS; line *= 2) {
		memtest_fill(MEMTEST_ADDRESSES, memory, sizeof(memory), 0);
		for (size_t i = 0; i < WORDS; i++)
			memory[i & ~line] = memory[i];
		for (size_t i = 0; i < WORDS; i++)
			memory[i] = memory[i & ~line];
		TEST_EQ(memtest_check(MEMTEST_ADDRESSES, memory, sizeof(memory), 0, no_report),
			WORDS / 2);
	}
}

static void each_word_and_pass_differs(void)
{
	static u64 before[WORDS];

	for (enum memtest_pattern pattern = 0; pattern < MEMTEST_PATTERNS; pattern++) {
		memtest_fill(pattern, before, sizeof(before), 1);
		memtest_fill(pattern, memory, sizeof(memory), 1);
		TEST(memory[0] != memory[1] && memory[1] != memory[2]);
		memtest_fill(pattern, memory, sizeof(memory), 2);
		TEST_EQ(memtest_check(pattern, memory, sizeof(memory), 1, no_report), WORDS);
	}
}

/*
 * --- Whole tests ------------------------------------------------------------------------------
 */

static unsigned int last_percent, last_pass, calls, end_after;

static bool progress(unsigned int pass, unsigned int done)
{
	CHECK(pass == last_pass ? done >= last_percent : pass == last_pass + 1);
	CHECK(done <= 100);
	last_pass = pass;
	last_percent = done;
	calls++;
	return calls != end_after;
}

static void begin(size_t flips_wanted)
{
	machine_start_simple(MACHINE_MIB);
	flip_count = 0;
	to_plant = flips_wanted;
	first_piece = NULL;
	least_free = ~0UL;
	last_percent = last_pass = calls = 0;
	host_log_quiet = true;
	host_log_lines();
}

static bool play_good_memory(void)
{
	struct memtest t = { .passes = 3, .progress = progress };
	u64 free;

	begin(0);
	free = page_bytes_free();
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(t.tested, free - RESERVE);
	CHECK_EQ(t.bad_words, 0);
	CHECK_EQ(t.bad_pages, 0);
	CHECK_EQ(least_free, RESERVE);
	CHECK_EQ(page_bytes_free(), free);
	CHECK(last_pass == 3 && last_percent == 100 && calls > 3 * 8);
	CHECK_EQ(host_log_lines(), 0);

	/* ended in the middle of the first pass: everything is back */
	calls = last_pass = last_percent = 0;
	end_after = 5;
	CHECK_EQ(memtest_run(&t), -EINTR);
	end_after = 0;
	CHECK(calls == 5 && last_pass == 1);
	CHECK_EQ(page_bytes_free(), free);

	t.size = 3 * PAGE_SIZE - 1;
	t.passes = 1;
	t.progress = NULL;
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(t.tested, 3 * PAGE_SIZE);
	t.size = free - RESERVE + 1;
	CHECK(memtest_run(&t) < 0);
	CHECK_EQ(t.tested, free - RESERVE);
	t.size = ~0UL;
	CHECK(memtest_run(&t) < 0);
	CHECK_EQ(page_bytes_free(), free);
	CHECK_EQ(memtest_bad_pages(), 0);
	return good;
}

static void good_memory_comes_back(void)
{
	TEST(apart(play_good_memory));
}

/* Whether one of the planted flips is in a page that can still be had. */
static bool bad_page_is_had(void)
{
	struct page *page;

	while ((page = page_alloc(0, PAGE_USE_KERNEL | PAGE_QUIET)))
		for (size_t i = 0; i < flip_count; i++)
			if (virt_to_page(flips[i].word) == page)
				return true;
	return false;
}

static bool play_bad_memory(void)
{
	struct memtest t = { .passes = 2 };
	size_t count = 1 + host_random_below(30);
	u64 free;

	begin(count);
	free = page_bytes_free();
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(flip_count, count);
	CHECK_EQ(t.bad_words, count * MEMTEST_PATTERNS * 2);
	CHECK_EQ(t.bad_pages, count);
	CHECK_EQ(host_log_lines(), MIN(t.bad_words, 21UL));
	CHECK_EQ(page_bytes_free(), free - count * PAGE_SIZE);
	CHECK_EQ(memtest_bad_pages(), count);
	/* the next one has to do without them */
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(t.bad_words, 0);
	CHECK_EQ(t.bad_pages, 0);
	CHECK_EQ(memtest_bad_pages(), count);
	CHECK(!bad_page_is_had());
	return good;
}

static void bad_pages_stay_out_of_use(void)
{
	TEST(apart_repeat(play_bad_memory, 6));
}

static bool play_one_bad_word(void)
{
	struct memtest t = { .passes = 1 };
	char text[64];

	begin(1);
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(flip_count, 1);
	CHECK_EQ(host_log_lines(), MEMTEST_PATTERNS);
	snprintf(text, sizeof(text), "memtest: bad word at %#lx: 0x",
		 (unsigned long)virt_to_phys(flips[0].word));
	CHECK_EQ(strncmp(host_log_last(), text, strlen(text)), 0);
	return good;
}

static void a_bad_word_is_named(void)
{
	TEST(apart(play_one_bad_word));
}

/* More than can be told apart: whole runs stay out of use, and no bad page is missed. */
static bool play_much_bad_memory(void)
{
	struct memtest t = { .passes = 1 };
	u64 free;

	/* with 64 KiB pages there may be fewer */
	begin(65 + host_random_below(FLIPS_MAX - 65));
	free = page_bytes_free();
	CHECK_EQ(memtest_run(&t), 0);
	CHECK_EQ(t.bad_words, flip_count * MEMTEST_PATTERNS);
	CHECK(t.bad_pages >= flip_count);
	CHECK(t.bad_pages > flip_count || flip_count <= 64);
	CHECK_EQ(page_bytes_free(), free - t.bad_pages * PAGE_SIZE);
	CHECK(!bad_page_is_had());
	return good;
}

static void much_bad_memory_is_no_trouble(void)
{
	TEST(apart_repeat(play_much_bad_memory, 3));
}

static bool play_tiny_machine(void)
{
	struct memtest t = { .passes = 1 };

	machine_start_simple(4);
	CHECK(memtest_run(&t) < 0);
	CHECK_EQ(t.tested, 0);
	return good;
}

static void too_little_memory_is_refused(void)
{
	TEST(apart(play_tiny_machine));
}

static const struct test_case cases[] = {
	TEST_CASE(every_flip_is_found),
	TEST_CASE(every_bit_is_set_and_cleared),
	TEST_CASE(dead_address_lines_are_found),
	TEST_CASE(each_word_and_pass_differs),
	TEST_CASE(good_memory_comes_back),
	TEST_CASE(bad_pages_stay_out_of_use),
	TEST_CASE(a_bad_word_is_named),
	TEST_CASE(much_bad_memory_is_no_trouble),
	TEST_CASE(too_little_memory_is_refused),
};

static const struct test_suite memtest_suite = TEST_SUITE_OF("memtest", cases);
TEST_SUITE(memtest_suite);
