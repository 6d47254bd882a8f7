/* SPDX-License-Identifier: MIT */
/*
 * mm/vmap.c with the real table walker, against a plain model: an array that says for each page of
 * a small vmap area what is mapped there. Random calls, with memory that runs out now and then;
 * every answer must be the one that the model gives, and the tables must say just what it says.
 * What it stands on is in vmap/world.c.
 */
#include <arch/mmu.h>
#include <lib/log.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/map.h>
#include <mm/page.h>
#include <mm/vmap.h>

#include "../../mm/vmap.h"
#include "apart.h"
#include "host.h"
#include "vmap/world.h"

#define STEPS		4000
#define BLOCK		(PAGE_SIZE << (PAGE_SHIFT - 3))
#define AREA_PAGES	((ARCH_VMAP_END - ARCH_VMAP_START) / PAGE_SIZE)
#define STACK_PAGES	(STACK_SIZE / PAGE_SIZE)
#define SLOTS		(AREA_PAGES / 4 / (2 * STACK_PAGES))
#define STACKS		(AREA_PAGES - SLOTS * 2 * STACK_PAGES)	/* the first page of their part */

/*
 * --- The model --------------------------------------------------------------------------------
 */

static struct {
	bool mapped;
	bool start;		/* a mapping begins here */
	unsigned int flags;
	paddr_t pa;
} model[AREA_PAGES + 1];

enum kind { DEVICE, VMAP, VMALLOC, STACK, KINDS };

static struct mapping {
	enum kind kind;
	size_t first, count;	/* pages of the area */
} live[AREA_PAGES];
static size_t live_count;

static size_t page_of(const void *p)
{
	return ((vaddr_t)p - ARCH_VMAP_START) / PAGE_SIZE;
}

static void *address_of(size_t page)
{
	return (void *)(ARCH_VMAP_START + page * PAGE_SIZE);
}

/* Where the model would put it: the first place with a free page on either side. */
static size_t model_find(enum kind kind, size_t count, paddr_t pa)
{
	bool stack = kind == STACK;
	size_t align = stack ? 2 * STACK_PAGES : kind == DEVICE && count >= BLOCK / PAGE_SIZE
			? BLOCK / PAGE_SIZE : 1;
	size_t offset = stack ? 0 : pa / PAGE_SIZE & (align - 1);
	size_t end = stack ? AREA_PAGES : STACKS, run = 0;

	for (size_t i = stack ? STACKS : 0; i < end; i++) {
		run = model[i].mapped ? 0 : run + 1;
		if (run >= count + 2 && ((i - count) & (align - 1)) == offset)
			return i - count;
	}
	return 0;
}

/* Whether the tables say of [first, end) what the model says. */
static bool tables_agree(size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		vaddr_t va = (vaddr_t)address_of(i);
		unsigned int flags;
		size_t block;
		paddr_t pa;

		if (!TEST_EQ(arch_kernel_lookup(va, &pa, &flags, &block), model[i].mapped))
			return false;
		if (model[i].mapped &&
		    !(TEST_EQ(pa, model[i].pa) && TEST_EQ(flags, model[i].flags)))
			return false;
	}
	return true;
}

static size_t pages_of_mappings(void)
{
	size_t n = 0;

	for (size_t i = 0; i < live_count; i++)
		n += live[i].kind >= VMALLOC ? live[i].count : 0;
	return n;
}

static bool all_agrees(void)
{
	return tables_agree(0, AREA_PAGES) && TEST_EQ(pages_of_mappings(), pages_taken) &&
	       TEST_EQ(count_tables(), tables_taken);
}

/*
 * --- The steps --------------------------------------------------------------------------------
 */

static void note(enum kind kind, size_t first, size_t count, unsigned int flags)
{
	live[live_count++] = (struct mapping){ kind, first, count };
	for (size_t i = first; i < first + count; i++) {
		model[i].mapped = true;
		model[i].flags = flags;
	}
}

