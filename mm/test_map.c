/* SPDX-License-Identifier: MIT */
/*
 * Tests of the kernel's address space as it is: every entry of the kernel's tables is looked at,
 * and the answers are held against the image's sections and against boot memory.
 */
#include <arch/sections.h>
#include <lib/test.h>
#include <mm/boot_mem.h>
#include <mm/map.h>
#include <uapi/errno.h>

#define VMAP_DEVICE (MMU_WRITE | MMU_DEVICE)

/* One entry, or one hole of that size. */
struct entry {
	vaddr_t va;
	paddr_t pa;
	unsigned int flags;	/* without the contiguous hint */
	size_t size;
	bool mapped;
};

static struct entry entry_at(vaddr_t va)
{
	struct entry e = { 0 };

	e.mapped = arch_kernel_lookup(va, &e.pa, &e.flags, &e.size);
	e.flags &= ~(unsigned int)MMU_CONTIGUOUS;
	e.va = ALIGN_DOWN(va, e.size);
	e.pa = ALIGN_DOWN(e.pa, e.size);
	return e;
}

/* Goes from entry to entry of [start, end), or to the end of all addresses when @end is 0. */
static bool entry_next(struct entry *e, vaddr_t start, vaddr_t end)
{
	vaddr_t va = e->size ? e->va + e->size : start;

	if (e->size && (!va || (end && va >= end)))
		return false;
	*e = entry_at(va);
	return true;
}

static bool in_text(vaddr_t va)
{
	return va >= (vaddr_t)section_text_start && va < (vaddr_t)section_text_end;
}

static void nothing_is_writable_and_executable(void)
{
	struct entry e = { 0 };
	unsigned int mapped = 0;

	while (entry_next(&e, ARCH_LINEAR_START, 0)) {
		mapped += e.mapped;
		if (!e.mapped)
			continue;
		TEST((e.flags & (MMU_WRITE | MMU_EXEC)) != (MMU_WRITE | MMU_EXEC));
		TEST(!(e.flags & MMU_EXEC) || in_text(e.va));
		TEST(!(e.flags & MMU_USER));
		TEST(!(e.flags & MMU_DEVICE) || e.va >= ARCH_VMAP_START);
	}
	TEST(mapped > 0);
}

/* All of [start, end) is mapped to where the image is, with just these rights. */
static void image_part(const char *start, const char *end, unsigned int flags)
{
	for (vaddr_t va = (vaddr_t)start; va < (vaddr_t)end; va += PAGE_SIZE) {
		struct entry e = entry_at(va);

		TEST(e.mapped);
		TEST_EQ(e.flags, flags);
		TEST_EQ(e.pa + (va - e.va), arch_image_to_phys((const void *)va));
	}
}

/* Early boot's tables, up to those that were handed over. */
static const char *tables_end(void)
{
	vaddr_t va = (vaddr_t)boot_tables;

	while (va < (vaddr_t)boot_tables_end && entry_at(va).mapped)
		va += PAGE_SIZE;
	return (const char *)va;
}

static void image_has_its_rights(void)
{
	const char *end = tables_end();

	image_part(section_text_start, section_text_end, MMU_EXEC);
	image_part(section_rodata_start, section_rodata_end, 0);
	image_part(section_data_start, section_noinit_end, MMU_WRITE);
	image_part(boot_stack, section_boot_start, MMU_WRITE);
	image_part(section_boot_start, section_boot_end,
		   IS_ENABLED(CONFIG_MAP_STRICT) ? 0 : MMU_WRITE);
	image_part(section_boot_end, end, MMU_WRITE);
	TEST(end > boot_tables);
	/* handed over */
	for (vaddr_t va = ALIGN_UP((vaddr_t)section_noinit_end, PAGE_SIZE);
	     va < (vaddr_t)boot_stack_guard; va += PAGE_SIZE)
		TEST(!entry_at(va).mapped);
	for (vaddr_t va = (vaddr_t)end; va < (vaddr_t)boot_tables_end; va += PAGE_SIZE)
		TEST(!entry_at(va).mapped);
}

