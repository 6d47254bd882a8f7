/* SPDX-License-Identifier: MIT */
/*
 * Boot memory: two arrays of ranges, sorted by address, banks and reservations. Memory is free
 * where a bank is and no reservation. What is handed out becomes a reservation; neighbours with
 * the same purpose are joined, so that the arrays stay short. Runs are taken from the top of
 * memory down, away from the image and from where firmware likes to put things.
 */
#include <arch/mmu.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

#define RANGES_MAX	64

struct range_list {
	unsigned int count;
	struct boot_mem_range range[RANGES_MAX];
};

const char boot_mem_initrd[] = "initrd";

static struct range_list banks, reserved;

/* Where runs may be taken from: all that the linear map has so far. No upper end when that is 0. */
static paddr_t window_low, window_high;

/* What small objects are cut from: the rest of the last page that was taken for them. */
static u8 *small_next;
static size_t small_left;

static bool closed;	/* the page allocator has what is free */

static paddr_t range_end(const struct boot_mem_range *r)
{
	return r->base + r->size;
}

static void remove_at(struct range_list *list, unsigned int i)
{
	list->count--;
	memmove(&list->range[i], &list->range[i + 1], (list->count - i) * sizeof(list->range[0]));
}

static bool insert_at(struct range_list *list, unsigned int i, const struct boot_mem_range *r)
{
	if (list->count == RANGES_MAX)
		return false;
	memmove(&list->range[i + 1], &list->range[i], (list->count - i) * sizeof(list->range[0]));
	list->range[i] = *r;
	list->count++;
	return true;
}

/* Two ranges that can be one: the same purpose, and touching. */
static bool joins(const struct boot_mem_range *a, const struct boot_mem_range *b)
{
	return a->name == b->name && a->no_map == b->no_map && range_end(a) >= b->base &&
	       range_end(b) >= a->base;
}

/* Puts @new into the list, joined with all that it touches. False when there is no room. */
static bool insert(struct range_list *list, struct boot_mem_range new)
{
	unsigned int i = 0;

	while (i < list->count) {
		struct boot_mem_range *r = &list->range[i];

		if (joins(r, &new)) {
			paddr_t end = MAX(range_end(r), range_end(&new));

			new.base = MIN(r->base, new.base);
			new.size = end - new.base;
			remove_at(list, i);
			i = 0;		/* it has grown: it may touch others now */
		} else {
			i++;
		}
	}
	for (i = 0; i < list->count && list->range[i].base <= new.base; i++)
		;
	return insert_at(list, i, &new);
}

void boot_mem_add(paddr_t base, u64 size)
{
	paddr_t start = ALIGN_UP(base, PAGE_SIZE), end = ALIGN_DOWN(base + size, PAGE_SIZE);

	if (end <= start || start < base) {
		log_warn("memory: %#lx bytes at %#lx are less than a page: ignored", size, base);
		return;
	}
	if (!insert(&banks, (struct boot_mem_range){ .base = start, .size = end - start }))
		log_err("memory: more than %u banks: %#lx bytes at %#lx ignored", RANGES_MAX, size,
			base);
}

void boot_mem_reserve(paddr_t base, u64 size, const char *name, bool no_map)
{
	paddr_t start = ALIGN_DOWN(base, PAGE_SIZE), end = ALIGN_UP(base + size, PAGE_SIZE);

	if (!size)
		return;
	if (end <= start)	/* up to the last page there can be */
		end = ALIGN_DOWN(~(paddr_t)0, PAGE_SIZE);
	if (!insert(&reserved, (struct boot_mem_range){ start, end - start, name, no_map }))
		panic("more than %u reserved memory ranges, the last %#lx bytes at %#lx for %s",
		      RANGES_MAX, size, base, name);
}

void boot_mem_limit(u64 bytes)
{
	u64 left = ALIGN_DOWN(bytes, PAGE_SIZE);

	for (unsigned int i = 0; i < banks.count; i++) {
		struct boot_mem_range *b = &banks.range[i];

		b->size = MIN(b->size, left);
		left -= b->size;
		if (!b->size)
			remove_at(&banks, i--);
	}
}

void boot_mem_clip(paddr_t low, paddr_t high, const char *what)
{
	for (unsigned int i = 0; i < banks.count; i++) {
		struct boot_mem_range *b = &banks.range[i];
		paddr_t start = MAX(b->base, low), end = MIN(range_end(b), high);

		if (start == b->base && end == range_end(b))
			continue;
		log_warn("memory: %s reaches %#lx to %#lx: bank %#lx to %#lx %s", what, low,
			 high - 1, b->base, range_end(b) - 1,
			 end > start ? "is cut to it" : "is left out");
		if (end > start) {
			b->base = start;
			b->size = end - start;
		} else {
			remove_at(&banks, i--);
		}
	}
}

/* The highest reservation that reaches into [start, end), or NULL. */
static const struct boot_mem_range *reservation_in(paddr_t start, paddr_t end)
{
	for (unsigned int i = reserved.count; i--;)
		if (reserved.range[i].base < end && range_end(&reserved.range[i]) > start)
			return &reserved.range[i];
	return NULL;
}

void boot_mem_window(paddr_t low, paddr_t high)
{
	window_low = low;
	window_high = high;
}