static size_t any_count(void)
{
	static const size_t most[] = { 1, 2, 8, 40, BLOCK / PAGE_SIZE + 5, AREA_PAGES };

	return 1 + host_random_below(most[host_random_below(ARRAY_SIZE(most))]);
}

static void *start_device(size_t *count, paddr_t *pa)
{
	/* blocks, too, and not aligned */
	size_t bytes = (*count - 1) * PAGE_SIZE + 1 + host_random_below(PAGE_SIZE);

	*pa = host_random_below(1UL << 40) & ~(host_random_below(2) ? PAGE_SIZE - 1 : 0);
	if (host_random_below(2))
		*pa &= ~(BLOCK - 1);
	*count = (ALIGN_UP(*pa + bytes, PAGE_SIZE) - ALIGN_DOWN(*pa, PAGE_SIZE)) / PAGE_SIZE;
	return ioremap(*pa, bytes);
}

static void *start_vmap(size_t *count, unsigned int *flags, struct page **pages)
{
	*count = MIN(*count, (size_t)RAM_PAGES);
	*flags = host_random_below(2) ? MMU_WRITE : 0;
	for (size_t i = 0; i < *count; i++)
		pages[i] = &memmap[host_random_below(RAM_PAGES)];
	return vmap(pages, *count, *flags);
}

/* Makes a mapping of some kind; whether it must work is for the model to say. */
static void start(void)
{
	static struct page *pages[RAM_PAGES];
	enum kind kind = (enum kind)host_random_below(KINDS);
	size_t count = kind == STACK ? STACK_PAGES : any_count(), place;
	unsigned int flags = MMU_WRITE | (kind == DEVICE ? MMU_DEVICE : 0);
	size_t had = pages_taken;
	void *p = NULL;
	paddr_t pa = 0;

	failed = false;
	if (host_random_below(8) == 0)
		until_failure = host_random_below(4);
	switch (kind) {
	case DEVICE:
		p = start_device(&count, &pa);
		break;
	case VMAP:
		p = start_vmap(&count, &flags, pages);
		break;
	case VMALLOC:
		p = vmalloc((count - 1) * PAGE_SIZE + 1 + host_random_below(PAGE_SIZE));
		break;
	default:
		p = vmap_stack();
	}
	until_failure = ~0UL;
	place = model_find(kind, count, pa);
	if (!p) {
		TEST(!place || failed || (kind >= VMALLOC && had + count > RAM_PAGES));
		TEST_EQ(pages_taken, had);
		return;
	}
	if (!TEST_EQ(page_of(p), place))
		return;
	TEST_EQ((vaddr_t)p % PAGE_SIZE, pa % PAGE_SIZE);
	note(kind, place, count, flags);
	for (size_t i = 0; i < count; i++) {
		unsigned int ignored;
		size_t block;

		if (kind == DEVICE)
			model[place + i].pa = ALIGN_DOWN(pa, PAGE_SIZE) + i * PAGE_SIZE;
		else if (kind == VMAP)
			model[place + i].pa = page_to_phys(pages[i]);
		else
			/* whichever pages these are, they must be taken, and each once */
			arch_kernel_lookup((vaddr_t)address_of(place + i), &model[place + i].pa,
					   &ignored, &block);
	}
	tables_agree(place - 1, place + count + 1);
}

static void stop(void)
{
	size_t which = host_random_below(live_count);
	struct mapping m = live[which];
	void *p = address_of(m.first);

	if (m.kind == DEVICE)
		iounmap((char *)p + host_random_below(PAGE_SIZE));
	else if (m.kind == VMAP)
		vunmap(p);
	else
		vfree(p);
	for (size_t i = m.first; i < m.first + m.count; i++)
		model[i].mapped = false;
	live[which] = live[--live_count];
	tables_agree(m.first - 1, m.first + m.count + 1);
}

