/* SPDX-License-Identifier: MIT */
/*
 * The tables that the MMU is turned on with. TTBR1: the image where it was linked (text R-X,
 * rodata R--, the rest RW-, a hole below the boot stack), the device tree, the boot UART; this
 * is also the root of the final kernel map. TTBR0: the few instructions that turn the MMU on,
 * where they were loaded; it stays for secondary CPUs. All by pages, since an image at any
 * multiple of 2 MiB is not block-aligned with the larger granules.
 *
 * Then both are walked as the CPU will walk them, from the values that the registers will get:
 * a wrong bit becomes a message here, and not a silence after the switch.
 */
#include "boot.h"
#include "break.h"

#include <arch/mmu.h>
#include <arch/sections.h>
#include <arch/upcall.h>
#include <asm/pgtable_walk.h>

static u64 *access(paddr_t table)
{
	return (u64 *)table;
}

static paddr_t alloc(void)
{
	paddr_t table = boot_info.next_table;

	if (table + PAGE_SIZE > (paddr_t)boot_tables_end)
		return 0;
	boot_info.next_table = table + PAGE_SIZE;
	/* by pairs, four at a time: this is a good part of early boot */
	for (paddr_t at = table; at < table + PAGE_SIZE; at += 64)
		__asm__ volatile("stp xzr, xzr, [%0]\n\tstp xzr, xzr, [%0, #16]\n\t"
				 "stp xzr, xzr, [%0, #32]\n\tstp xzr, xzr, [%0, #48]" ::"r"(at)
				 : "memory");
	return table;
}

/* Where the image's byte at the physical address @p will be. */
static vaddr_t linked(paddr_t p)
{
	return p - boot_info.image + ARCH_IMAGE_START;
}

static void map(struct pgtable *t, vaddr_t va, paddr_t pa, size_t size, unsigned int flags)
{
	int err = pgtable_map(t, va, pa, size, flags, alloc);

	if (err)
		early_fail("cannot map early boot's memory at", &pa);
}

static void map_image(struct pgtable *t, const char *start, const char *end, unsigned int flags)
{
	map(t, linked((paddr_t)start), (paddr_t)start, (size_t)(end - start), flags);
}

/* By assignment: of an initialiser clang makes a constant, which would hold link addresses. */
static void begin(struct pgtable *t, int va_bits)
{
	t->va_bits = va_bits;
	t->start_level = START_LEVEL(va_bits);
	t->access = access;
	t->root = alloc();
}

void early_map(void)
{
	struct pgtable kernel, idmap;
	paddr_t page = ALIGN_DOWN(boot_info.tree, PAGE_SIZE);
	paddr_t code = ALIGN_DOWN((paddr_t)section_idmap_start, PAGE_SIZE);
	paddr_t main_page = ALIGN_DOWN((paddr_t)kernel_main, PAGE_SIZE);

	begin(&kernel, VA_BITS);
	map_image(&kernel, section_text_start, section_text_end, MMU_EXEC);
	break_table(&kernel, linked(main_page), main_page);
	map_image(&kernel, section_rodata_start, section_rodata_end, 0);
	map_image(&kernel, section_data_start, boot_stack_guard, MMU_WRITE);
	map_image(&kernel, boot_stack, section_image_end, MMU_WRITE);
	map(&kernel, ARCH_TREE_START, page,
	    ALIGN_UP(boot_info.tree + boot_info.tree_size, PAGE_SIZE) - page, 0);
	if (boot_info.uart.kind != BOOT_UART_NONE)
		map(&kernel, ARCH_BOOT_UART_START, ALIGN_DOWN(boot_info.uart.base, PAGE_SIZE),
		    PAGE_SIZE, MMU_WRITE | MMU_DEVICE);
	boot_info.kernel_root = kernel.root;

	begin(&idmap, IDMAP_BITS);
	map(&idmap, code, code, ALIGN_UP((paddr_t)section_idmap_end, PAGE_SIZE) - code, MMU_EXEC);
	boot_info.idmap_root = idmap.root;
}

/*
 * One translation as the CPU would do it with the TCR that it will get. NULL when it would
 * fault, else the last entry.
 */
