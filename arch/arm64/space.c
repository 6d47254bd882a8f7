/* SPDX-License-Identifier: MIT */
/*
 * A program's translation tables (see <arch/space.h>). Each entry of a page is not global and has
 * the program's rights; the kernel executes nothing of it (PXN). A page that nobody may use is an
 * entry without PTE_VALID that keeps the address and is not 0.
 *
 * TLBs hear of each change by broadcast, for the pages that were changed, or for the whole space
 * where those are many. ARM DDI 0487, D8.13: a new entry in place of an invalid one needs none.
 */
#include <arch/mmu.h>
#include <arch/space.h>
#include <arch/upcall.h>
#include <asm/sysreg.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <uapi/errno.h>

/* Above so many pages it is cheaper that all of the space is forgotten. */
#define FORGET_MAX	64

static u64 *access(paddr_t table)
{
	return (u64 *)(table - arch_linear_base + ARCH_LINEAR_START);
}

static u64 page_entry(paddr_t pa, unsigned int flags)
{
	u64 pte = pa | PTE_TABLE | PTE_ATTR(MAIR_NORMAL) | PTE_INNER_SHAREABLE | PTE_ACCESSED |
		  PTE_NOT_GLOBAL | PTE_PXN;

	if (flags & MMU_USER)
		pte |= PTE_VALID | PTE_USER;
	if (!(flags & MMU_WRITE))
		pte |= PTE_RDONLY;
	if (!(flags & MMU_EXEC))
		pte |= PTE_UXN;
	return pte;
}

static unsigned int entry_index(vaddr_t va, int level)
{
	return (va >> LEVEL_SHIFT(level)) & (TABLE_ENTRIES - 1);
}

/* The entry of @va's page; NULL: there is no table for it, and *@level is where the walk ended. */
static u64 *find(const struct pgtable *t, vaddr_t va, int *level)
{
	u64 *table = access(t->root);
	int l = t->start_level;

	for (;; l++) {
		u64 pte = table[entry_index(va, l)];

		if (l == 3)
			return &table[entry_index(va, l)];
		if (!pte) {
			*level = l;
			return NULL;
		}
		table = access(pte & PTE_ADDRESS);
	}
}

/* The same, with new tables where there are none; NULL: no memory. */
static u64 *make(struct arch_space *space, vaddr_t va)
{
	u64 *table = access(space->tables.root);

	for (int l = space->tables.start_level; l < 3; l++) {
		u64 *entry = &table[entry_index(va, l)];
		paddr_t below = *entry & PTE_ADDRESS;

		if (!*entry) {
			below = space_table(space);
			if (!below)
				return NULL;
			/* it is found empty as soon as it is found */
			__atomic_thread_fence(__ATOMIC_RELEASE);
			pte_write(entry, below | PTE_VALID | PTE_TABLE);
		}
		table = access(below);
	}
	return &table[entry_index(va, 3)];
}

/* What TLBI by address takes: the number in the upper bits. One that has never run is in no TLB. */
static u64 tlbi_operand(const struct arch_space *space, vaddr_t va)
{
	return space->asid << TTBR_ASID_SHIFT | (va >> 12 & ((1UL << 44) - 1));
}

static void forget(const struct arch_space *space, vaddr_t va, vaddr_t end)
{
	if (!space->asid)
		return;
	dsb(ishst);	// the walkers see the change before the TLBs forget what was
	if (end - va > FORGET_MAX * PAGE_SIZE)
		__asm__ volatile("tlbi aside1is, %0" :: "r"(tlbi_operand(space, 0)) : "memory");
	else
		for (; va < end; va += PAGE_SIZE)
			__asm__ volatile("tlbi vale1is, %0" :: "r"(tlbi_operand(space, va))
					 : "memory");
	dsb(ish);	// every CPU has
}

void arch_space_flush(struct arch_space *space)
{
	forget(space, 0, UINT64_MAX);
}

void arch_space_flush_all(void)
{
	dsb(ishst);
	__asm__ volatile("tlbi vmalle1is" ::: "memory");
	dsb(ish);
	isb();
}

unsigned int arch_asid_bits(void)
{
	return ((sysreg_read(id_aa64mmfr0_el1) >> MMFR0_ASIDBITS) & 0xf) == 2 ? 16 : 8;
}

