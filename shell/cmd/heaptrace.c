/* SPDX-License-Identifier: MIT */
/*
 * heaptrace: replays a list of allocations from the initial ramdisk, for scripts/compare-heap.
 * First for time: all of it at once, interrupts masked, less what the same loop takes without
 * the heap. Then for space: what the heap holds at most, against what was asked for; each object
 * is filled, and looked at before it goes, so that a policy that hands out the same bytes twice
 * is found out. What the list leaves behind is freed at its end. Nothing of it is measured when
 * one word of the ramdisk makes no sense.
 *
 * The ramdisk is little-endian words of 32 bits: a header (struct header), then two words for
 * each operation: kind and slot, size. scripts/heaptrace.py writes it.
 */
#include <device/memory.h>
#include <lib/bench.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <shell/command.h>

#define MAGIC		0x31525448	/* "HTR1" */
#define KIND_SHIFT	30
#define SLOT_MASK	((1U << KIND_SHIFT) - 1)

#define SOAK_MAX	4096	/* bytes: objects up to this find the heap's pages full */

enum kind { ALLOC, FREE, RESIZE };

struct header {
	u32 magic;
	u32 words;	/* of the ramdisk, header included */
	u32 slots;	/* objects that live at one time, at most */
	char name[20];	/* of the trace, ends with a 0 */
};

struct op {
	u32 what;	/* kind << KIND_SHIFT | slot */
	u32 size;	/* 0 for FREE */
};

struct slot {
	void *p;
	u32 size;	/* 0: no object, or the heap had none to give */
	u32 live;	/* what the trace asked for, while it is checked */
};

struct trace {
	const struct header *header;
	const struct op *op, *end;
	struct slot *slots;
	struct page *pages;	/* that hold the slots */
	size_t count;		/* of them */
};

struct result {
	u32 pairs;		/* objects that were handed out, all of which came back */
	u32 failures;		/* NULLs */
	u64 ns;
	u64 live;		/* bytes that were asked for at one time, at most */
	u64 held;		/* bytes taken from the page allocator, at most */
	u64 kept;		/* of held: not given back in the end */
};

/* What is wrong with an operation, given the ones before it; NULL: nothing. */
static const char *op_wrong(const struct trace *t, const struct op *op)
{
	unsigned int kind = op->what >> KIND_SHIFT;
	struct slot *s = &t->slots[op->what & SLOT_MASK];

	if ((op->what & SLOT_MASK) >= t->header->slots)
		return "slot out of range";
	if (kind > RESIZE)
		return "unknown kind";
	if (!op->size != (kind == FREE))
		return "size makes no sense";
	if (!s->live != (kind == ALLOC))
		return kind == ALLOC ? "slot is taken" : "slot is empty";
	s->live = op->size;
	return NULL;
}

/* A word that can be printed, and its end. */
static bool name_is_right(const char *name, size_t room)
{
	size_t len = 0;

	while (len < room && name[len] > ' ' && name[len] < 0x7f)
		len++;
	return len && len < room && !name[len];
}

static bool header_is_right(const struct header *h, size_t size)
{
	if (size < sizeof(*h) || (uintptr_t)h % sizeof(u32) || h->magic != MAGIC) {
		print("heaptrace: the initial ramdisk holds no trace\n");
		return false;
	}
	/* the slots are bounded by what can be in use: no memory is asked for that is not needed */
	if (h->words > size / sizeof(u32) || h->words * sizeof(u32) <= sizeof(*h) ||
	    (h->words * sizeof(u32) - sizeof(*h)) % sizeof(struct op) || !h->slots ||
	    h->slots > h->words || !name_is_right(h->name, sizeof(h->name))) {
		print("heaptrace: the trace is cut off or its header is damaged\n");
		return false;
	}
	return true;
}

static bool trace_open(struct trace *t)
{
	size_t size;
	const void *initrd = memory_initrd(&size);
	const char *wrong = NULL;

	if (!initrd) {
		print("heaptrace: no initial ramdisk\n");
		return false;
	}
	if (!header_is_right(initrd, size))
		return false;
	t->header = initrd;
	t->op = initrd + sizeof(*t->header);
	t->end = initrd + t->header->words * sizeof(u32);
	t->count = ALIGN_UP(t->header->slots * sizeof(*t->slots), PAGE_SIZE) / PAGE_SIZE;
	t->pages = page_alloc_run(t->count, PAGE_USE_KERNEL | PAGE_ZERO);
	if (!t->pages) {
		print("heaptrace: no memory for %u slots\n", t->header->slots);
		return false;
	}
	t->slots = page_to_virt(t->pages);
	for (const struct op *op = t->op; op < t->end && !wrong; op++) {
		wrong = op_wrong(t, op);
		if (wrong)
			print("heaptrace: operation %ld: %s\n", op - t->op, wrong);
	}
	if (wrong)
		page_free_run(t->pages, t->count);
	return !wrong;
}

/* The whole trace, as fast as can be; without @real the same but for the heap. */
static __always_inline void replay(const struct trace *t, struct result *r, const bool real)
{
	for (const struct op *op = t->op; op < t->end; op++) {
		struct slot *s = &t->slots[op->what & SLOT_MASK];
		void *p = s;

		switch (op->what >> KIND_SHIFT) {
		case ALLOC:
			if (real)
				p = kmalloc(op->size);
			r->pairs += !!p;
			break;
		case FREE:
			if (real)
				kfree(s->p);
			s->p = NULL;
			continue;
		default:
			if (real)
				p = krealloc(s->p, op->size);
			break;
		}
		if (p)
			s->p = p;
		else
			r->failures++;
	}
	for (struct slot *s = t->slots; s < t->slots + t->header->slots; s++) {
		if (real)
			kfree(s->p);
		s->p = NULL;
	}
}

