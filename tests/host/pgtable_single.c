/* SPDX-License-Identifier: MIT */
/*
 * The table walker (arch/arm64/boot/pgtable.c), one property at a time: blocks and groups with the
 * contiguous hint are as large as alignment allows; a table that cannot be had is an error which
 * leaves no mapping; what makes no sense is refused.
 */
#include "pgtable.h"

#include <lib/test.h>
#include <uapi/errno.h>

struct range {
	vaddr_t va;
	size_t size;
	paddr_t pa;
};

#define RIGHTS		(MMU_WRITE | MMU_EXEC)

/* The level that an entry at @va should have in fresh tables. */
static int best_level(vaddr_t va, paddr_t pa, size_t left)
{
	for (int level = MAX(BLOCK_LEVEL_MIN, START_LEVEL(VA_BITS)); level < 3; level++)
		if (IS_ALIGNED(va, LEVEL_SIZE(level)) && IS_ALIGNED(pa, LEVEL_SIZE(level)) &&
		    left >= LEVEL_SIZE(level))
			return level;
	return 3;
}

/* Whether all entries of the group around @va are at @level. */
static bool group_is_whole(struct range r, vaddr_t va, int level)
{
	size_t group = LEVEL_SIZE(level) * contiguous_entries(level);
	vaddr_t start = ALIGN_DOWN(va, group);

	if (start < r.va || r.va + (r.size - 1) < start + (group - 1))
		return false;
	return IS_ALIGNED(r.pa + (start - r.va), group) &&
	       best_level(start, r.pa + (start - r.va), r.size - (start - r.va)) == level;
}

static void blocks_and_groups_are_as_large_as_can_be(void)
{
	unsigned int hints = 0, blocks = 0;

	for (u64 round = host_effort(200); round; round--) {
		struct pgtable t = fresh_tables();
		struct range r = { .size = random_size() };
		bool hint = host_random_below(4);

		r.va = random_va(&r.size);
		r.pa = random_pa(r.va, r.size);
		if (!TEST_EQ(pgtable_map(&t, r.va, r.pa, r.size, hint ? MMU_CONTIGUOUS : 0,
					 make_table), 0))
			return;
		for (size_t done = 0; done < r.size;) {
			int level, best = best_level(r.va + done, r.pa + done, r.size - done);
			u64 pte = pgtable_lookup(&t, r.va + done, &level);

			if (!TEST_EQ(level, best) ||
			    !TEST_EQ(!!(pte & PTE_CONTIGUOUS),
				     hint && group_is_whole(r, r.va + done, level)))
				return;
			hints += !!(pte & PTE_CONTIGUOUS);
			blocks += level < 3;
			done += LEVEL_SIZE(level);
		}
	}
	TEST(hints && blocks);
}

static bool first_run(const struct mmu_run *run, void *arg)
{
	*(struct mmu_run *)arg = *run;
	return false;
}

/* Whether anything is mapped; the first of it. */
static bool find_first(const struct pgtable *t, struct mmu_run *run)
{
	run->size = 0;
	pgtable_walk(t, FIRST, first_run, run);
	return run->size;
}

/* For each number of tables that does not suffice, and then with as many as are needed. */
static void no_table_means_no_mapping(void)
{
	size_t size = 3 * LEVEL_SIZE(2) + 5 * PAGE_SIZE;
	vaddr_t va = FIRST + SPACE / 2 - 2 * LEVEL_SIZE(2) - 2 * PAGE_SIZE;

	for (unsigned int tables = 0;; tables++) {
		struct pgtable t = fresh_tables();
		struct mmu_run run;
		int err;

		tables_left = tables;
		err = pgtable_map(&t, va, 0x40000000, size, MMU_WRITE | MMU_CONTIGUOUS, make_table);
		if (!err) {
			TEST(tables >= 2);
			break;
		}
		TEST_EQ(err, -ENOMEM);
		TEST(!find_first(&t, &run));
		/* the empty tables that it made are of use the next time */
		tables_left = ~0U;
		TEST_EQ(pgtable_map(&t, va, 0x40000000, size, MMU_WRITE, make_table), 0);
		if (!TEST(tables < 20))
			break;
	}
}