static void pages_are_mapped_once(void)
{
	static bool seen[RAM_PAGES];

	memset(seen, 0, sizeof(seen));
	for (size_t i = 0; i < live_count; i++) {
		const struct mapping *m = &live[i];

		for (size_t n = m->first; m->kind >= VMALLOC && n < m->first + m->count; n++) {
			size_t page = (model[n].pa - RAM_BASE) / PAGE_SIZE;

			if (TEST(page < RAM_PAGES && page_taken[page] && !seen[page]))
				seen[page] = true;
		}
	}
}

static void random_mappings(void)
{
	u64 steps = host_effort(STEPS);

	for (u64 i = 0; i < steps; i++) {
		/* phases in which it fills up, and in which it empties */
		bool fill = host_random_below(8) < (i / 256 % 2 ? 2 : 6);

		if (fill || !live_count)
			start();
		else
			stop();
		if (i % 64 == 0 && !all_agrees())
			return;
	}
	pages_are_mapped_once();
	while (live_count)
		stop();
	all_agrees();
	TEST_EQ(pages_taken, 0);
}

/*
 * --- By hand ----------------------------------------------------------------------------------
 */

static void nonsense_is_refused(void)
{
	struct page *page = memmap;

	TEST_EQ(vmap(&page, 0, MMU_WRITE), NULL);
	TEST_EQ(vmap(&page, SIZE_MAX, MMU_WRITE), NULL);
	TEST_EQ(vmap(&page, SIZE_MAX / PAGE_SIZE + 2, MMU_WRITE), NULL);
	TEST_EQ(vmap(&page, 1, MMU_EXEC), NULL);
	TEST_EQ(vmap(&page, 1, MMU_WRITE | MMU_EXEC), NULL);
	TEST_EQ(vmap(&page, 1, MMU_DEVICE), NULL);
	TEST_EQ(vmalloc(0), NULL);
	TEST_EQ(vmalloc(SIZE_MAX), NULL);
	host_log_lines();
	TEST_EQ(vmalloc(RAM_PAGES * PAGE_SIZE + 1), NULL);
	TEST_EQ(host_log_lines(), 1);
	TEST_EQ(ioremap(0, 0), NULL);
	TEST_EQ(ioremap(0, SIZE_MAX), NULL);
	/* all of memory, up to the byte before */
	TEST_EQ(ioremap(PAGE_SIZE + 2, SIZE_MAX), NULL);
	TEST_EQ(ioremap(2 * PAGE_SIZE - 1, SIZE_MAX - 3), NULL);
	TEST_EQ(ioremap(~0UL, 1), NULL);
	for (unsigned int bit = 0; bit < 64; bit++) {
		TEST_EQ(ioremap(~0UL - (1UL << bit), (1UL << bit) + 2), NULL);
		TEST(!ioremap(GIB(1), 1UL << bit) || bit < PAGE_SHIFT * 2);
	}
	TEST_EQ(ioremap(1UL << 48, 1), NULL);
	vunmap(NULL);
	iounmap(NULL);
	vfree(NULL);
	memset(model, 0, sizeof(model));
	for (size_t i = 1; i < AREA_PAGES; i++) {
		unsigned int flags;
		size_t block;
		paddr_t pa;

		/* what was made above for a moment */
		if (arch_kernel_lookup((vaddr_t)address_of(i), &pa, &flags, &block))
			iounmap(address_of(i));
	}
	all_agrees();
}