static void stack_has_a_guard(void)
{
	for (vaddr_t va = (vaddr_t)boot_stack_guard; va < (vaddr_t)boot_stack; va += PAGE_SIZE)
		TEST(!entry_at(va).mapped);
	TEST_EQ(boot_stack - boot_stack_guard, STACK_SIZE);
	TEST_EQ(boot_stack_top - boot_stack, STACK_SIZE);
}

/* What is read-only where it was linked, now or when boot is over, is so in the linear map too. */
static void aliases_are_no_way_around(void)
{
	for (const char *p = section_text_start; p < section_image_end; p += PAGE_SIZE) {
		bool fixed = p < section_rodata_end ||
			     (p >= section_boot_start && p < section_boot_end);
		struct entry e = entry_at((vaddr_t)phys_to_virt(arch_image_to_phys(p)));

		TEST(e.mapped);
		TEST_EQ(e.flags, fixed ? 0 : MMU_WRITE);
	}
}

/* An unmapped variable would not do: this one is what all of RAM is reached by. */
static void what_boot_wrote_is_sealed(void)
{
	TEST_EQ(entry_at((vaddr_t)&arch_linear_base).flags,
		IS_ENABLED(CONFIG_MAP_STRICT) ? 0 : MMU_WRITE);
	TEST((char *)&arch_linear_base >= section_boot_start &&
	     (char *)&arch_linear_base < section_boot_end);
}

/* Entries with the contiguous hint in one group, of a size that a table's entries have. */
static size_t group_of(size_t block)
{
	return block * (PAGE_SHIFT == 12 ? 16 : PAGE_SHIFT == 14 && block == PAGE_SIZE ? 128 : 32);
}

/*
 * In the linear map the hint stands on whole groups, and on every group that could have it;
 * elsewhere, where mappings come and go, on none.
 */
static bool hint_is_right(const struct mmu_run *run, void *arg)
{
	unsigned int *hinted = arg;
	size_t group = group_of(run->size / run->entries);

	if (run->flags & MMU_CONTIGUOUS) {
		++*hinted;
		TEST(run->va < ARCH_VMAP_START);
		TEST_EQ(run->block, group);
		TEST_EQ(run->va % group, 0);
		TEST_EQ(run->size % group, 0);
		TEST_EQ(virt_to_phys((void *)run->va) % group, 0);
	} else if (run->va < ARCH_VMAP_START && IS_ENABLED(CONFIG_MAP_CONTIGUOUS)) {
		TEST(ALIGN_UP(run->va, group) + group > run->va + run->size);
	}
	return true;
}

static void hints_stand_where_they_can(void)
{
	unsigned int hinted = 0;

	arch_kernel_walk(ARCH_LINEAR_START, hint_is_right, &hinted);
	TEST_EQ(hinted > 0, IS_ENABLED(CONFIG_MAP_CONTIGUOUS));
}

static bool add_run(const struct mmu_run *run, void *arg)
{
	struct entry last = entry_at(run->va + run->size - 1);
	u64 *sum = arg;

	TEST(run->size && entry_at(run->va).mapped && last.mapped);
	TEST_EQ(last.flags, run->flags & ~(unsigned int)MMU_CONTIGUOUS);
	TEST_EQ(last.size, run->size / run->entries);
	*sum += run->size;
	return true;
}

/* The walk over what is mapped and the one for a single address agree, and miss nothing. */
static void both_walks_agree(void)
{
	struct map_range range = { 0 };
	struct entry e = { 0 };
	u64 by_runs = 0, by_ranges = 0, by_entries = 0;
	vaddr_t end = 0;

	arch_kernel_walk(ARCH_LINEAR_START, add_run, &by_runs);
	while (entry_next(&e, ARCH_LINEAR_START, 0))
		by_entries += e.mapped ? e.size : 0;
	TEST_EQ(by_runs, by_entries);
	while (map_next(&range)) {
		TEST(range.start >= end && range.what);
		TEST_EQ(entry_at(range.start).flags, range.flags);
		by_ranges += range.end - range.start;
		end = range.end;
	}
	TEST_EQ(by_ranges, by_runs);
}

