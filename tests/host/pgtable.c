/* SPDX-License-Identifier: MIT */
/*
 * The table walker (arch/arm64/boot/pgtable.c) against a plain model: a list of mapped ranges, each
 * with its physical address and flags. Rounds of random maps, unmaps and changes of rights, around
 * the places where tables and address spaces begin and end; after each step the tables, entry by
 * entry, must agree with the list.
 */
#include "pgtable.h"

#include <lib/test.h>
#include <uapi/errno.h>

#define ROUNDS		40
#define STEPS		120
#define RANGES_MAX	1024
#define RIGHTS		(MMU_WRITE | MMU_EXEC)

static bool good = true;		/* no check has failed in this case */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

/*
 * --- The model ----------------------------------------------------------------------------------
 */

struct range {
	vaddr_t va;
	size_t size;
	paddr_t pa;
	unsigned int flags;		/* without the hint, which is no promise */
};

static struct range model[RANGES_MAX];	/* in no order */
static unsigned int ranges;

static void model_add(struct range r)
{
	if (ranges == RANGES_MAX)
		abort();
	if (r.size)
		model[ranges++] = r;
}

/* Cuts [@va, @va + @size) out of all ranges; with @flags it comes back with these. */
static void model_cut(vaddr_t va, size_t size, const unsigned int *flags)
{
	unsigned int count = ranges;

	for (unsigned int i = 0; size && i < count; i++) {
		struct range r = model[i];
		vaddr_t start = MAX(r.va, va), last = MIN(r.va + (r.size - 1), va + (size - 1));

		if (start > last)
			continue;
		model[i].size = start - r.va;
		model_add((struct range){ last + 1, r.va + (r.size - 1) - last,
					  r.pa + (last + 1 - r.va), r.flags });
		if (flags)
			model_add((struct range){ start, last - start + 1, r.pa + (start - r.va),
						  (r.flags & ~RIGHTS) | *flags });
	}
	for (unsigned int i = 0; i < ranges;)
		if (model[i].size)
			i++;
		else
			model[i] = model[--ranges];
}

static const struct range *model_at(vaddr_t va)
{
	for (unsigned int i = 0; i < ranges; i++)
		if (va >= model[i].va && va - model[i].va < model[i].size)
			return &model[i];
	return NULL;
}

static bool model_has_any(vaddr_t va, size_t size)
{
	for (unsigned int i = 0; i < ranges; i++)
		if (va <= model[i].va + (model[i].size - 1) && model[i].va <= va + (size - 1))
			return true;
	return false;
}

/*
 * --- The tables, looked at ----------------------------------------------------------------------
 */

/* Valid entries with the hint stand in whole groups, at multiples of their size, side by side. */
static void check_group(const struct mmu_run *run, unsigned int i, u64 first, u64 pte, int level)
{
	unsigned int entries = contiguous_entries(level);
	size_t step = LEVEL_SIZE(level);

	CHECK_EQ(run->block, entries * step);
	CHECK(IS_ALIGNED(run->va, entries * step));
	CHECK_EQ(run->entries % entries, 0);
	if (i % entries == 0)
		CHECK(IS_ALIGNED(pte & PTE_ADDRESS, entries * step));
	else
		CHECK_EQ(pte & PTE_ADDRESS, (first & PTE_ADDRESS) + i % entries * step);
}

struct look {
	const struct pgtable *t;
	vaddr_t next;			/* the lowest address that has not been shown */
	size_t mapped;
};

