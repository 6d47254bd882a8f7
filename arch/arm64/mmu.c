/* SPDX-License-Identifier: MIT */
/*
 * The kernel's translation tables, from the moment the MMU is on: the root that early boot made
 * grows into the final map. Tables in the image are reached where the image is mapped, all
 * others through the linear map. Locking is the caller's (mm/map.c).
 */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/sections.h>
#include <asm/boot.h>
#include <asm/mmu.h>
#include <asm/pgtable_walk.h>
#include <asm/sysreg.h>
#ifdef CONFIG_PROCESS
#include <arch/user.h>
#endif
#include <lib/assert.h>
#include <uapi/errno.h>

paddr_t arch_linear_base __ro_after_init;

/* TTBR1's. */
static struct pgtable kernel __ro_after_init;

/*
 * The image's tables: used ones up to the next, which are reached where the image is mapped, then
 * unused ones.
 */
static struct {
	paddr_t first;
	paddr_t next;
	paddr_t end;
} tables;

const u8 zero_table[PAGE_SIZE] __aligned(PAGE_SIZE) __section(".bss.zero_table");

paddr_t arch_image_phys(void)
{
	return boot_info.image;
}

paddr_t arch_image_to_phys(const void *p)
{
	return (vaddr_t)p - ARCH_IMAGE_START + boot_info.image;
}

const void *arch_boot_tree(size_t *size)
{
	*size = boot_info.tree_size;
	return (const void *)(ARCH_TREE_START + (boot_info.tree & ~PAGE_MASK));
}

paddr_t arch_boot_tree_phys(void)
{
	return boot_info.tree;
}

struct mmu_guards arch_mmu_guards(void)
{
	u64 sctlr = sysreg_read(sctlr_el1);
	bool has_pan = (sysreg_read(id_aa64mmfr1_el1) >> MMFR1_PAN) & 0xf;

	return (struct mmu_guards){
		.wxn = sctlr & SCTLR_WXN,
		.pan = has_pan && !(sctlr & SCTLR_SPAN) &&
		       (sysreg_read(PSTATE_PAN) & PSTATE_PAN_ON),
		.has_pan = has_pan,
	};
}

paddr_t arch_phys_end(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 range = sysreg_read(id_aa64mmfr0_el1) >> MMFR0_PARANGE & 0xf;

	return 1UL << bits[MIN(range, ARRAY_SIZE(bits) - 1)];
}

unsigned int arch_boot_el(void)
{
	return (unsigned int)boot_info.entry_el;
}

static u64 *access(paddr_t table)
{
	/* other pages of the image may have been handed over: they are RAM like any other */
	if (table >= tables.first && table < tables.next)
		return (u64 *)(table - boot_info.image + ARCH_IMAGE_START);
	return (u64 *)(table - arch_linear_base + ARCH_LINEAR_START);
}

static inline void identity_end(void)
{
	sysreg_write(ttbr0_el1, arch_image_to_phys(zero_table));
	isb();	// no walk of the identity map starts any more
#ifdef CONFIG_PROCESS
	user_begin_cpu();
#endif
	__asm__ volatile("tlbi vmalle1" ::: "memory");
	dsb(nsh);	// what was cached of it is gone
	isb();
}

#ifdef CONFIG_SMP
void arch_identity_end(void)
{
	identity_end();
}
#endif

void arch_boot_finish(void)
{
	__builtin_memset(section_ro_after_init_start, 0,
			 (size_t)(section_ro_after_init_end - section_ro_after_init_start));
	tables.first = arch_image_to_phys(boot_tables);
	tables.next = boot_info.next_table;
	tables.end = arch_image_to_phys(boot_tables_end);
	kernel.root = boot_info.kernel_root;
	kernel.va_bits = VA_BITS;
	kernel.start_level = START_LEVEL(VA_BITS);
	kernel.access = access;
	identity_end();
	if (IS_ENABLED(CONFIG_SMP))
		arch_event_stream_on();
}

paddr_t arch_boot_table(void)
{
	paddr_t table = tables.next;

	if (table == tables.end)
		return 0;
	tables.next = table + PAGE_SIZE;
	__builtin_memset(access(table), 0, PAGE_SIZE);
	return table;
}

/* Above so many pages it is cheaper that all is forgotten than one page after the other. */
#define FORGET_MAX	64

/* Has all CPUs forget what they knew of the range's last-level entries, which were changed. */
static void forget(vaddr_t va, size_t size)
{
	dsb(ishst);	// the walkers see the change before the TLBs forget what was
	if (size > FORGET_MAX * PAGE_SIZE)
		__asm__ volatile("tlbi vmalle1is" ::: "memory");
	else
		for (vaddr_t end = va + size; va != end; va += PAGE_SIZE)
			__asm__ volatile("tlbi vaale1is, %0" ::"r"(va >> 12 & ((1UL << 44) - 1))
					 : "memory");
	dsb(ish);	// every CPU has
	isb();
}

int arch_kernel_map(vaddr_t va, paddr_t pa, size_t size, unsigned int flags, mmu_table_alloc *alloc)
{
	int err = pgtable_map(&kernel, va, pa, size, flags, alloc);

	dsb(ishst);	// the walkers see the new entries
	isb();		// and so does what comes next
	/* what was mapped for a moment may have been seen */
	if (err && err != -EINVAL)
		forget(va, size);
	return err;
}

void arch_kernel_unmap(vaddr_t va, size_t size)
{
	if (pgtable_unmap(&kernel, va, size))
		panic("unmapping %#lx to %#lx would tear a block apart", va, va + size - 1);
	forget(va, size);
}

int arch_kernel_protect(vaddr_t va, size_t size, unsigned int flags)
{
	int err = pgtable_protect(&kernel, va, size, flags);

	if (!err)
		forget(va, size);
	return err;
}

bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block)
{
	int level;
	u64 pte = pgtable_lookup(&kernel, va, &level);

	*block = LEVEL_SIZE(level);
	if (!pte)
		return false;
	*pa = (pte & PTE_ADDRESS & ~(*block - 1)) | (va & (*block - 1));
	*flags = pte_flags(pte);
	return true;
}

void arch_kernel_walk(vaddr_t from, mmu_visit *visit, void *arg)
{
	pgtable_walk(&kernel, from, visit, arg);
}

void arch_boot_release(void (*release)(paddr_t base, u64 size))
{
	vaddr_t hole = ALIGN_UP((vaddr_t)section_noinit_end, PAGE_SIZE);
	size_t spare = tables.end - tables.next;

	/* the boot stack's guard is unmapped already, but it is memory as well */
	arch_kernel_unmap(hole, (vaddr_t)boot_stack_guard - hole);
	release(arch_image_to_phys((char *)hole), (vaddr_t)boot_stack - hole);
	tables.end = tables.next;
	arch_kernel_unmap(tables.next - boot_info.image + ARCH_IMAGE_START, spare);
	release(tables.next, spare);
}
