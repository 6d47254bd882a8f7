/* SPDX-License-Identifier: MIT */
/*
 * The table walker (see <asm/pgtable_walk.h>). It stands among early boot's files because it
 * must run with the MMU off as well; the kernel calls the same code at its link address.
 *
 * Each step goes down from the root once and then along one table: a map writes a run of equal
 * entries, a walk over what there is looks at eight entries at a time. Entries with the
 * contiguous hint are written and cleared as whole groups only.
 */
#include <arch/mmu.h>
#include <asm/pgtable_walk.h>
#include <uapi/errno.h>

/* @va without the bits that say which of the two roots it belongs to. */
static vaddr_t below_root(const struct pgtable *t, vaddr_t va)
{
	return va & (BIT(t->va_bits) - 1);
}

static unsigned int pte_index(vaddr_t va, int level)
{
	return (va >> LEVEL_SHIFT(level)) & (TABLE_ENTRIES - 1);
}

static u64 pte_rights(unsigned int flags)
{
	return (flags & MMU_WRITE ? 0 : PTE_RDONLY) | (flags & MMU_EXEC ? 0 : PTE_PXN);
}

/* The bits of an entry that maps memory with @flags (enum in <arch/mmu.h>). */
static u64 pte_attributes(unsigned int flags)
{
	u64 pte = PTE_VALID | PTE_ACCESSED | PTE_UXN | pte_rights(flags);

	if (flags & MMU_DEVICE)
		return pte | PTE_ATTR(MAIR_DEVICE);
	return pte | PTE_ATTR(MAIR_NORMAL) | PTE_INNER_SHAREABLE;
}

unsigned int pte_flags(u64 pte)
{
	return (PTE_ATTR_INDEX(pte) == MAIR_DEVICE ? MMU_DEVICE : 0) |
	       (pte & PTE_RDONLY ? 0 : MMU_WRITE) | (pte & PTE_PXN ? 0 : MMU_EXEC) |
	       (pte & PTE_CONTIGUOUS ? MMU_CONTIGUOUS : 0) |
	       ((pte & (PTE_USER | PTE_UXN)) == PTE_UXN ? 0 : MMU_USER);
}