/* Each of the allocations that a call makes fails once: nothing of it stays. */
static void nothing_is_left_when_memory_is_out(void)
{
	static struct page *pages[BLOCK / PAGE_SIZE + 3];	/* more than one table's */
	size_t tried = 0;

	host_log_quiet = true;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = &memmap[i % RAM_PAGES];
	for (enum kind kind = 0; kind < KINDS; kind++)
		for (u64 n = 0;; n++) {
			void *p;

			fresh_tables();
			failed = false;
			out_of_memory = 0;
			until_failure = n;
			p = kind == DEVICE ? ioremap(0, 3 * PAGE_SIZE) :
			    kind == VMAP ? vmap(pages, ARRAY_SIZE(pages), MMU_WRITE) :
			    kind == VMALLOC ? vmalloc(3 * PAGE_SIZE) : vmap_stack();
			until_failure = ~0UL;
			TEST_EQ(out_of_memory, !p && kind == VMALLOC);
			if (p) {
				kind == VMAP || kind == DEVICE ? vunmap(p) : vfree(p);
				break;
			}
			tried++;
			if (!all_agrees())
				return;
		}
	TEST(tried >= 3 + STACK_PAGES);
	all_agrees();
}

/* The whole part, by mappings of one page; then each place is had again, the lowest first. */
static void all_space_is_used_again(void)
{
	struct page *page = memmap;
	size_t count = 0;
	void *p;

	while ((p = vmap(&page, 1, 0))) {
		if (!TEST_EQ(page_of(p), 1 + 2 * count++))
			return;
	}
	TEST_EQ(count, (STACKS - 1) / 2);
	TEST_EQ(ioremap(0, 1), NULL);
	for (size_t i = count; i--;)
		vunmap(address_of(1 + 2 * i));
	p = ioremap(PAGE_SIZE, (STACKS - 2) * PAGE_SIZE);
	TEST_EQ(page_of(p), 1);
	TEST_EQ(vmap(&page, 1, 0), NULL);
	iounmap(p);
	TEST_EQ(ioremap(PAGE_SIZE, (STACKS - 1) * PAGE_SIZE), NULL);
	all_agrees();
}

static void stacks_are_used_up(void)
{
	void *p, *stack[SLOTS];
	size_t count = 0;

	while (count < SLOTS && (p = vmap_stack())) {
		TEST_EQ((vaddr_t)p & (2 * STACK_SIZE - 1), 0);
		stack[count++] = p;
	}
	/* the first slot has no page before it */
	TEST_EQ(count, MIN(SLOTS - 1, RAM_PAGES / STACK_PAGES));
	for (size_t i = count; i--;) {
		vfree(stack[i]);
		TEST_EQ(p = vmap_stack(), stack[i]);
		vfree(p);
	}
	all_agrees();
}

static void large_devices_are_mapped_by_blocks(void)
{
	unsigned int flags;
	size_t block;
	paddr_t pa;
	char *p;

	fresh_tables();
	p = ioremap(GIB(4) + BLOCK - PAGE_SIZE, BLOCK + 2 * PAGE_SIZE);
	if (!TEST(p))
		return;
	TEST(arch_kernel_lookup((vaddr_t)p + PAGE_SIZE, &pa, &flags, &block));
	TEST_EQ(pa, GIB(4) + BLOCK);
	TEST_EQ(block, BLOCK);
	iounmap(p);
	/* and where tables are left of smaller ones, by pages */
	for (size_t i = BLOCK / PAGE_SIZE; i--;)
		TEST(ioremap(0, 1));
	for (size_t i = BLOCK / PAGE_SIZE; i--;)
		iounmap(address_of(1 + 2 * i));
	p = ioremap(GIB(4) + BLOCK - PAGE_SIZE, BLOCK + 2 * PAGE_SIZE);
	if (!TEST(p))
		return;
	for (size_t i = 0; i < BLOCK / PAGE_SIZE + 2; i++) {
		TEST(arch_kernel_lookup((vaddr_t)p + i * PAGE_SIZE, &pa, &flags, &block));
		TEST_EQ(pa, GIB(4) + BLOCK + (i - 1) * PAGE_SIZE);
	}
	TEST_EQ(block, PAGE_SIZE);
	iounmap(p);
	all_agrees();
}

