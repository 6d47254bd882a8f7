/* SPDX-License-Identifier: MIT */
/*
 * The memory test (see <mm/memtest.h>). All of the memory is filled before any of it is checked, so
 * that a write to one place that changes another is seen, and each piece leaves the cache before
 * it is read again. A run of pages with a bad one is cut in halves until the bad page is alone;
 * when there are more bad pages than are kept in mind, the rest of their run stays out of use as
 * well. It does not test memory that is in use, and knows nothing of rows and banks.
 */
#include <arch/cache.h>
#include <lib/list.h>
#include <lib/log.h>
#include <mm/memtest.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define RESERVE_MIN	MIB(4)
#define RESERVE_PART	32	/* of what is free, when that is more */
#define PIECE		MIB(4)	/* between two looks at the progress */
#define BAD_MAX		64	/* pages */
#define LINES_MAX	20

static struct {
	/* of the running test: */
	struct list runs;		/* linked in their first pages */
	struct memtest *t;
	u64 work, done;			/* bytes to fill and to check in a pass */
	unsigned int pass;
	struct page *run;		/* that is being checked; &test owns it when it is bad */
	struct page *bad[BAD_MAX];
	size_t bad_count;		/* may be more than there is room for */
	struct page *last_bad;
	/* for good: */
	size_t kept;
} test;

/*
 * --- Patterns ---------------------------------------------------------------------------------
 */

static __always_inline u64 word(enum memtest_pattern pattern, const u64 *p, u64 pass)
{
	u64 address = (vaddr_t)p + (pass << 48), number = (vaddr_t)p / sizeof(*p) + pass;

	switch (pattern) {
	case MEMTEST_ADDRESSES:
		return address;
	case MEMTEST_COMPLEMENT:
		return ~address;
	case MEMTEST_WALKING:
		return 1UL << (number & 63);
	default:
		return number & 1 ? 0xaaaaaaaaaaaaaaaa : 0x5555555555555555;
	}
}

static __always_inline void fill(enum memtest_pattern pattern, u64 *p, size_t size, u64 pass)
{
	for (u64 *end = p + size / sizeof(*p); p < end; p += 4) {
		p[0] = word(pattern, p, pass);
		p[1] = word(pattern, p + 1, pass);
		p[2] = word(pattern, p + 2, pass);
		p[3] = word(pattern, p + 3, pass);
	}
}

void memtest_fill(enum memtest_pattern pattern, void *p, size_t size, u64 pass)
{
	/* so that each loop knows its pattern */
	switch (pattern) {
	case MEMTEST_ADDRESSES:
		fill(MEMTEST_ADDRESSES, p, size, pass);
		break;
	case MEMTEST_COMPLEMENT:
		fill(MEMTEST_COMPLEMENT, p, size, pass);
		break;
	case MEMTEST_WALKING:
		fill(MEMTEST_WALKING, p, size, pass);
		break;
	default:
		fill(MEMTEST_CHECKERBOARD, p, size, pass);
	}
}

typedef void bad_word(const void *where, u64 expected, u64 found);

/* The words at @p were read as @found, which may not be read again: a bit may come and go. */
static __noinline u64 compare(enum memtest_pattern pattern, const u64 *p, const u64 *found,
			      u64 pass, bad_word *bad)
{
	u64 count = 0;

	for (size_t i = 0; i < 4; i++) {
		u64 expected = word(pattern, p + i, pass);

		if (found[i] == expected)
			continue;
		bad(p + i, expected, found[i]);
		count++;
	}
	return count;
}

static __always_inline u64 check(enum memtest_pattern pattern, const u64 *p, size_t size, u64 pass,
				 bad_word *bad)
{
	u64 count = 0;

	for (const u64 *end = p + size / sizeof(*p); p < end; p += 4) {
		u64 found[4] = { p[0], p[1], p[2], p[3] };

		if ((found[0] ^ word(pattern, p, pass)) | (found[1] ^ word(pattern, p + 1, pass)) |
		    (found[2] ^ word(pattern, p + 2, pass)) |
		    (found[3] ^ word(pattern, p + 3, pass)))
			count += compare(pattern, p, found, pass, bad);
	}
	return count;
}

u64 memtest_check(enum memtest_pattern pattern, const void *p, size_t size, u64 pass, bad_word *bad)
{
	switch (pattern) {
	case MEMTEST_ADDRESSES:
		return check(MEMTEST_ADDRESSES, p, size, pass, bad);
	case MEMTEST_COMPLEMENT:
		return check(MEMTEST_COMPLEMENT, p, size, pass, bad);
	case MEMTEST_WALKING:
		return check(MEMTEST_WALKING, p, size, pass, bad);
	default:
		return check(MEMTEST_CHECKERBOARD, p, size, pass, bad);
	}
}