/* What boot has checked is so still; the shell's `map` asks as well. */
static void nothing_has_too_many_rights(void)
{
	TEST(map_check() > 0);
}

static void rights_change_and_nothing_else(void)
{
	vaddr_t va = (vaddr_t)boot_tables;	/* a page that nobody writes to meanwhile */
	struct entry before = entry_at(va), e;

	TEST_EQ(arch_kernel_protect(va, PAGE_SIZE, 0), 0);
	e = entry_at(va);
	TEST_EQ(e.flags, 0);
	TEST_EQ(e.pa, before.pa);
	TEST_EQ(arch_kernel_protect(va, PAGE_SIZE, MMU_WRITE | MMU_EXEC), -EINVAL);
	TEST_EQ(arch_kernel_protect(va, PAGE_SIZE, MMU_WRITE), 0);
	TEST_EQ(entry_at(va).flags, MMU_WRITE);
	TEST_EQ(arch_kernel_protect((vaddr_t)boot_stack_guard, PAGE_SIZE, MMU_WRITE), -EINVAL);
}

/* Nothing of the kernel's is open to programs, and the CPU holds the kernel to what is written. */
static void the_cpu_guards_what_it_can(void)
{
	struct mmu_guards guards = arch_mmu_guards();

	TEST(guards.wxn);
	TEST_EQ(guards.pan, guards.has_pan);
}

static bool is_ram(paddr_t pa)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++)
		if (pa >= r->base && pa - r->base < r->size)
			return true;
	return false;
}

/* Whether one of the first @count reservations keeps it out of the map. */
static bool is_no_map_of(paddr_t pa, unsigned int count)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; i < count && (r = boot_mem_reserved(i)); i++)
		if (r->no_map && pa >= r->base && pa - r->base < r->size)
			return true;
	return false;
}

static bool is_no_map(paddr_t pa)
{
	return is_no_map_of(pa, ~0U);
}

/* What is mapped is RAM, at its place; what is not is none, or must not be mapped. */
static void linear_map_is_ram(void)
{
	struct entry e = { 0 };
	u64 mapped = 0, banks = boot_mem_total();
	const struct boot_mem_range *r;

	while (entry_next(&e, ARCH_LINEAR_START, ARCH_VMAP_START)) {
		paddr_t last = e.pa + e.size - 1;

		if (!e.mapped)
			continue;
		mapped += e.size;
		TEST_EQ((vaddr_t)phys_to_virt(e.pa), e.va);
		TEST(is_ram(e.pa) && is_ram(last));
		TEST(!is_no_map(e.pa) && !is_no_map(last));
	}
	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		for (paddr_t pa = r->base; r->no_map && pa - r->base < r->size; pa += PAGE_SIZE)
			banks -= is_ram(pa) && !is_no_map_of(pa, i) ? PAGE_SIZE : 0;
	TEST_EQ(mapped, banks);
}

/* Both ends of each bank can really be read, and of each its last word. */
static void linear_map_can_be_read(void)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++) {
		paddr_t last = r->base + r->size - sizeof(u64);

		if (!is_no_map(r->base))
			(void)*(volatile u64 *)phys_to_virt(r->base);
		if (!is_no_map(last))
			(void)*(volatile u64 *)phys_to_virt(last);
		TEST_EQ(virt_to_phys(phys_to_virt(last)), last);
	}
}

static void devices_have_pages_of_their_own(void)
{
	paddr_t pa = arch_phys_end() - 3 * PAGE_SIZE; /* only looked up, never accessed */
	char *one = ioremap(pa + 0x123, 4), *two = ioremap(pa, 3 * PAGE_SIZE);

	if (!TEST(one && two)) {
		iounmap(one);
		iounmap(two);
		return;
	}
	TEST_EQ((vaddr_t)one % PAGE_SIZE, 0x123);
	TEST_EQ(entry_at((vaddr_t)one).flags, VMAP_DEVICE);
	TEST_EQ(entry_at((vaddr_t)one).pa, pa);
	TEST(!entry_at((vaddr_t)one + PAGE_SIZE).mapped);
	for (unsigned int i = 0; i < 3; i++)
		TEST_EQ(entry_at((vaddr_t)two + i * PAGE_SIZE).pa, pa + i * PAGE_SIZE);
	TEST(!entry_at((vaddr_t)two + 3 * PAGE_SIZE).mapped);
	iounmap(one);
	TEST(!entry_at((vaddr_t)one).mapped);
	TEST(entry_at((vaddr_t)two).mapped);
	iounmap(two);
	for (unsigned int i = 0; i < 3; i++)
		TEST(!entry_at((vaddr_t)two + i * PAGE_SIZE).mapped);
}

