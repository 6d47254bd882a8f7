/* SPDX-License-Identifier: MIT */
/*
 * What the files of the slab heap share: caches, their magazines, and how an address is told to be
 * an object's.
 *
 * A cache hands out objects of one size. They lie in slabs: runs of whole pages, without a header.
 * All about a slab is in its struct pages: owner says whose it is, index is the distance from the
 * slab's first page, and that one also has used, first and link. Between a cache and its users
 * stands a magazine for each CPU: a stack of free objects that only this CPU touches, interrupts
 * masked. So a struct cache exists in several copies, one a CPU: the first one is the cache, of the
 * others only the magazine is used. Those of the size classes are per-CPU objects, those of a named
 * cache lie behind each other.
 *
 * A magazine's stack is the struct's second half, and its pointer an offset from the struct's
 * start, to the first empty slot. The stack grows upwards and is full when the pointer has left
 * the struct, hence no longer has SLAB_SLOT_BIT; what lies below the lowest slot is NULL, so an
 * empty stack yields NULL. A CPU's copies that are still all zeroes, because it has not yet used
 * the heap, have no room and yield NULL as well.
 */
#ifndef MM_HEAP_SLAB_H
#define MM_HEAP_SLAB_H

#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <kernel/spinlock.h>
#include <lib/list.h>
#include <mm/page.h>

/* CPUs that there can be; a lone one is CPU 0, whose copies are the objects themselves. */
#ifdef CONFIG_SMP
#define SLAB_CPUS	CONFIG_NR_CPUS
#elif !defined(SLAB_CPUS)
#define SLAB_CPUS	1
#endif
#define SLAB_THIS_CPU(object)	(SLAB_CPUS > 1 ? this_cpu(object) : &(object))

/* Slots of a magazine, at most, and the bit that their offsets have in common. */
#define SLAB_SLOTS	16UL
#define SLAB_SLOT_BIT	(SLAB_SLOTS * sizeof(void *))

/* The index that ends a slab's list of free objects. */
#define SLAB_NONE	0xffffU

struct cache {
	/* constant: */
	u64 reciprocal;		/* 2^64 / size, rounded up: see slab_starts_object() */
	u64 bytes;		/* of a slab that objects take up */
	u32 size;		/* bytes from one object to the next */
	u32 link;		/* where in a free object the index of the next one lies */
	u16 objects;		/* in a slab */
	u16 pages;
	u16 batch;		/* objects that go between slabs and magazine at once */
	u16 bottom;		/* offset of the magazine's lowest slot */
	const char *name;	/* NULL: a size class */
	void (*ctor)(void *object);
	struct list all;	/* on slab_heap.caches, under its lock */
	struct spinlock lock;
	/* lock held: */
	size_t slabs;
	size_t taken;		/* objects that are not in slabs: handed out, or in magazines */
	struct page *empty;	/* one slab that is kept though nothing of it is taken */
	struct list partial;	/* slabs of which some is taken, but not all */
	/* of this CPU, interrupts masked: */
	u64 top;		/* offset of the first empty slot */
	void *below;		/* always NULL */
	void *slot[SLAB_SLOTS];
};

static_assert(offsetof(struct cache, slot) == SLAB_SLOT_BIT &&
		      sizeof(struct cache) == 2 * SLAB_SLOT_BIT,
	      "the pointer's bit tells whether it is inside");

/*
 * Size classes: steps of 16 bytes up to 128, from there on four to a doubling, up to two pages.
 */
#define SLAB_MAX	(2 * PAGE_SIZE)
#define SLAB_FINE	128U
#define SLAB_CLASSES	(8 + 4 * (PAGE_SHIFT + 1 - 7))
#define SLAB_TAGS	(SLAB_CLASSES <= 32 ? 32 : 64)

/* The class of objects of @last + 1 bytes. */
static __always_inline size_t slab_class(size_t last)
{
	unsigned int shift;

	if (likely(last < SLAB_FINE))
		return last / 16;
	/* the leading bit and the two behind it are 4 to 7 */
	shift = 61 - (unsigned int)__builtin_clzl(last);
	return (last >> shift) + 4 * shift - 16;
}

/* Bytes of an object of that class. */
static inline size_t slab_class_size(size_t class)
{
	return class < 8 ? (class + 1) * 16 : (5 + class % 4) << (class / 4 + 3);
}

/*
 * The part of the heap that each CPU has: the size classes. What is not about the CPU is in the
 * first copy alone.
 */
struct slab_cpu {
	struct slab_cpu *next;
	u32 number;
	bool joined;
	/*
	 * The bank of memory that most slabs are in, for a quick way from address to page: its
	 * first address and first page, and its number. Set at boot, then constant.
	 */
	struct page *pages;
	vaddr_t base;
	unsigned int bank;
	/* atomic: the bytes from there on that have a struct page, or fewer */
	size_t span;
	void *below;		/* always NULL */
	/* those from SLAB_CLASSES on have no objects */
	struct cache class[SLAB_TAGS];
};

/* What there is once. */
struct slab_heap {
	struct slab_cpu *cpus;	/* those that have used the heap; they join in front */
	u32 cpu_count;		/* atomic */
	struct spinlock lock;
	/* lock held: */
	struct list caches;	/* all of them, in the order in which they were made */
	/* atomic: */
	u64 large;		/* pages of objects that have pages to themselves */
};