static __noinline void replay_empty(const struct trace *t)
{
	struct result unused = { 0 };

	replay(t, &unused, false);
	__asm__ volatile("" ::"r"(unused.pairs), "r"(unused.failures));
}

static __noinline void measure_time(const struct trace *t, struct result *r)
{
	struct bench_watch watch = bench_start();
	u64 empty, all;

	replay_empty(t);
	empty = bench_stop(watch, 1);
	watch = bench_start();
	replay(t, r, true);
	all = bench_stop(watch, 1);
	r->ns = all > empty ? all - empty : 0;
}

/* What an object is filled with: its neighbours have others. */
static u8 filling(const struct trace *t, const struct slot *s)
{
	return (u8)((s - t->slots) * 7 + 1);
}

/* Whether the first @size bytes of an object still begin and end as they were filled. */
static bool intact(const struct trace *t, const struct slot *s, size_t size)
{
	const u8 *p = s->p;

	if (!s->size || (p[0] == filling(t, s) && p[size - 1] == filling(t, s)))
		return true;
	print("heaptrace: %s: somebody else wrote to the object of %u bytes at %p\n",
	      t->header->name, s->size, s->p);
	return false;
}

static bool aligned(const struct trace *t, const void *p)
{
	if (!((uintptr_t)p % HEAP_ALIGN))
		return true;
	print("heaptrace: %s: %p is not aligned to %u\n", t->header->name, p, HEAP_ALIGN);
	return false;
}

/* One operation; false when the heap is broken. Adds what lives now to *@live. */
static bool step(const struct trace *t, const struct op *op, struct result *r, u64 *live)
{
	struct slot *s = &t->slots[op->what & SLOT_MASK];
	u32 old = s->size;
	void *p;

	if (!intact(t, s, old))
		return false;
	if (op->what >> KIND_SHIFT == FREE) {
		kfree(s->p);
		p = NULL;
	} else {
		p = krealloc(s->p, op->size);
		if (!p) {
			r->failures++;
			return true;
		}
	}
	s->p = p;
	if (!aligned(t, p) || (p && !intact(t, s, MIN(old, op->size))))
		return false;
	s->size = op->size;
	if (p)
		memset(p, filling(t, s), op->size);
	*live += op->size - (u64)old;
	return true;
}

static u64 held_now(void)
{
	struct heap_stats now;

	heap_stats_get(&now);
	return now.held;
}

/*
 * Takes up the room that the kernel's own objects have left in the heap's pages: else a trace
 * would fill that, and seem to take less than it was given. Ends early with a heap that keeps
 * pages which nobody uses. Returns the objects, each of which holds the address of the next.
 */
static void *soak(void)
{
	void **p, *chain = NULL;
	u64 held = held_now();

	for (size_t size = SOAK_MAX; size && held_now() == held; size -= HEAP_ALIGN) {
		while ((p = kmalloc(size)) && held_now() == held) {
			*p = chain;
			chain = p;
		}
		kfree(p);
		heap_policy_shrink();
	}
	return chain;
}

static bool measure_space(const struct trace *t, struct result *r)
{
	void **soaked = soak(), **next;
	struct heap_stats before, now;
	u64 live = 0;
	bool well = true;

	r->failures = 0;
	heap_stats_get(&before);
	for (const struct op *op = t->op; op < t->end && well; op++) {
		well = step(t, op, r, &live);
		heap_stats_get(&now);
		r->live = MAX(r->live, live);
		r->held = MAX(r->held, now.held);
	}
	for (struct slot *s = t->slots; well && s < t->slots + t->header->slots; s++) {
		well = intact(t, s, s->size);
		if (well)
			kfree(s->p);
	}
	heap_policy_shrink();
	r->held -= MIN(r->held, before.live + before.lost);
	r->kept = held_now();
	r->kept -= MIN(r->kept, before.held);
	for (; soaked; soaked = next) {
		next = *soaked;
		kfree(soaked);
	}
	return well;
}

static const struct argument heaptrace_arguments[] = {
	{ .type = ARGUMENT_CHOICE, .choices = (const char *const[]){ "time", "space", NULL },
	  .optional = true, .help = "what to measure; both unless given" },
};

static int heaptrace(const struct arguments *a)
{
	bool time = !a->given || a->value[0].number == 0;
	bool space = !a->given || a->value[0].number == 1;
	struct result r = { 0 };
	struct trace t;
	bool well = true;

	if (!trace_open(&t))
		return STATUS_FAIL;
	if (time)
		measure_time(&t, &r);
	if (space)
		well = measure_space(&t, &r);
	if (well) {
		print("heaptrace %s", t.header->name);
		if (time)
			print(" pairs %u %s %lu", r.pairs,
			      bench_counts() ? BENCH_INSTRUCTIONS : "ns", r.ns);
		if (space)
			print(" peak-live %lu peak-held %lu", r.live, r.held);
		print(" failures %u", r.failures);
		if (space)
			print(" kept %lu", r.kept);
		print("\n");
	}
	page_free_run(t.pages, t.count);
	return well ? STATUS_OK : STATUS_FAIL;
}

static const struct command heaptrace_command = {
	.name = "heaptrace", .help = "replay the allocations in the initial ramdisk",
	.parsed = heaptrace, ARGUMENTS(heaptrace_arguments),
};
COMMAND(heaptrace_command);
