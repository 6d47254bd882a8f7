/* SPDX-License-Identifier: MIT */
/*
 * The heap against a plain model, whichever its policy: mm/heap.c, named caches and a policy over
 * the real page allocator. Each round has a machine of its own and plays random operations on it; a
 * shadow of all RAM says what is handed out, so that nothing can be handed out twice. Objects are
 * checked for place, alignment, contents and room; figures against the sum of all objects; what is
 * refused against the runs of pages that there are; what is no object is asked for at every step.
 * In the end everything goes back. Half of the rounds are disturbed by interrupts that allocate.
 *
 * With CONFIG_DEBUG_HEAP the layer between is under test: whatever it knows of is looked at now and
 * then. What the policy has is then more than what was asked for, and no object's size to ask for.
 */
#include <lib/string.h>
#include <lib/test.h>
#include <mm/cache.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "apart.h"
#include "heap.h"
#include "host.h"
#include "machine/machine.h"

#define STEPS		50000U		/* of one round */
#define ROUNDS		(HEAP_STEPS / STEPS)
#define OBJECTS		6000U		/* that live at the same time, at most */
#define CACHES		5U
#define CTOR_BYTE	0xc7

static bool good = true;	/* no check has failed in this process */

#define CHECK(cond)	(good &= TEST(cond))
#define CHECK_EQ(a, b)	(good &= TEST_EQ(a, b))

struct object {
	u8 *p;
	size_t size;
	size_t room;		/* ksize() */
	u64 seed;		/* of its contents */
	struct cache *cache;	/* it came from, or NULL */
};

static struct object live[OBJECTS];
static unsigned int count, target;	/* objects, and how many there shall be soon */

static struct {
	struct cache *cache;
	size_t size, align;
	bool ctor;
} caches[CACHES];

/*
 * --- Objects ----------------------------------------------------------------------------------
 */

/* Of large objects, only the edges and a few places between have contents. */
static size_t stride(const struct object *o, size_t at)
{
	return o->room <= 2048 || at < 64 || at >= o->room - 64 ? 8 : 512;
}

static u64 contents(const struct object *o, size_t at)
{
	return (o->seed + at) * 0x9e3779b97f4a7c15;
}

static void fill(struct object *o)
{
	o->seed = host_random();
	for (size_t at = 0; at + 8 <= o->room; at += stride(o, at))
		*(u64 *)(o->p + at) = contents(o, at);
}

/* Whether the first @size bytes are there, of an object that may lie elsewhere by now. */
static bool is_filled(const struct object *o, const u8 *p, size_t size)
{
	for (size_t at = 0; at + 8 <= size; at += stride(o, at))
		if (*(const u64 *)(p + at) != contents(o, at))
			return false;
	return true;
}

static bool is_all(const u8 *p, u8 byte, size_t size)
{
	size_t at = 0;

	for (; at + 8 <= size; at += 8)
		if (*(const u64 *)(p + at) != byte * 0x0101010101010101UL)
			return false;
	for (; at < size; at++)
		if (p[at] != byte)
			return false;
	return true;
}

static void begin(struct object *o)
{
	o->room = o->cache ? o->size : ksize(o->p);
	CHECK(o->room >= o->size && IS_ALIGNED((vaddr_t)o->p, HEAP_ALIGN));
	CHECK(shadow_take(o->p, o->room));
	if (good)
		fill(o);
}

/* Its contents are right; from here on it is none. */
static void end(struct object *o)
{
	CHECK(is_filled(o, o->p, o->room));
	CHECK(o->cache || ksize(o->p) == o->room);
	shadow_give(o->p, o->room);
}

static void put_in(struct object o)
{
	begin(&o);
	live[count++] = o;
}

static struct object take_out(unsigned int i)
{
	struct object o = live[i];

	end(&o);
	live[i] = live[--count];
	return o;
}

/* The last one as often as not: that is what bump gets back. */
static unsigned int any(void)
{
	return host_random_below(2) ? count - 1 : (unsigned int)host_random_below(count);
}

static size_t any_size(void)
{
	/* what is lost shall last for the round; large pages do not make all objects larger */
	if (host_random_below(HEAP_LOSES ? 8 : 1 << (PAGE_SHIFT - 12)))
		return 1 + host_random_below(200);
	switch (host_random_below(32)) {
	case 0:
		return 1 + host_random_below(16);
	case 1:
		return 1 + host_random_below(40 * PAGE_SIZE);
	case 2 ... 3:
		return 1 + host_random_below(5 * PAGE_SIZE);
	case 4 ... 9:
		return 1 + host_random_below(PAGE_SIZE);
	case 10 ... 12:
		return 1UL << host_random_below(PAGE_SHIFT + 2);
	default:
		return 1 + host_random_below(300);
	}
}

/*
 * --- Steps ------------------------------------------------------------------------------------
 */