/* Each entry of a run, by the walk of a single address, is as the model has it. */
static bool check_run(const struct mmu_run *run, void *arg)
{
	struct look *look = arg;
	size_t step = run->size / run->entries;
	u64 first = 0;

	CHECK(run->va >= look->next && run->size && (look->next || !look->mapped));
	for (unsigned int i = 0; good && i < run->entries; i++) {
		vaddr_t va = run->va + i * step;
		const struct range *r = model_at(va);
		int level;
		u64 pte = pgtable_lookup(look->t, va, &level);

		if (!CHECK(r))
			break;
		CHECK_EQ(LEVEL_SIZE(level), step);
		CHECK_EQ(pte & PTE_ADDRESS, r->pa + (va - r->va));
		CHECK_EQ(pte_flags(pte), run->flags);
		CHECK_EQ(run->flags & ~(unsigned int)MMU_CONTIGUOUS, r->flags);
		if (i % contiguous_entries(level) == 0)
			first = pte;
		if (pte & PTE_CONTIGUOUS)
			check_group(run, i, first, pte, level);
		else
			CHECK_EQ(run->block, step);
	}
	look->mapped += run->size;
	look->next = run->va + run->size;
	return good;
}

/* All that is mapped is in the model, as the model has it, and is all of it. */
static void check_all(const struct pgtable *t)
{
	struct look look = { t, FIRST, 0 };
	size_t expected = 0;

	for (unsigned int i = 0; i < ranges; i++)
		expected += model[i].size;
	pgtable_walk(t, FIRST, check_run, &look);
	CHECK_EQ(look.mapped, expected);
}

/* Bytes that go together at @va: those of the entry, or of its group; of a hole up to its end. */
static size_t unit_at(const struct pgtable *t, vaddr_t va, u64 *pte)
{
	int level;

	*pte = pgtable_lookup(t, va, &level);
	return LEVEL_SIZE(level) * (*pte & PTE_CONTIGUOUS ? contiguous_entries(level) : 1);
}

/*
 * --- Random rounds ------------------------------------------------------------------------------
 */

static unsigned int random_flags(void)
{
	static const unsigned int some[] = { 0, MMU_WRITE, MMU_EXEC, MMU_WRITE | MMU_DEVICE };

	return some[host_random_below(4)];
}

static void step_map(const struct pgtable *t)
{
	size_t size = random_size();
	vaddr_t va = random_va(&size);
	paddr_t pa = random_pa(va, size);
	unsigned int flags = random_flags(), hint = host_random_below(2) ? MMU_CONTIGUOUS : 0;
	bool full = host_random_below(8) == 0, any = model_has_any(va, size);
	int err;

	tables_left = full ? (unsigned int)host_random_below(3) : ~0U;
	err = pgtable_map(t, va, pa, size, flags | hint, make_table);
	if (!err) {
		CHECK(!any);
		model_add((struct range){ va, size, pa, flags });
	} else {
		CHECK(err == -EEXIST ? any : full && err == -ENOMEM);
	}
}

/* What the ends of a range tear apart stays, and is the only thing to make it fail. */
static void step_unmap(const struct pgtable *t)
{
	size_t size = random_size(), unit;
	vaddr_t va = random_va(&size);
	vaddr_t last = va + (size - 1), from = va, to = last;
	int expected = 0;
	u64 pte;

	unit = unit_at(t, va, &pte);
	if (pte && (!IS_ALIGNED(va, unit) || (va | (unit - 1)) > last)) {
		from = (va | (unit - 1)) + 1;
		expected = -EINVAL;
	}
	unit = unit_at(t, last, &pte);
	if (pte && (last & (unit - 1)) != unit - 1) {
		to = ALIGN_DOWN(last, unit) - 1;
		expected = -EINVAL;
	}
	CHECK_EQ(pgtable_unmap(t, va, size), expected);
	/* from is 0 behind the last address; one unit may reach beyond both ends */
	if (from && from <= to)
		model_cut(from, to - from + 1, NULL);
}

static void step_protect(const struct pgtable *t)
{
	size_t size = random_size(), unit;
	vaddr_t va = random_va(&size), at;
	unsigned int flags = (unsigned int)host_random_below(3);	/* none, W or X */
	int expected = 0;
	u64 pte;

	if (ranges && host_random_below(4)) {
		const struct range *r = &model[host_random_below(ranges)];

		va = r->va;
		size = host_random_below(4) ? r->size : MIN(size, r->size);
	}
	for (at = va; at - va < size; at += unit) {
		unit = unit_at(t, at, &pte);
		if (!pte || (pte & PTE_CONTIGUOUS) || !IS_ALIGNED(at, unit) ||
		    size - (at - va) < unit) {
			expected = -EINVAL;
			break;
		}
	}
	CHECK_EQ(pgtable_protect(t, va, size, flags), expected);
	if (at != va)
		model_cut(va, at - va, &flags);
}

