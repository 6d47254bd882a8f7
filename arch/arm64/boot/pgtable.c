/* SPDX-License-Identifier: MIT */
/*
 * The table walker (see <asm/pgtable_walk.h>). It stands among early boot's files because it
 * must run with the MMU off as well; the kernel calls the same code at its link address.
 */
#include <arch/mmu.h>
#include <asm/pgtable_walk.h>
#include <uapi/errno.h>

static unsigned int pte_index(vaddr_t va, int level)
{
	return (va >> LEVEL_SHIFT(level)) & (TABLE_ENTRIES - 1);
}

/* The bits of an entry that maps memory with @flags (enum in <arch/mmu.h>). */
static u64 pte_attributes(unsigned int flags)
{
	u64 pte = PTE_VALID | PTE_ACCESSED | PTE_UXN;

	if (flags & MMU_DEVICE)
		pte |= PTE_ATTR(MAIR_DEVICE);
	else
		pte |= PTE_ATTR(MAIR_NORMAL) | PTE_INNER_SHAREABLE;
	if (!(flags & MMU_WRITE))
		pte |= PTE_RDONLY;
	if (!(flags & MMU_EXEC))
		pte |= PTE_PXN;
	return pte;
}

unsigned int pte_flags(u64 pte)
{
	return (PTE_ATTR_INDEX(pte) == MAIR_DEVICE ? MMU_DEVICE : 0) |
	       (pte & PTE_RDONLY ? 0 : MMU_WRITE) | (pte & PTE_PXN ? 0 : MMU_EXEC);
}

static bool pte_is_table(u64 pte, int level)
{
	return level < 3 && (pte & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

/*
 * Finds the entry for @va, going down to @level at most and making tables on the way when
 * @make. NULL: no table (then *@level is -1 when memory is out), else *@level is where the walk
 * ended: earlier than asked at a block or a hole.
 */
static u64 *pgtable_entry(const struct pgtable *t, vaddr_t va, int *level, bool make)
{
	u64 *table = t->access(t->root);

	for (int l = START_LEVEL(t->va_bits);; l++) {
		u64 *entry = &table[pte_index(va, l)];
		u64 pte = pte_read(entry);
		paddr_t below;

		if (l == *level)
			return entry;
		if (pte_is_table(pte, l)) {
			table = t->access(pte & PTE_ADDRESS);
			continue;
		}
		if (!make || (pte & PTE_VALID)) {
			*level = l;
			return entry;
		}
		below = t->alloc();
		if (!below) {
			*level = -1;
			return NULL;
		}
		table = t->access(below);
		pte_write(entry, below | PTE_VALID | PTE_TABLE);
	}
}

/* The highest level at which an entry can map @va to @pa without reaching beyond @size. */
static int pgtable_level(vaddr_t va, paddr_t pa, size_t size, unsigned int va_bits)
{
	int level = MAX(BLOCK_LEVEL_MIN, (int)START_LEVEL(va_bits));

	while (level < 3 && (((va | pa) & (LEVEL_SIZE(level) - 1)) || size < LEVEL_SIZE(level)))
		level++;
	return level;
}

/*
 * Clears every entry of [va, va + size) that lies in it whole; a block that reaches beyond
 * stays.
 */
void pgtable_unmap(const struct pgtable *t, vaddr_t va, size_t size)
{
	vaddr_t end = va + size;

	while (va != end) {
		int level = 3;
		u64 *entry = pgtable_entry(t, va, &level, false);
		size_t step = LEVEL_SIZE(level) - (va & (LEVEL_SIZE(level) - 1));

		if (step == LEVEL_SIZE(level) && step <= end - va)
			pte_write(entry, 0);
		if (step > end - va)
			break;
		va += step;
	}
}

int pgtable_map(const struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, unsigned int flags)
{
	vaddr_t start = va, end = va + size;
	u64 attributes = pte_attributes(flags);
	int err;

	if ((flags & (MMU_WRITE | MMU_EXEC)) == (MMU_WRITE | MMU_EXEC) ||
	    ((va | pa | size) & ~PAGE_MASK))
		return -EINVAL;
	/* an entry holds no more: bits above would become its attributes */
	if (size && (pa + size - 1 < pa || (pa + size - 1) >> PA_BITS_MAX))
		return -EINVAL;
	while (va != end) {
		int want = pgtable_level(va, pa, end - va, t->va_bits), level = want;
		u64 *entry = pgtable_entry(t, va, &level, true);
		u64 *last;

		if (!entry) {
			err = -ENOMEM;
			goto out_unmap;
		}
		/* one table's worth of entries of this size at a time */
		last = (u64 *)ALIGN_DOWN((uintptr_t)entry, PAGE_SIZE) + TABLE_ENTRIES;
		do {
			if (level != want || (pte_read(entry) & PTE_VALID)) {
				err = -EEXIST;
				goto out_unmap;
			}
			pte_write(entry, pa | attributes | (level == 3 ? PTE_TABLE : 0));
			va += LEVEL_SIZE(level);
			pa += LEVEL_SIZE(level);
			/* a larger block can begin only where the next table does */
		} while (++entry != last && end - va >= LEVEL_SIZE(level));
	}
	return 0;

out_unmap:
	pgtable_unmap(t, start, va - start);
	return err;
}

u64 pgtable_lookup(const struct pgtable *t, vaddr_t va, int *level)
{
	u64 pte;

	*level = 3;
	pte = pte_read(pgtable_entry(t, va, level, false));
	return pte & PTE_VALID ? pte : 0;
}