/* NULL is right when there is no run of pages that would do; bump may have lost what there was. */
static void check_refused(size_t size)
{
	/* with what the debug layer adds, at most */
	size_t bytes = HEAP_DEBUG ? 2 * size + 512 : size, pages = (bytes - 1) / PAGE_SIZE + 1;
	size_t run = pages > 2 && !HEAP_DEBUG ? 1 : HEAP_RUN;
	struct page_stats stats;

	if (HEAP_LOSES || machine_interrupt)
		return;
	while (run < pages)
		run *= 2;
	/* nor may there be some that the heap has kept for nothing */
	world_shrink();
	page_stats_get(&stats);
	if (!CHECK(stats.largest < run && (run > 1 || !stats.free)))
		printf("# %zu bytes are refused, %zu pages are free, %zu in one run\n", size,
		       stats.free, stats.largest);
}

static void allocate(void)
{
	struct object o = { .size = any_size() };
	size_t align = HEAP_ALIGN;
	bool clear = false;

	switch (host_random_below(6)) {
	case 0:
		clear = true;
		o.p = kzalloc(o.size);
		break;
	case 1:
		clear = true;
		align = 1 + host_random_below(16);
		o.size = (o.size + align - 1) / align * align;
		o.p = kcalloc(o.size / align, align);
		align = HEAP_ALIGN;
		break;
	case 2:
		align = 1UL << host_random_below(17);
		o.p = kmalloc_aligned(o.size, align);
		break;
	default:
		o.p = kmalloc(o.size);
	}
	if (!o.p) {
		check_refused(MAX(o.size, align));
		return;
	}
	CHECK(IS_ALIGNED((vaddr_t)o.p, align));
	CHECK(!clear || is_all(o.p, 0, o.size));
	put_in(o);
}

static void reallocate(void)
{
	unsigned int i = any();
	struct object o = live[i];
	size_t size = host_random_below(20) ? any_size() : 0;
	u8 *p;

	if (o.cache)
		return;
	CHECK(is_filled(&o, o.p, o.room));
	/* an interrupt may have the old place before krealloc() is through */
	shadow_give(o.p, o.room);
	p = krealloc(o.p, size);
	if (!p && size) {
		check_refused(size);
		CHECK(is_filled(&o, o.p, o.room));
		CHECK(shadow_take(o.p, o.room));
		return;
	}
	live[i] = live[--count];
	if (!p)
		return;
	CHECK(is_filled(&o, p, MIN(o.size, size)));
	put_in((struct object){ .p = p, .size = size });
}

static void duplicate(void)
{
	struct object from = live[any()], o = { .size = from.size };

	o.p = kmemdup(from.p, from.size);
	if (!o.p) {
		check_refused(o.size);
		return;
	}
	CHECK(is_filled(&from, o.p, from.size));
	put_in(o);
}

static void construct(void *object)
{
	memset(object, CTOR_BYTE, 8);
}

static void cache_take(void)
{
	unsigned int i = (unsigned int)host_random_below(CACHES);
	struct object o = { .size = caches[i].size, .cache = caches[i].cache };

	o.p = o.cache ? cache_alloc(o.cache) : NULL;
	if (!o.p)
		return;
	CHECK(IS_ALIGNED((vaddr_t)o.p, caches[i].align));
	CHECK(!caches[i].ctor || is_all(o.p, CTOR_BYTE, MIN(8UL, o.size)));
	put_in(o);
	CHECK_EQ(cache_destroy(o.cache), -EBUSY);
}

static void release(void)
{
	struct object o = take_out(any());

	if (o.cache) {
		/* it has to go back as it came */
		memset(o.p, CTOR_BYTE, MIN(8UL, o.size));
		cache_free(o.cache, o.p);
	} else {
		kfree(o.p);
	}
	/* an interrupt may have taken the place since */
	CHECK(HEAP_DEBUG || HEAP_FORGETS || shadow_begins(o.p) || heap_policy_size(o.p) == 0);
}

/* Addresses of all kinds: only of objects is there a size, and none does harm. */
static void ask(void)
{
	u8 *p = shadow_any();
	const struct object *o = count ? &live[any()] : NULL;

	switch (host_random_below(5)) {
	case 0:
		p = (u8 *)host_random();
		break;
	case 1:
		p = (u8 *)(-(vaddr_t)host_random_below(GIB(1)));
		break;
	case 2:
		p = (u8 *)ALIGN_DOWN((vaddr_t)p, PAGE_SIZE);
		break;
	case 3:
		p = o ? o->p + host_random_below(o->room) : p;
		break;
	default:
		p = o ? (u8 *)((vaddr_t)o->p + 16 * host_random_below(9) - 64) : p;
	}
	/* it may have been an object */
	if (HEAP_FORGETS && shadow_has(p) && !shadow_holds(p))
		return;
	if (!HEAP_DEBUG && !shadow_begins(p) && !CHECK_EQ(heap_policy_size(p), 0))
		printf("# %p\n", (void *)p);
}