static void step_lookup(const struct pgtable *t)
{
	size_t size = PAGE_SIZE;
	vaddr_t va = random_va(&size);
	const struct range *r = model_at(va);
	int level;
	u64 pte = pgtable_lookup(t, va, &level);

	CHECK_EQ(!pte, !r);
	if (pte && r)
		CHECK_EQ((pte & PTE_ADDRESS) + (va & (LEVEL_SIZE(level) - 1)),
			 r->pa + (va - r->va));
}

static bool first_run(const struct mmu_run *run, void *arg)
{
	*(struct mmu_run *)arg = *run;
	return false;
}

/* From anywhere on, what is shown first is the lowest that is mapped there or above. */
static void step_walk(const struct pgtable *t)
{
	size_t size = PAGE_SIZE;
	struct mmu_run run = { 0 };
	vaddr_t va = random_va(&size), lowest = model_at(va) ? va : 0;

	for (unsigned int i = 0; i < ranges && lowest != va; i++)
		if (model[i].va > va && (!lowest || model[i].va < lowest))
			lowest = model[i].va;
	pgtable_walk(t, va, first_run, &run);
	if (CHECK_EQ(!run.size, !lowest) && lowest)
		CHECK_EQ(run.va, ALIGN_DOWN(lowest, run.size / run.entries));
}

static void random_rounds_agree_with_the_model(void)
{
	good = true;
	for (u64 round = host_effort(ROUNDS); good && round; round--) {
		struct pgtable t = fresh_tables();

		ranges = 0;
		for (unsigned int i = 0; good && i < STEPS; i++) {
			u64 what = host_random_below(10);

			if (what < 5)
				step_map(&t);
			else if (what < 8)
				step_unmap(&t);
			else
				step_protect(&t);
			step_lookup(&t);
			step_walk(&t);
			if (i % 8 == 0)
				check_all(&t);
		}
		check_all(&t);
	}
}

static void overlap_changes_nothing(void)
{
	struct pgtable t = fresh_tables();
	vaddr_t va = FIRST + LEVEL_SIZE(2);

	ranges = 0;
	TEST_EQ(pgtable_map(&t, va + 7 * PAGE_SIZE, 0, PAGE_SIZE, 0, make_table), 0);
	model_add((struct range){ va + 7 * PAGE_SIZE, PAGE_SIZE, 0, 0 });
	TEST_EQ(pgtable_map(&t, va, 0, 8 * PAGE_SIZE, MMU_WRITE, make_table), -EEXIST);
	TEST_EQ(pgtable_map(&t, FIRST, 0, 2 * LEVEL_SIZE(2), MMU_CONTIGUOUS, make_table), -EEXIST);
	TEST_EQ(pgtable_map(&t, va + 7 * PAGE_SIZE, 0, PAGE_SIZE, 0, make_table), -EEXIST);
	check_all(&t);
	/* below a block as well */
	TEST_EQ(pgtable_map(&t, FIRST + 8 * LEVEL_SIZE(2), 0, LEVEL_SIZE(2), 0, make_table), 0);
	model_add((struct range){ FIRST + 8 * LEVEL_SIZE(2), LEVEL_SIZE(2), 0, 0 });
	TEST_EQ(pgtable_map(&t, FIRST + 8 * LEVEL_SIZE(2) + PAGE_SIZE, 0, PAGE_SIZE, 0, make_table),
		-EEXIST);
	check_all(&t);
}

static const struct test_case cases[] = {
	TEST_CASE(random_rounds_agree_with_the_model),
	TEST_CASE(overlap_changes_nothing),
};

static const struct test_suite pgtable_suite = TEST_SUITE_OF("pgtable", cases);
TEST_SUITE(pgtable_suite);