/* Registers over a page's edge are mapped on both sides. */
static void devices_are_mapped_whole(void)
{
	paddr_t pa = arch_phys_end() - 2 * PAGE_SIZE;
	char *p = ioremap(pa + PAGE_SIZE - 4, 8);

	if (!TEST(p))
		return;
	TEST(entry_at((vaddr_t)p).mapped && entry_at((vaddr_t)p + 7).mapped);
	TEST_EQ(entry_at((vaddr_t)p + 7).pa, pa + PAGE_SIZE);
	iounmap(p);
	TEST(!entry_at((vaddr_t)p).mapped && !entry_at((vaddr_t)p + 7).mapped);
}

static void impossible_devices_are_refused(void)
{
	TEST_EQ(ioremap(arch_phys_end() - PAGE_SIZE, 0), NULL);
	TEST_EQ(ioremap(~0UL - PAGE_SIZE, 2 * PAGE_SIZE), NULL);
	TEST_EQ(ioremap(0, ARCH_LINEAR_SIZE), NULL);
}

static void memory_is_no_device(void)
{
	const struct boot_mem_range *bank;

	TEST_EQ(ioremap(arch_image_phys(), 1), NULL);
	TEST_EQ(ioremap(arch_image_to_phys(section_data_start), PAGE_SIZE), NULL);
	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++) {
		paddr_t end = bank->base + bank->size;

		TEST_EQ(ioremap(bank->base, bank->size), NULL);
		TEST_EQ(ioremap(bank->base - MIN(bank->base, 4UL), bank->size + 8), NULL);
		if (!is_no_map(end - 1))
			TEST_EQ(ioremap(end - 1, 2), NULL);
	}
}

static void wrong_requests_change_nothing(void)
{
	vaddr_t text = (vaddr_t)section_text_start, hole = ARCH_VMAP_END - 4 * PAGE_SIZE;
	paddr_t pa = arch_image_phys();

	TEST(!entry_at(hole).mapped);
	TEST(arch_kernel_map(hole, pa, PAGE_SIZE, MMU_WRITE | MMU_EXEC, arch_boot_table) < 0);
	TEST(arch_kernel_map(hole + 1, pa, PAGE_SIZE, 0, arch_boot_table) < 0);
	TEST(!entry_at(hole).mapped);
	TEST(arch_kernel_map(text, pa, PAGE_SIZE, MMU_WRITE, arch_boot_table) < 0);
	TEST_EQ(entry_at(text).flags, MMU_EXEC);
}

static const struct test_case cases[] = {
	TEST_CASE(nothing_is_writable_and_executable),
	TEST_CASE(image_has_its_rights),
	TEST_CASE(stack_has_a_guard),
	TEST_CASE(aliases_are_no_way_around),
	TEST_CASE(what_boot_wrote_is_sealed),
	TEST_CASE(hints_stand_where_they_can),
	TEST_CASE(both_walks_agree),
	TEST_CASE(nothing_has_too_many_rights),
	TEST_CASE(rights_change_and_nothing_else),
	TEST_CASE(the_cpu_guards_what_it_can),
	TEST_CASE(linear_map_is_ram),
	TEST_CASE(linear_map_can_be_read),
	TEST_CASE(devices_have_pages_of_their_own),
	TEST_CASE(devices_are_mapped_whole),
	TEST_CASE(impossible_devices_are_refused),
	TEST_CASE(memory_is_no_device),
	TEST_CASE(wrong_requests_change_nothing),
};

static const struct test_suite map_suite = TEST_SUITE_OF("map", cases);
TEST_SUITE(map_suite);