extern struct slab_cpu slab_cpu;
extern struct slab_heap slab_heap;

/* Makes this CPU's part of the heap usable, once, when it is first used. Interrupts masked. */
void slab_cpu_join(void);

/*
 * --- What a page's owner says -----------------------------------------------------------------
 *
 * That of each page of a class's slab is the negated address of the slab and, in the low bits that
 * are zero in it, the number of the class. So whether an address is an object of the slab follows
 * from both alone: their sum is the offset and the class. An owner that is something else cannot be
 * taken for one, as it would have to be within a slab's size of the negative of the very address
 * that is asked for; no pointer is. Other pages of the heap have pointers, to a named cache or to
 * what stands for large objects.
 */

static inline void *slab_class_owner(const void *start, size_t class)
{
	return (void *)(class - (vaddr_t)start);
}

/*
 * The compiler is to have @x in a register here and to know nothing of it. Where it would reach
 * things on several ways at once, one of them with the right offsets is shorter.
 */
#define SLAB_OPAQUE(x)	__asm__("" : "+r"(x))

static __always_inline struct cache *slab_classes(void)
{
	struct cache *class = slab_cpu.class;

	SLAB_OPAQUE(class);
	return class;
}

static inline bool slab_is_class(const struct cache *cache)
{
	return (vaddr_t)cache - (vaddr_t)slab_cpu.class < sizeof(slab_cpu.class);
}

/* The cache of a page of which it is known that it is a slab's. */
static inline struct cache *slab_cache_of(const struct page *page)
{
	vaddr_t owner = (vaddr_t)page->owner;

	if (-ALIGN_DOWN(owner, SLAB_TAGS) - ARCH_LINEAR_START < ARCH_LINEAR_SIZE)
		return &slab_cpu.class[owner % SLAB_TAGS];
	return page->owner;
}

/*
 * True when an object of @cache starts @offset bytes from the start of a slab, which is any number.
 * The product is (offset / size) * error + (offset % size) * reciprocal modulo 2^64, where error,
 * by which reciprocal * size exceeds 2^64, is less than size; as offset is below 2^32, only
 * without a remainder that is less than the reciprocal.
 */
static __always_inline bool slab_starts_object(const struct cache *cache, size_t offset)
{
	u64 reciprocal = cache->reciprocal, bytes = cache->bytes;

	/* not &&: both comparisons without a branch between them */
	return (offset < bytes) & (offset * reciprocal < reciprocal);
}

/* Bytes from the start of the slab that @page belongs to up to @p, which is in that page. */
static inline size_t slab_offset(const struct page *page, const void *p)
{
	return (vaddr_t)p % PAGE_SIZE + ((size_t)page->index << PAGE_SHIFT);
}

/* The page of any address, NULL where there is none or where nothing was ever handed out. */
struct page *slab_page_lookup(const void *p);

/* The same, quicker, but perhaps a page that was never handed out. */
static inline struct page *slab_page(const void *p)
{
	size_t distance = (vaddr_t)p - slab_cpu.base;

	if (likely(distance < slab_cpu.span))
		return slab_cpu.pages + (distance >> PAGE_SHIFT);
	return slab_page_lookup(p);
}

/*
 * --- Magazines: interrupts are masked ---------------------------------------------------------
 */

/* This CPU's copy of @cache. */
static inline struct cache *slab_copy(struct cache *cache)
{
	if (SLAB_CPUS == 1)
		return cache;
	if (slab_is_class(cache))
		return this_cpu(*cache);
	if (unlikely(!this_cpu(slab_cpu)->joined))
		slab_cpu_join();
	return cache + this_cpu(slab_cpu)->number;
}

static __always_inline void **slab_slot(struct cache *copy, u64 offset)
{
	return (void **)(void *)((char *)copy + (s64)offset);
}

/* Takes an object off this CPU's magazine, or NULL. */
static __always_inline void *slab_pop(struct cache *copy)
{
	u64 top = copy->top - sizeof(void *);
	void *p = *slab_slot(copy, top);

	if (likely(p))
		copy->top = top;
	return p;
}

/* Puts one on, or returns false when there is no room. */
static __always_inline bool slab_push(struct cache *copy, void *p)
{
	u64 top = copy->top;

	if (unlikely(!(top & SLAB_SLOT_BIT)))
		return false;
	*slab_slot(copy, top) = p;
	copy->top = top + sizeof(void *);
	return true;
}

/*
 * --- slab_pages.c: between magazines, slabs and pages ------------------------------------------
 */

/*
 * Makes a cache of zeroed memory, but for its name and constructor (see struct cache), and puts it
 * on the list of all.
 */
void slab_cache_init(struct cache *cache, size_t size, size_t link);

/* An object when the magazine is empty; NULL when memory is out. Any context. */
void *slab_refill(struct cache *cache);

/* Takes back an object for which the magazine may have no room. Any context. */
void slab_flush(struct cache *cache, void *p);

/*
 * Empties @copy's magazine and gives back the slab that is kept empty. The copy is this CPU's, or
 * nobody uses it any more. Interrupts masked.
 */
void slab_shrink(struct cache *cache, struct cache *copy);

/* Objects in the magazines of all CPUs. */
size_t slab_cached(const struct cache *cache);

#endif