paddr_t boot_mem_alloc_phys(size_t size, size_t align, const char *name)
{
	if (IS_ENABLED(CONFIG_DYNAMIC_MEMORY) && closed)
		panic("boot memory is closed: %zu bytes asked for (%s) after page_init()", size,
		      name);
	size = ALIGN_UP(size, PAGE_SIZE);
	align = MAX(align, PAGE_SIZE);
	for (unsigned int i = banks.count; i--;) {
		const struct boot_mem_range *b = &banks.range[i];
		paddr_t low = MAX(b->base, window_low),
			end = window_high ? MIN(range_end(b), window_high) : range_end(b);

		while (size && end > low && end - low >= size) {
			paddr_t start = ALIGN_DOWN(end - size, align);
			const struct boot_mem_range *taken;

			if (start < low || !start)	/* address 0 says that there is none */
				break;
			taken = reservation_in(start, start + size);
			if (!taken) {
				boot_mem_reserve(start, size, name, false);
				return start;
			}
			end = taken->base;
		}
	}
	return 0;
}

void boot_mem_close(void)
{
	closed = true;
	small_left = 0;
}

void *boot_mem_alloc(size_t size, size_t align)
{
	size_t pad = -(vaddr_t)small_next & (align - 1);
	void *object;

	assert(size && align && align <= PAGE_SIZE && !(align & (align - 1)));
	if (!small_next || small_left < pad || small_left - pad < size) {
		size_t bytes = ALIGN_UP(size, PAGE_SIZE);
		paddr_t pa = boot_mem_alloc_phys(bytes, PAGE_SIZE, "boot");

		if (!pa)
			panic("out of memory at boot: %zu bytes asked for, %lu of %lu KiB reserved",
			      size, boot_mem_used() / 1024, boot_mem_total() / 1024);
		object = phys_to_virt(pa);
		memset(object, 0, bytes);
		/* the larger rest serves the next small objects */
		if (bytes - size > small_left) {
			small_next = (u8 *)object + size;
			small_left = bytes - size;
		}
		return object;
	}
	object = small_next + pad;
	small_next += pad + size;
	small_left -= pad + size;
	return object;
}

static bool holds(const struct boot_mem_range *r, paddr_t pa)
{
	return pa >= r->base && pa - r->base < r->size;
}

/*
 * From @at, up to @end at most, to where the first bank or reservation begins or ends: that end,
 * and in *@holder the one reservation that RAM there has, or NULL.
 */
static paddr_t piece(paddr_t at, paddr_t end, struct boot_mem_range **holder)
{
	const struct range_list *lists[] = { &banks, &reserved };
	unsigned int count[] = { 0, 0 };

	for (unsigned int l = 0; l < ARRAY_SIZE(lists); l++)
		for (unsigned int i = 0; i < lists[l]->count; i++) {
			const struct boot_mem_range *r = &lists[l]->range[i];

			count[l] += holds(r, at);
			if (r->base > at)
				end = MIN(end, r->base);
			if (range_end(r) > at)
				end = MIN(end, range_end(r));
		}
	*holder = NULL;
	for (unsigned int i = 0; count[0] && count[1] == 1 && i < reserved.count; i++)
		if (holds(&reserved.range[i], at) && !reserved.range[i].no_map)
			*holder = &reserved.range[i];
	return end;
}

/* Takes [start, end) out of @r, which holds it. False when the list is too full to split it. */
static bool cut(struct boot_mem_range *r, paddr_t start, paddr_t end)
{
	struct boot_mem_range upper = *r;

	upper.base = end;
	upper.size = range_end(r) - end;
	if (start > r->base && upper.size) {
		if (reserved.count == RANGES_MAX)
			return false;
		r->size = start - r->base;
		insert(&reserved, upper);
	} else if (start > r->base) {
		r->size = start - r->base;
	} else {
		remove_at(&reserved, (unsigned int)(r - reserved.range));
		if (upper.size)
			insert(&reserved, upper);
	}
	return true;
}

void boot_mem_unreserve(paddr_t base, u64 size, void (*released)(paddr_t base, u64 size))
{
	paddr_t end = base + size, next;
	struct boot_mem_range *holder;

	for (paddr_t at = base; at < end; at = next) {
		next = piece(at, end, &holder);
		if (holder && cut(holder, at, next))
			released(at, next - at);
	}
}

const struct boot_mem_range *boot_mem_bank(unsigned int i)
{
	return i < banks.count ? &banks.range[i] : NULL;
}

const struct boot_mem_range *boot_mem_reserved(unsigned int i)
{
	return i < reserved.count ? &reserved.range[i] : NULL;
}

u64 boot_mem_total(void)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < banks.count; i++)
		sum += banks.range[i].size;
	return sum;
}

u64 boot_mem_used(void)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < banks.count; i++) {
		paddr_t at = banks.range[i].base, end = range_end(&banks.range[i]);

		/* reservations may overlap each other, and need not be RAM */
		for (unsigned int j = 0; j < reserved.count; j++) {
			paddr_t from = MAX(reserved.range[j].base, at),
				to = MIN(range_end(&reserved.range[j]), end);

			if (to > from) {
				sum += to - from;
				at = to;
			}
		}
	}
	return sum;
}