int arch_space_init(struct arch_space *space)
{
	space->tables = (struct pgtable){
		.root = space_table(space),
		.va_bits = VA_BITS,
		.start_level = START_LEVEL(VA_BITS),
		.access = access,
	};
	space->asid = 0;
	return space->tables.root ? 0 : -ENOMEM;
}

arch_slot *arch_space_slot(struct arch_space *space, vaddr_t va)
{
	return make(space, va);
}

void arch_slot_set(struct arch_space *space, arch_slot *slot, vaddr_t va, paddr_t pa,
		   unsigned int flags)
{
	u64 pte = page_entry(pa, flags), was = *slot;

	if (unlikely(was & PTE_VALID && ((was ^ pte) & PTE_ADDRESS))) {
		/* two pages at one address must never be in a TLB: break before make, D8.14 */
		pte_write(slot, 0);
		forget(space, va, va + PAGE_SIZE);
		was = 0;
	}
	/* before it is seen, what is on the page is */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	pte_write(slot, pte);
	if (unlikely(was & PTE_VALID))
		forget(space, va, va + PAGE_SIZE);
	else
		dsb(ishst);
}

/* --- Blocks ----------------------------------------------------------------------------------- */

static bool is_block(u64 pte)
{
	return (pte & (PTE_VALID | PTE_TABLE)) == PTE_VALID;
}

/* The entry of @va's block or of its table; NULL: there is none, and *@level is where it ended. */
static u64 *block_entry(const struct arch_space *space, vaddr_t va, int *level)
{
	u64 *table = access(space->tables.root);
	int l = space->tables.start_level;

	for (; l < 2; l++) {
		u64 pte = table[entry_index(va, l)];

		*level = l;
		if (!pte)
			return NULL;
		table = access(pte & PTE_ADDRESS);
	}
	*level = 2;
	return &table[entry_index(va, 2)];
}

bool arch_space_next_block(const struct arch_space *space, vaddr_t *va, vaddr_t end, paddr_t *pa)
{
	vaddr_t at = ALIGN_DOWN(*va, ARCH_BLOCK_SIZE);
	int level;

	for (; at < end; at = ALIGN_DOWN(at, LEVEL_SIZE(level)) + LEVEL_SIZE(level)) {
		const u64 *entry = block_entry(space, at, &level);

		if (!entry || !is_block(*entry))
			continue;
		*va = at;
		*pa = *entry & PTE_ADDRESS;
		return true;
	}
	return false;
}

bool arch_space_next_page(const struct arch_space *space, vaddr_t *va, vaddr_t end, paddr_t *pa)
{
	unsigned int flags;
	int level;

	for (; *va < end; *va = ALIGN_DOWN(*va, LEVEL_SIZE(level)) + LEVEL_SIZE(level)) {
		const u64 *entry = block_entry(space, *va, &level);

		if (!entry || !*entry)
			continue;
		if (arch_space_lookup(space, *va, pa, &flags))
			return true;
		level = 3;
	}
	return false;
}

/* Break before make, D8.14: a block and a table are never both in a TLB. */
static void replace_block(struct arch_space *space, u64 *entry, vaddr_t va, u64 pte)
{
	pte_write(entry, 0);
	if (space->asid) {
		dsb(ishst);	// the walkers see the change before the TLBs forget what was
		__asm__ volatile("tlbi vae1is, %0" :: "r"(tlbi_operand(space, va)) : "memory");
		dsb(ish);	// every CPU has
	}
	/* before it is seen, what is on the pages, or in the table, is */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	pte_write(entry, pte);
	dsb(ishst);
}

bool arch_space_set_block(struct arch_space *space, vaddr_t va, paddr_t pa, unsigned int flags,
			  paddr_t *table)
{
	int level;
	u64 *entry = block_entry(space, va, &level);
	const u64 *pages = access(*entry & PTE_ADDRESS);

	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		if (pages[i])
			return false;
	*table = *entry & PTE_ADDRESS;
	replace_block(space, entry, va, page_entry(pa, flags) & ~(u64)PTE_TABLE);
	return true;
}