static bool pte_is_table(u64 pte, int level)
{
	return level < 3 && (pte & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

/* Bytes that go together: those of an entry at @level, or of its group. */
static size_t pte_size(u64 pte, int level)
{
	bool group = IS_ENABLED(CONFIG_MAP_CONTIGUOUS) &&
		     (pte & (PTE_VALID | PTE_CONTIGUOUS)) == (PTE_VALID | PTE_CONTIGUOUS);

	return LEVEL_SIZE(level) << (group ? CONTIGUOUS_SHIFT(level) : 0);
}

/*
 * Finds the entry for @va, going down to @level at most and making tables on the way when there
 * is @alloc. NULL: it had none. Else *@level is where the walk ended: earlier than asked at a
 * block or a hole.
 */
static u64 *pgtable_entry(const struct pgtable *t, vaddr_t va, int *level, mmu_table_alloc *alloc)
{
	u64 *table = t->access(t->root);

	va = below_root(t, va);
	for (int l = t->start_level;; l++) {
		u64 *entry = &table[pte_index(va, l)];
		u64 pte = pte_read(entry);
		paddr_t below = pte & PTE_ADDRESS;

		if (l == *level)
			return entry;
		if (!pte_is_table(pte, l)) {
			if (!alloc || (pte & PTE_VALID)) {
				*level = l;
				return entry;
			}
			below = alloc();
			if (!below)
				return NULL;
			/* the hardware's walkers find it empty as soon as they find it */
			__atomic_thread_fence(__ATOMIC_RELEASE);
			pte_write(entry, below | PTE_VALID | PTE_TABLE);
		}
		table = t->access(below);
	}
}

/* The highest level at which an entry can map @va to @pa without reaching beyond @size. */
static int pgtable_level(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size)
{
	int level = MAX(BLOCK_LEVEL_MIN, t->start_level);

	while (level < 3 && (((va | pa) & (LEVEL_SIZE(level) - 1)) || size < LEVEL_SIZE(level)))
		level++;
	return level;
}

/*
 * How many of @count entries at @level, from @va's on, can be written alike. With *@hint that is up
 * to where groups begin or end; *@hint then says whether these are groups.
 */
static unsigned int run_length(vaddr_t va, paddr_t pa, unsigned int count, int level, bool *hint)
{
	unsigned int group = 1U << CONTIGUOUS_SHIFT(level);
	unsigned int ahead = -pte_index(va, level) & (group - 1);

	if (!*hint)
		return count;
	*hint = false;
	if ((va ^ pa) & ((LEVEL_SIZE(level) << CONTIGUOUS_SHIFT(level)) - 1))
		return count;
	if (ahead)
		return MIN(count, ahead);
	*hint = count >= group;
	return *hint ? ALIGN_DOWN(count, group) : count;
}

/* How many of the @n entries at @e are empty, up to the first that is not. */
static unsigned int count_empty(const u64 *e, unsigned int n)
{
	const u64 *at = e, *eights = e + ALIGN_DOWN(n, 8), *end = e + n;

	/* it is the second loop that says how many */
	while (!IS_ENABLED(CONFIG_CC_OPTIMIZE_FOR_SIZE) && at != eights &&
	       !(at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7]))
		at += 8;
	while (at != end && !*at)
		at++;
	return (unsigned int)(at - e);
}

int pgtable_unmap(const struct pgtable *t, vaddr_t va, size_t size)
{
	vaddr_t end = va + size;
	int err = 0;

	while (va != end) {
		int level = 3;
		u64 *entry = pgtable_entry(t, va, &level, NULL);
		u64 pte = pte_read(entry);
		size_t unit = pte_size(pte, level), into = va & (unit - 1), left = unit - into;

		if (!into && unit <= end - va)
			for (u64 *last = entry + (unit >> LEVEL_SHIFT(level)); entry != last;)
				pte_write(entry++, 0);
		else if (pte & PTE_VALID)
			err = -EINVAL;
		va += MIN(left, end - va);
	}
	return err;
}

/*
 * Maps the beginning of a range, by a run of entries in one table; @pte has all that they share.
 * How many bytes that was, or a negative errno.
 */
static ssize_t map_run(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, u64 pte,
		       bool hints, mmu_table_alloc *alloc)
{
	int want = pgtable_level(t, va, pa, size), level;
	unsigned int count, empty;
	u64 *entry;
	bool hint;

	/* a table that is there already, be it empty, makes the entries smaller */
	do {
		level = want;
		entry = pgtable_entry(t, va, &level, alloc);
		if (!entry)
			return -ENOMEM;
	} while (pte_is_table(pte_read(entry), want++));
	/* up to the table's end at most: there a larger block may begin */
	empty = (unsigned int)MIN(size >> LEVEL_SHIFT(level), TABLE_ENTRIES - pte_index(va, level));
	do {
		hint = hints;
		count = run_length(va, pa, empty, level, &hint);
		empty = count_empty(entry, count);
	} while (empty < count);
	if (!count)
		return -EEXIST;

	pte |= pa | (level == 3 ? PTE_TABLE : 0) | (hint ? PTE_CONTIGUOUS : 0);
	size = LEVEL_SIZE(level);
	for (u64 *last = entry + count; entry != last; pte += size)
		pte_write(entry++, pte);
	return (ssize_t)(count * size);
}

int pgtable_map(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, unsigned int flags,
		mmu_table_alloc *alloc)
{
	bool hints = IS_ENABLED(CONFIG_MAP_CONTIGUOUS) && (flags & MMU_CONTIGUOUS);
	u64 pte = pte_attributes(flags);

	if ((flags & (MMU_WRITE | MMU_EXEC)) == (MMU_WRITE | MMU_EXEC) || (flags & MMU_USER) ||
	    ((va | pa | size) & ~PAGE_MASK))
		return -EINVAL;
	/* of physical addresses an entry holds no more: bits above would become its attributes */
	if (size && ((va ^ (va + size - 1)) >> t->va_bits || pa + size - 1 < pa ||
		     (pa + size - 1) >> PA_BITS_MAX))
		return -EINVAL;
	for (size_t done = 0; done < size;) {
		ssize_t step = map_run(t, va + done, pa + done, size - done, pte, hints, alloc);

		if (step < 0) {
			pgtable_unmap(t, va, done);
			return (int)step;
		}
		done += (size_t)step;
	}
	return 0;
}

int pgtable_protect(const struct pgtable *t, vaddr_t va, size_t size, unsigned int flags)
{
	if (flags != MMU_WRITE && flags != MMU_EXEC && flags)
		return -EINVAL;
	for (vaddr_t end = va + size; va != end;) {
		int level = 3;
		u64 *entry = pgtable_entry(t, va, &level, NULL);
		u64 pte = pte_read(entry);

		if ((pte & (PTE_VALID | PTE_CONTIGUOUS)) != PTE_VALID ||
		    (va & (LEVEL_SIZE(level) - 1)) || end - va < LEVEL_SIZE(level))
			return -EINVAL;
		pte_write(entry, (pte & ~(PTE_RDONLY | PTE_PXN)) | pte_rights(flags));
		va += LEVEL_SIZE(level);
	}
	return 0;
}

u64 pgtable_lookup(const struct pgtable *t, vaddr_t va, int *level)
{
	u64 pte;

	*level = 3;
	pte = pte_read(pgtable_entry(t, va, level, NULL));
	return pte & PTE_VALID ? pte : 0;
}

/* How many of the @n entries at @e equal the first but for their addresses. */
static unsigned int count_alike(const u64 *e, unsigned int n)
{
	const u64 *at = e, *eights = e + ALIGN_DOWN(n, 8), *end = e + n;
	u64 like = *e;

	while (at != eights &&
	       !(((at[0] ^ like) | (at[1] ^ like) | (at[2] ^ like) | (at[3] ^ like) |
		  (at[4] ^ like) | (at[5] ^ like) | (at[6] ^ like) | (at[7] ^ like)) &
		 ~PTE_ADDRESS))
		at += 8;
	while (at != end && !((*at ^ like) & ~PTE_ADDRESS))
		at++;
	return (unsigned int)(at - e);
}

struct walk {
	const struct pgtable *t;
	vaddr_t from;
	mmu_visit *visit;
	void *arg;
};

/* Goes along the first @entries of a table at @level, which begins at @start; false: enough. */
static bool walk_table(const struct walk *w, const u64 *table, unsigned int entries, int level,
		       vaddr_t start)
{
	unsigned int i = w->from > start ? (w->from - start) >> LEVEL_SHIFT(level) : 0, n;

	for (; i < entries; i += n) {
		vaddr_t va = start + ((vaddr_t)i << LEVEL_SHIFT(level));
		u64 pte = table[i];
		bool more = true;

		if (!pte) {
			n = count_empty(&table[i], entries - i);
		} else if (pte_is_table(pte, level)) {
			n = 1;
			more = walk_table(w, w->t->access(pte & PTE_ADDRESS), TABLE_ENTRIES,
					  level + 1, va);
		} else {
			n = count_alike(&table[i], entries - i);
			more = w->visit(&(struct mmu_run){ va, (size_t)n << LEVEL_SHIFT(level),
							   pte_size(pte, level), n,
							   pte_flags(pte) }, w->arg);
		}
		if (!more)
			return false;
	}
	return true;
}

void pgtable_walk(const struct pgtable *t, vaddr_t from, mmu_visit *visit, void *arg)
{
	struct walk w = { t, from, visit, arg };
	unsigned int bits = (unsigned int)(t->va_bits - LEVEL_SHIFT(t->start_level));

	walk_table(&w, t->access(t->root), 1U << bits, t->start_level, from - below_root(t, from));
}