/*
 * --- Memory -----------------------------------------------------------------------------------
 */

/* Takes up to @size bytes, the largest runs first. Returns how many. */
static u64 take(u64 size)
{
	u64 taken = 0;

	list_init(&test.runs);
	for (unsigned int order = PAGE_ORDERS; order--;)
		while (size - taken >= PAGE_SIZE << order) {
			struct page *page = page_alloc(order, PAGE_USE_KERNEL | PAGE_QUIET);

			if (!page)
				break;
			list_add_tail(&test.runs, &page->link);
			taken += PAGE_SIZE << order;
		}
	return taken;
}

static void note_bad(struct page *page)
{
	test.run->owner = &test;
	for (size_t i = 0; i < MIN(test.bad_count, (size_t)BAD_MAX); i++)
		if (test.bad[i] == page)
			return;
	if (test.bad_count < BAD_MAX)
		test.bad[test.bad_count] = page;
	test.bad_count++;
}

static bool holds_bad(const struct page *run)
{
	for (size_t i = 0; i < test.bad_count; i++)
		if ((size_t)(test.bad[i] - run) < 1UL << run->order)
			return true;
	return false;
}

/* Gives back what is good of a run with bad pages. */
static void give_parts(struct page *run)
{
	struct page *upper;

	/* all of it, when not every bad page is known */
	if (test.bad_count > BAD_MAX || (!run->order && holds_bad(run))) {
		test.t->bad_pages += 1UL << run->order;
	} else if (!holds_bad(run)) {
		page_free(run);
	} else {
		upper = page_split(run);
		give_parts(run);
		give_parts(upper);
	}
}

static void give_back(void)
{
	while (!list_empty(&test.runs)) {
		struct page *run = list_entry(test.runs.next, struct page, link);

		list_del(&run->link);
		if (run->owner)
			give_parts(run);
		else
			page_free(run);
	}
	test.kept += test.t->bad_pages;
}

/*
 * --- The test ---------------------------------------------------------------------------------
 */

static void report(const void *where, u64 expected, u64 found)
{
	paddr_t pa = virt_to_phys(where);

	if (test.t->bad_words < LINES_MAX)
		log_err("memtest: bad word at %#lx: %#018lx written, %#018lx read", pa, expected,
			found);
	else if (test.t->bad_words == LINES_MAX)
		log_err("memtest: more bad words are only counted");
	test.t->bad_words++;
	if (phys_to_page(pa) != test.last_bad)
		note_bad(phys_to_page(pa));
	test.last_bad = phys_to_page(pa);
}

/* False when the test is to end. */
static bool tell_progress(size_t bytes)
{
	test.done += bytes;
	return !test.t->progress ||
	       test.t->progress(test.pass, (unsigned int)(test.done * 100 / test.work));
}

/* Fills, or checks, each run by pieces. False when the test is to end. */
static bool for_all(enum memtest_pattern pattern, bool checking)
{
	list_for_each(run, &test.runs, struct page, link) {
		u8 *p = page_to_virt(run), *end = p + (PAGE_SIZE << run->order);

		test.run = run;
		for (size_t size; p < end; p += size) {
			size = MIN((size_t)(end - p), PIECE);
			if (checking) {
				memtest_check(pattern, p, size, test.pass, report);
			} else {
				memtest_fill(pattern, p, size, test.pass);
				arch_cache_clean_invalidate(p, size);
			}
			if (!tell_progress(size))
				return false;
		}
	}
	return true;
}

static bool run_pass(void)
{
	test.done = 0;
	for (enum memtest_pattern pattern = 0; pattern < MEMTEST_PATTERNS; pattern++)
		if (!for_all(pattern, false) || !for_all(pattern, true))
			return false;
	return true;
}

static u64 most(void)
{
	u64 free = page_bytes_free(), reserve = MAX(free / RESERVE_PART, RESERVE_MIN);

	return free > reserve ? ALIGN_DOWN(free - reserve, PAGE_SIZE) : 0;
}

int memtest_run(struct memtest *t)
{
	u64 can = most(), size = t->size ? ALIGN_UP(t->size, PAGE_SIZE) : can;
	int err;

	t->bad_words = 0;
	t->bad_pages = 0;
	t->tested = can;
	if (!size || size > can)
		return -ENOMEM;
	test.t = t;
	test.bad_count = 0;
	test.last_bad = NULL;
	t->tested = take(size);
	test.work = 2 * t->tested * MEMTEST_PATTERNS;
	err = t->tested ? 0 : -ENOMEM;
	for (test.pass = 1; !err && test.pass <= t->passes; test.pass++)
		err = run_pass() ? 0 : -EINTR;
	give_back();
	return err;
}

size_t memtest_bad_pages(void)
{
	return test.kept;
}