static void sum_up(const struct heap_class *c, void *arg)
{
	struct heap_stats *stats = arg;

	CHECK(c->cached <= c->free && c->size);
	stats->live += c->size * c->live;
	stats->held += c->pages * PAGE_SIZE;
}

static void check_figures(void)
{
	struct heap_stats stats, classes = { 0 };
	struct page_stats pages;

	heap_stats_get(&stats);
	page_stats_get(&pages);
	heap_policy_classes(sum_up, &classes);
	CHECK_EQ(stats.held, pages.used[PAGE_USE_HEAP] * PAGE_SIZE);
	CHECK(stats.live + stats.lost <= stats.held);
	CHECK(stats.live >= shadow_sum());
	CHECK(HEAP_DEBUG || stats.live <= 2 * shadow_sum() + KIB(16));
	if (!HEAP_LOSES)
		CHECK(!stats.lost && classes.live == stats.live && classes.held == stats.held);
}

static void step(void)
{
	bool more = count < target ? host_random_below(4) : !host_random_below(4);
	unsigned int what = (unsigned int)host_random_below(8);

	ask();
	if (count && !what)
		reallocate();
	else if (count && (!more || count == OBJECTS))
		release();
	else if (count && what == 1)
		duplicate();
	else if (what == 2)
		cache_take();
	else
		allocate();
}

/*
 * --- Interrupts: each takes or frees a small object of its own ----------------------------------
 */

static struct {
	u8 *p;
	size_t room;
} own[16];

static void own_give(unsigned int i)
{
	CHECK(is_all(own[i].p, (u8)i, own[i].room));
	shadow_give(own[i].p, own[i].room);
	kfree(own[i].p);
	own[i].p = NULL;
}

static void own_take(unsigned int i, size_t size)
{
	own[i].p = kmalloc(size);
	if (!own[i].p)
		return;
	own[i].room = ksize(own[i].p);
	CHECK(shadow_take(own[i].p, own[i].room));
	memset(own[i].p, (int)i, own[i].room);
}

static void interrupt(void)
{
	static bool inside;
	static u32 number;
	unsigned int i = number++ * 7 % ARRAY_SIZE(own);

	if (inside || number % 5)
		return;
	inside = true;
	if (own[i].p)
		own_give(i);
	else
		own_take(i, 1 + number % 200);
	inside = false;
}

/*
 * --- Rounds -----------------------------------------------------------------------------------
 */

static void make_caches(void)
{
	for (unsigned int i = 0; i < CACHES; i++) {
		size_t size = host_random_below(5) ? 1 + host_random_below(700) :
						     1 + host_random_below(PAGE_SIZE);

		caches[i].ctor = size >= 8 && host_random_below(2);
		caches[i].size = size;
		caches[i].align = 1UL << host_random_below(8);
		caches[i].cache = cache_create("test", size, caches[i].align,
					       caches[i].ctor ? construct : NULL);
		if (CHECK(caches[i].cache))
			CHECK(shadow_take(caches[i].cache, ksize(caches[i].cache)));
	}
}

static void finish(u64 free_at_first)
{
	struct heap_stats stats;

	machine_interrupt = NULL;
	while (count)
		release();
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].p)
			own_give(i);
	for (unsigned int i = 0; i < CACHES; i++)
		CHECK_EQ(cache_destroy(caches[i].cache), 0);
	world_shrink();
	if (HEAP_DEBUG)
		CHECK_EQ(heap_check(), 0);
	heap_stats_get(&stats);
	CHECK_EQ(stats.live, 0);
	if (!HEAP_LOSES) {
		CHECK_EQ(stats.held, 0);
		CHECK_EQ(page_bytes_free(), free_at_first);
	}
}

static bool play(void)
{
	u64 free_at_first;

	world_start();
	free_at_first = page_bytes_free();
	make_caches();
	machine_interrupt = host_random_below(2) ? interrupt : NULL;
	for (unsigned int i = 0; i < STEPS && good; i++) {
		if (i % 8192 == 0)
			target = (unsigned int)host_random_below(i % 16384 ? 500 : OBJECTS);
		if (i % 256 == 0) {
			void (*disturb)(void) = machine_interrupt;

			machine_interrupt = NULL;
			check_figures();
			if (HEAP_DEBUG && i % 2048 == 0)
				heap_check();
			machine_interrupt = disturb;
		}
		step();
	}
	if (good)
		finish(free_at_first);
	return good;
}

static void random_operations(void)
{
	for (u64 rounds = host_effort(ROUNDS); rounds > 0; rounds--) {
		u64 seed = host_random_state;

		if (!TEST(apart(play))) {
			printf("# the round began with CAIRN_SEED=%lu\n", seed);
			return;
		}
		host_random();
	}
}

static const struct test_case cases[] = {
	TEST_CASE(random_operations),
};

static const struct test_suite heap_random_suite = TEST_SUITE_OF("heap_random", cases);
TEST_SUITE(heap_random_suite);