static const u64 *cpu_walk(paddr_t root, unsigned int size_field, unsigned int page_shift,
			   vaddr_t va)
{
	unsigned int bits = 64 - size_field, table_bits = page_shift - 3;
	int level = 4 - (int)((bits - page_shift + table_bits - 1) / table_bits);
	u64 pte = root | PTE_VALID | PTE_TABLE;
	vaddr_t offset = va & ((1UL << bits) - 1);	/* of the first table part may be in use */

	for (; level <= 3; level++) {
		unsigned int shift = page_shift + (3 - (unsigned int)level) * table_bits;
		const u64 *table =
			(const u64 *)(pte & ((1UL << 48) - 1) & ~((1UL << page_shift) - 1));
		const u64 *entry = &table[(offset >> shift) & ((1UL << table_bits) - 1)];

		pte = pte_read(entry);
		if ((pte & 3) != 3)
			return NULL;	/* early boot makes no blocks */
		if (level == 3)
			return entry;
	}
	return NULL;
}

/* TG0 and TG1 of TCR_EL1 number the granules differently (ARM DDI 0487, D19.2.139). */
static unsigned int tg0_shift(u64 tcr)
{
	unsigned int tg = (tcr >> 14) & 3;

	return tg == 0 ? 12 : tg == 2 ? 14 : 16;
}

static unsigned int tg1_shift(u64 tcr)
{
	unsigned int tg = (tcr >> 30) & 3;

	return tg == 2 ? 12 : tg == 1 ? 14 : 16;
}

/* Fails unless the CPU will translate @va to @pa with the rights and the type of @flags. */
static const u64 *check_page(vaddr_t va, paddr_t pa, unsigned int flags)
{
	u64 tcr = boot_info.tcr;
	bool high = va >> 63;
	const u64 *entry = cpu_walk(high ? boot_info.kernel_root : boot_info.idmap_root,
				    (tcr >> (high ? 16 : 0)) & 0x3f,
				    high ? tg1_shift(tcr) : tg0_shift(tcr), va);
	u64 pte = entry ? pte_read(entry) : 0;
	unsigned int mair = (boot_info.mair >> (8 * PTE_ATTR_INDEX(pte))) & 0xff;

	if (!(pte & PTE_ACCESSED))
		early_fail("the MMU would fault (tables or TCR_EL1 are wrong) at", &(u64){ va });
	if ((pte & PTE_ADDRESS) != (pa & PAGE_MASK))
		early_fail("the tables translate to the wrong place: entry", &pte);
	if (pte_flags(pte) != flags)
		early_fail("the tables give the wrong rights: entry", &pte);
	if (mair != (flags & MMU_DEVICE ? 0x04 : 0xff))
		early_fail("MAIR_EL1 gives the wrong memory type: entry", &pte);
	return entry;
}

/*
 * The same for a range of the image, each page. A walk for each would take long: within a table
 * an entry is right when it is the one before it, but for the next address.
 */
static void check_image(const char *start, const char *end, unsigned int flags)
{
	const u64 *entry = NULL;
	u64 right = 0;

	for (const char *page = start; page < end; page += PAGE_SIZE) {
		right += PAGE_SIZE;
		if (entry && ((uintptr_t)++entry & ~PAGE_MASK) && pte_read(entry) == right)
			continue;
		entry = check_page(linked((paddr_t)page), (paddr_t)page, flags);
		right = pte_read(entry);
	}
}

void early_check(void)
{
	paddr_t tree_end = boot_info.tree + boot_info.tree_size - 1;

	check_page((vaddr_t)section_idmap_start, (paddr_t)section_idmap_start, MMU_EXEC);
	check_image(section_text_start, section_text_end, MMU_EXEC);
	check_image(section_rodata_start, section_rodata_end, 0);
	check_image(section_data_start, boot_stack_guard, MMU_WRITE);
	check_image(boot_stack, section_image_end, MMU_WRITE);
	check_page(ARCH_TREE_START, boot_info.tree, 0);
	check_page(ARCH_TREE_START + tree_end - ALIGN_DOWN(boot_info.tree, PAGE_SIZE), tree_end, 0);
	if (boot_info.uart.kind != BOOT_UART_NONE)
		check_page(ARCH_BOOT_UART_START, boot_info.uart.base, MMU_WRITE | MMU_DEVICE);
}
