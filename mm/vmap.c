/* SPDX-License-Identifier: MIT */
/*
 * The vmap area (see <mm/vmap.h>). The translation tables themselves are the record of what is
 * taken: space is looked for by asking them, entry by entry, from the lowest place on that may be
 * free; a hole in a higher table is stepped over whole. So a mapping needs no memory but its
 * tables, which stay when it goes, for the next one at that place. A mapping ends at the first
 * page that is not mapped, which is how vunmap() and vfree() know its size.
 *
 * The upper quarter is for stacks alone, each at a multiple of twice their size (asm/memory.h). As
 * nothing else is mapped there, as much as a stack is unmapped below each: its guard.
 */
#include <arch/mmu.h>
#include <kernel/spinlock.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <mm/map.h>
#include <mm/page.h>
#include <mm/vmap.h>

#include "vmap.h"

/* What a whole table of pages maps, and one entry above it can. */
#define BLOCK_SIZE	(PAGE_SIZE << (PAGE_SHIFT - 3))

struct hint {
	vaddr_t low;	/* the smallest mapping fits nowhere with its guard page below this */
	vaddr_t top;	/* from here on nothing was ever mapped */
};

static struct {
	struct spinlock lock;	/* also guards the kernel's tables */
	/* lock held: */
	struct hint general, stacks;
} vmap_state;

struct area {
	vaddr_t start, end;
	size_t unit;		/* bytes of the smallest mapping */
	struct hint *hint;
};

static const struct area general = {
	ARCH_VMAP_START, VMAP_STACKS_START, PAGE_SIZE, &vmap_state.general,
};
static const struct area stacks = {
	VMAP_STACKS_START, ARCH_VMAP_END, STACK_SIZE, &vmap_state.stacks,
};

struct request {
	const struct area *area;
	size_t size;
	size_t align, offset;	/* address % align == offset */
	unsigned int flags;
	/* where the memory at @done is: *@pa, and so many contiguous bytes; called in order */
	size_t (*next)(struct request *r, size_t done, paddr_t *pa);
	/* of what @next chooses from: */
	union {
		paddr_t pa;
		struct page *const *pages;
		struct list *link;
	};
};

unsigned long map_lock(void)
{
	return spin_lock_irqsave(&vmap_state.lock);
}

void map_unlock(unsigned long state)
{
	spin_unlock_irqrestore(&vmap_state.lock, state);
}

/* Whether *@va is mapped; it moves on to the end of the entry, or of the hole, that it lies in. */
static bool step(vaddr_t *va)
{
	unsigned int flags;
	size_t block;
	paddr_t pa;
	bool mapped = arch_kernel_lookup(*va, &pa, &flags, &block);

	*va = ALIGN_DOWN(*va, block) + block;
	return mapped;
}

/* Whether some of [*va, @end) is mapped: then *@va moves on to behind the first entry of that. */
static bool meets(vaddr_t *va, vaddr_t end)
{
	vaddr_t from = *va;

	/* behind what reaches to the end of all addresses there is address 0 */
	while (*va >= from && *va < end)
		if (step(va))
			return true;
	return false;
}

/* The lowest address from @p on where @r fits with a page on either side, or 0: the first page. */
static vaddr_t find(const struct request *r, vaddr_t p)
{
	size_t size = r->size + 2 * PAGE_SIZE, space = r->area->end - r->area->start;
	vaddr_t guard;

	if (r->size > space - 2 * PAGE_SIZE)
		return 0;
	do {
		guard = ALIGN_UP(p + PAGE_SIZE - r->offset, r->align) + r->offset - PAGE_SIZE;
		if (guard - r->area->start > space - size)
			return 0;
		p = guard;
	} while (meets(&p, MIN(guard + size, r->area->hint->top)));
	return guard;
}

/* Maps all of @r to @va, or nothing: then tables are out, or it asked for no physical address. */
static bool fill(struct request *r, vaddr_t va)
{
	for (size_t done = 0, run; done < r->size; done += run) {
		paddr_t pa;

		run = r->next(r, done, &pa);
		if (arch_kernel_map(va + done, pa, run, r->flags, map_table_alloc)) {
			arch_kernel_unmap(va, done);
			return false;
		}
	}
	return true;
}

/* Finds room for @r and maps it. Its address, or NULL. */
static void *map(struct request *r)
{
	unsigned long state = map_lock();
	struct hint *hint = r->area->hint;
	vaddr_t low = MAX(hint->low, r->area->start), guard = find(r, low), va = guard + PAGE_SIZE;

	if (guard && fill(r, va)) {
		if (guard == low || r->size == r->area->unit)
			hint->low = va + r->size;
		hint->top = MAX(hint->top, va + r->size);
	} else {
		va = 0;
	}
	map_unlock(state);
	return (void *)va;
}

/* The size of the mapping that starts at @va. Lock held. */
static size_t mapping_size(vaddr_t va)
{
	vaddr_t p = va - PAGE_SIZE, end;

	if (p - ARCH_VMAP_START >= ARCH_VMAP_END - ARCH_VMAP_START ||
	    step(&p) || p != va || !step(&p))
		panic("unmapping %#lx, where no mapping starts", va);
	do
		end = p;
	while (step(&p));
	return end - va;
}

/* Removes the mapping at @va, which is @size bytes. Lock held. */
static void unmap(vaddr_t va, size_t size)
{
	struct hint *hint = va < VMAP_STACKS_START ? &vmap_state.general : &vmap_state.stacks;

	arch_kernel_unmap(va, size);
	/* up to two pages before it were free already, but of no use */
	hint->low = MIN(hint->low, va - 2 * PAGE_SIZE);
}