void arch_space_split_block(struct arch_space *space, vaddr_t va, paddr_t table, bool drop)
{
	int level;
	u64 *entry = block_entry(space, va, &level), *pages = access(table);

	for (u64 i = 0; i < TABLE_ENTRIES; i++)
		pages[i] = drop ? 0 : (*entry + (i << PAGE_SHIFT)) | PTE_TABLE;
	replace_block(space, entry, va, table | PTE_VALID | PTE_TABLE);
}

bool arch_space_lookup(const struct arch_space *space, vaddr_t va, paddr_t *pa,
		       unsigned int *flags)
{
	int level;
	const u64 *entry = block_entry(space, va, &level);

	if (entry && is_block(*entry)) {
		arch_slot_get(entry, pa, flags);
		*pa += va & (ARCH_BLOCK_SIZE - 1) & PAGE_MASK;
		return true;
	}
	entry = find(&space->tables, va, &level);
	return entry && arch_slot_get(entry, pa, flags);
}

/* Where the next table's entries begin that may have something. */
static vaddr_t behind_hole(vaddr_t va, vaddr_t end, int level)
{
	vaddr_t next = ALIGN_DOWN(va, LEVEL_SIZE(level)) + LEVEL_SIZE(level);

	return MIN(next, end);
}

/*
 * Entries of pages from *@va on, as many as one table has of [*@va, @end): the first one, its
 * address in *@va, and where they end in *@stop; NULL: there are no more tables.
 */
static u64 *next_run(const struct arch_space *space, vaddr_t *va, vaddr_t end, vaddr_t *stop)
{
	vaddr_t at = *va;
	u64 *entry;
	int level;

	while (at < end) {
		entry = find(&space->tables, at, &level);
		if (likely(entry)) {
			*va = at;
			*stop = behind_hole(at, end, 2);
			return entry;
		}
		at = behind_hole(at, end, level);
	}
	return NULL;
}

vaddr_t arch_space_unmap(struct arch_space *space, vaddr_t va, vaddr_t end, paddr_t *pa, size_t *n,
			 bool flush)
{
	size_t room = *n, count = 0;
	vaddr_t first = va, behind = va, stop;
	u64 *entry;

	while (count < room && (entry = next_run(space, &va, end, &stop))) {
		for (; va < stop && count < room; va += PAGE_SIZE, entry++) {
			u64 pte = *entry;

			if (!pte)
				continue;
			pa[count++] = pte & PTE_ADDRESS;
			pte_write(entry, 0);
			behind = va + PAGE_SIZE;
		}
	}
	*n = count;
	if (flush && count)
		forget(space, first, behind);
	return count == room ? MIN(behind, end) : end;
}

void arch_space_protect(struct arch_space *space, vaddr_t va, vaddr_t end, unsigned int flags)
{
	vaddr_t first = va, stop;
	u64 *entry;

	for (; (entry = next_run(space, &va, end, &stop)); va = stop)
		for (vaddr_t at = va; at < stop; at += PAGE_SIZE, entry++)
			if (*entry)
				pte_write(entry, page_entry(*entry & PTE_ADDRESS, flags));
	forget(space, first, end);
}

/* One table's entries, as arch_space_copy(). */
static int copy_run(struct arch_space *to, u64 *entry, vaddr_t va, vaddr_t stop, bool readonly,
		    void (*held)(paddr_t pa), size_t *count)
{
	u64 *copy = NULL;	/* @entry's */
	size_t n = 0;

	for (; va < stop; va += PAGE_SIZE, entry++) {
		u64 pte = *entry;

		if (pte && !copy) {
			copy = make(to, va);
			if (!copy)
				return -ENOMEM;	/* the first one of them */
		}
		if (pte) {
			if (readonly && !(pte & PTE_RDONLY)) {
				pte |= PTE_RDONLY;
				pte_write(entry, pte);
			}
			held(pte & PTE_ADDRESS);
			n++;
			*copy = pte;
		}
		if (copy)
			copy++;
	}
	*count += n;
	return 0;
}

int arch_space_copy(struct arch_space *to, struct arch_space *from, vaddr_t va, vaddr_t end,
		    bool readonly, void (*held)(paddr_t pa), size_t *count)
{
	vaddr_t stop;
	u64 *entry;
	int err = 0;

	for (; !err && (entry = next_run(from, &va, end, &stop)); va = stop)
		err = copy_run(to, entry, va, stop, readonly, held, count);
	return err;
}