static void wrong_requests_are_refused(void)
{
	struct pgtable t = fresh_tables();
	struct mmu_run run;
	vaddr_t va = FIRST + 16 * PAGE_SIZE;

	tables_left = 0;
	TEST_EQ(pgtable_map(&t, va, 0, PAGE_SIZE, RIGHTS, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va, 0, PAGE_SIZE, RIGHTS | MMU_CONTIGUOUS, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va, 0, PAGE_SIZE, MMU_USER, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va + 1, 0, PAGE_SIZE, 0, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va, 8, PAGE_SIZE, 0, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va, 0, PAGE_SIZE / 2, 0, make_table), -EINVAL);
	/* physical addresses beyond 48 bits, and around the end of all addresses */
	TEST_EQ(pgtable_map(&t, va, 1UL << 48, PAGE_SIZE, 0, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, va, (1UL << 48) - PAGE_SIZE, 2 * PAGE_SIZE, 0, make_table),
		-EINVAL);
	TEST_EQ(pgtable_map(&t, va, -PAGE_SIZE, 2 * PAGE_SIZE, 0, make_table), -EINVAL);
	/* beyond the address space */
	TEST_EQ(pgtable_map(&t, -PAGE_SIZE, 0, 2 * PAGE_SIZE, 0, make_table), -EINVAL);
	TEST_EQ(pgtable_map(&t, FIRST - PAGE_SIZE, 0, 2 * PAGE_SIZE, 0, make_table), -EINVAL);
	TEST(!find_first(&t, &run));

	tables_left = ~0U;
	TEST_EQ(pgtable_map(&t, va, (1UL << 48) - PAGE_SIZE, PAGE_SIZE, 0, make_table), 0);
	TEST_EQ(pgtable_protect(&t, va, PAGE_SIZE, RIGHTS), -EINVAL);
	TEST_EQ(pgtable_protect(&t, va, PAGE_SIZE, MMU_DEVICE), -EINVAL);
	TEST_EQ(pgtable_protect(&t, va, PAGE_SIZE, MMU_WRITE), 0);
	TEST(find_first(&t, &run));
	TEST_EQ(run.flags, MMU_WRITE);
	TEST_EQ(pgtable_map(&t, va, 0, 0, 0, make_table), 0);
}

/* The last page of all, behind which the addresses begin anew. */
static void the_last_page_is_one_like_others(void)
{
	struct pgtable t = fresh_tables();
	struct mmu_run run;

	TEST_EQ(pgtable_map(&t, -PAGE_SIZE, 0, PAGE_SIZE, MMU_WRITE, make_table), 0);
	TEST(find_first(&t, &run));
	TEST_EQ(run.va, -PAGE_SIZE);
	TEST_EQ(run.entries, 1);
	TEST_EQ(pgtable_protect(&t, -PAGE_SIZE, PAGE_SIZE, 0), 0);
	TEST_EQ(pgtable_unmap(&t, -PAGE_SIZE, PAGE_SIZE), 0);
	TEST(!find_first(&t, &run));
}

/* EL0 has no access to anything, by either bit; an entry that were otherwise would be seen. */
static void nothing_is_open_to_programs(void)
{
	struct pgtable t = fresh_tables();
	int level;
	u64 pte;

	TEST_EQ(pgtable_map(&t, FIRST, 0, PAGE_SIZE, MMU_EXEC, make_table), 0);
	pte = pgtable_lookup(&t, FIRST, &level);
	TEST_EQ(pte_flags(pte), MMU_EXEC);
	TEST_EQ(pte_flags(pte | PTE_USER), MMU_EXEC | MMU_USER);
	TEST_EQ(pte_flags(pte & ~PTE_UXN), MMU_EXEC | MMU_USER);
}

static const struct test_case cases[] = {
	TEST_CASE(blocks_and_groups_are_as_large_as_can_be),
	TEST_CASE(no_table_means_no_mapping),
	TEST_CASE(wrong_requests_are_refused),
	TEST_CASE(the_last_page_is_one_like_others),
	TEST_CASE(nothing_is_open_to_programs),
};

static const struct test_suite pgtable_single_suite = TEST_SUITE_OF("pgtable_single", cases);
TEST_SUITE(pgtable_single_suite);