static size_t next_contiguous(struct request *r, size_t done, paddr_t *pa)
{
	*pa = r->pa + done;
	return r->size - done;
}

/* Where @pa lies in the linear map, or would; else the end of it that is nearer. */
static vaddr_t linear(paddr_t pa)
{
	paddr_t base = arch_linear_base;

	return ARCH_LINEAR_START + MIN(MAX(pa, base) - base, ARCH_LINEAR_SIZE);
}

/*
 * What is large gets an address at which blocks can map it. What the linear map has is memory, and
 * may be cached; the tables of that do not change any more.
 */
void *ioremap(paddr_t pa, size_t size)
{
	paddr_t start = ALIGN_DOWN(pa, PAGE_SIZE);
	struct request r = { .area = &general, .size = ALIGN_UP(pa - start + size, PAGE_SIZE),
			     .pa = start, .flags = MMU_WRITE | MMU_DEVICE,
			     .next = next_contiguous };
	vaddr_t memory = linear(start);
	char *p;

	/* a range that wraps round the end of all addresses is none to the tables */
	if (!size || r.size < size || meets(&memory, linear(start + r.size)))
		return NULL;
	r.align = r.size < BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE;
	r.offset = start & (r.align - 1);
	p = map(&r);
	return p ? p + (pa - start) : NULL;
}

/* NULL stays NULL */
void iounmap(void *p)
{
	vunmap((void *)ALIGN_DOWN((vaddr_t)p, PAGE_SIZE));
}

static size_t next_of_array(struct request *r, size_t done, paddr_t *pa)
{
	*pa = page_to_phys(r->pages[done / PAGE_SIZE]);
	return PAGE_SIZE;
}

void *vmap(struct page *const *pages, size_t count, unsigned int flags)
{
	struct request r = { .area = &general, .size = count * PAGE_SIZE, .align = PAGE_SIZE,
			     .flags = flags, .next = next_of_array, .pages = pages };

	if (!count || r.size / PAGE_SIZE != count || flags & ~MMU_WRITE)
		return NULL;
	return map(&r);
}

void vunmap(void *p)
{
	unsigned long state;

	if (!p)
		return;
	state = map_lock();
	unmap((vaddr_t)p, mapping_size((vaddr_t)p));
	map_unlock(state);
}

static void free_pages(struct list *pages)
{
	while (!list_empty(pages)) {
		struct page *page = list_entry(pages->next, struct page, link);

		list_del(&page->link);
		page_free(page);
	}
}

/* Puts @count single pages on the list @pages: all, or none. */
static bool alloc_pages(struct list *pages, size_t count, unsigned int flags)
{
	list_init(pages);
	while (count--) {
		struct page *page = page_alloc(0, flags);

		if (!page) {
			free_pages(pages);
			return false;
		}
		list_add_tail(pages, &page->link);
	}
	return true;
}

static size_t next_of_list(struct request *r, size_t done, paddr_t *pa)
{
	(void)done;
	r->link = r->link->next;
	*pa = page_to_phys(list_entry(r->link, struct page, link));
	return PAGE_SIZE;
}

/* Takes pages for @r and maps them. Silent when there are none: the caller knows for whom. */
static void *map_new(struct request *r, unsigned int flags)
{
	struct list pages;
	void *p;

	if (!alloc_pages(&pages, r->size / PAGE_SIZE, flags | PAGE_QUIET))
		return NULL;
	r->flags = MMU_WRITE;
	r->next = next_of_list;
	r->link = &pages;
	p = map(r);
	if (!p)
		free_pages(&pages);
	return p;
}

void *vmalloc(size_t size)
{
	struct request r = { .area = &general, .size = ALIGN_UP(size, PAGE_SIZE),
			     .align = PAGE_SIZE };
	void *p;

	if (!size || r.size < size)
		return NULL;
	/* what cannot be had shall not be had for a moment, and miss elsewhere */
	if (r.size > page_bytes_free()) {
		log_err("vmalloc: %lu bytes, asked for by %pS: there are %lu", size,
			__builtin_return_address(0), page_bytes_free());
		return NULL;
	}
	p = map_new(&r, PAGE_USE_KERNEL);
	if (!p)
		page_out_of_memory(__builtin_return_address(0), size, PAGE_USE_KERNEL);
	return p;
}

void *vmap_stack(void)
{
	struct request r = { .area = &stacks, .size = STACK_SIZE, .align = 2 * STACK_SIZE };

	return map_new(&r, PAGE_USE_STACK | PAGE_ZERO);
}

void vfree(void *p)
{
	vaddr_t va = (vaddr_t)p;
	unsigned long state;
	unsigned int flags;
	struct list pages;
	size_t size, block;
	paddr_t pa;

	if (!p)
		return;
	list_init(&pages);
	state = map_lock();
	size = mapping_size(va);
	for (size_t done = 0; done < size; done += PAGE_SIZE) {
		struct page *page;

		arch_kernel_lookup(va + done, &pa, &flags, &block);
		page = page_lookup(pa);
		if (!page || flags != MMU_WRITE)
			panic("vfree of %#lx, where %#lx is mapped: no page of vmalloc()'s", va,
			      pa);
		list_add_tail(&pages, &page->link);
	}
	unmap(va, size);
	map_unlock(state);
	free_pages(&pages);
}