/* What the linear map has is no device's, be it one page of it; its holes may be. */
static void memory_is_no_device(void)
{
	const paddr_t low = RAM_BASE + 2 * BLOCK, high = low + 3 * BLOCK, end = high + PAGE_SIZE;
	const u64 asks[][3] = {	/* address, size, whether it can be had */
		{ low, 4, 0 }, { low + BLOCK / 2, 4, 0 }, { low - 1, 2, 0 },
		{ low + BLOCK - 1, 2, 0 }, { end - 1, BLOCK, 0 },
		{ low - BLOCK, 2 * BLOCK, 0 }, { low + BLOCK, 3 * BLOCK, 0 },
		{ 0, RAM_BASE + ARCH_LINEAR_SIZE + BLOCK, 0 },
		/* between, beside and below; and where the linear map ends */
		{ low + BLOCK, BLOCK, 1 }, { high - BLOCK, BLOCK, 1 },
		{ low - BLOCK, BLOCK, 1 }, { end, 1, 1 }, { 0, 4, 1 },
		{ RAM_BASE - 3, 4, 1 }, { RAM_BASE + ARCH_LINEAR_SIZE - 4, 8, 1 },
		{ low + ARCH_LINEAR_SIZE, 4, 1 },
	};

	fresh_tables();
	TEST_EQ(arch_kernel_map((vaddr_t)phys_to_virt(low), low, BLOCK, MMU_WRITE,
				map_table_alloc), 0);
	TEST_EQ(arch_kernel_map((vaddr_t)phys_to_virt(high), high, PAGE_SIZE, 0,
				map_table_alloc), 0);
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		void *p = ioremap(asks[i][0], asks[i][1]);

		if (!TEST_EQ(p != NULL, asks[i][2]))
			printf("# %lu bytes at %#lx\n", asks[i][1], asks[i][0]);
		iounmap(p);
	}
	fresh_tables();
}

/*
 * --- What panics, each in a process of its own ------------------------------------------------
 */

static void (*undo)(void *);
static void *bad;

static void undo_bad(void)
{
	undo(bad);
}

static bool is_refused(void (*f)(void *), void *p, const char *words)
{
	undo = f;
	bad = p;
	return panics(undo_bad, words);
}

static void bad_addresses_panic(void)
{
	struct page *pages[] = { memmap, memmap + 1, memmap + 2 };
	char *p = vmap(pages, 3, MMU_WRITE), *device = ioremap(0x123, 8);
	static const char none[] = "unmapping 0x";

	if (!TEST(p && device))
		return;
	TEST(is_refused(vunmap, p + PAGE_SIZE, none));
	TEST(is_refused(vunmap, p + 1, none));
	TEST(is_refused(vunmap, p - PAGE_SIZE, none));
	TEST(is_refused(vunmap, p + 3 * PAGE_SIZE, none));
	TEST(is_refused(vfree, p + PAGE_SIZE, none));
	TEST(is_refused(iounmap, address_of(AREA_PAGES / 2), none));
	TEST(is_refused(vunmap, (void *)ARCH_VMAP_START, none));
	TEST(is_refused(vunmap, (void *)ARCH_VMAP_END, none));
	TEST(is_refused(vunmap, (void *)PAGE_SIZE, none));
	TEST(is_refused(vunmap, (void *)(ARCH_LINEAR_START + PAGE_SIZE), none));
	TEST(is_refused(vfree, device - 0x123, "no page of vmalloc()'s"));
	vunmap(p);
	iounmap(device);
	TEST(is_refused(vunmap, p, none));
	all_agrees();
}

static const struct test_case cases[] = {
	TEST_CASE(nothing_is_left_when_memory_is_out),
	TEST_CASE(nonsense_is_refused),
	TEST_CASE(all_space_is_used_again),
	TEST_CASE(stacks_are_used_up),
	TEST_CASE(large_devices_are_mapped_by_blocks),
	TEST_CASE(memory_is_no_device),
	TEST_CASE(bad_addresses_panic),
	TEST_CASE(random_mappings),
};

static const struct test_suite vmap_suite = TEST_SUITE_OF("vmap", cases);
TEST_SUITE(vmap_suite);
