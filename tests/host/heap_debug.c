/* SPDX-License-Identifier: MIT */
/*
 * The heap's debug layer on the host, over a policy: random operations against a shadow, what is
 * left, and memory that is out.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/fault_inject.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/map.h>

#include "../../mm/heap_object.h"
#include "heap_debug.h"
#include "host.h"
#include "machine/machine.h"

#define MEMORY	256	/* MiB */

void heap_start(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	machine_start_simple(MEMORY);
	heap_init();
}

/* --- What the kernel has instead --- */

bool arch_kernel_lookup(vaddr_t va, paddr_t *pa, unsigned int *flags, size_t *block)
{
	const struct boot_mem_range *bank = boot_mem_bank(0);

	*pa = virt_to_phys((void *)va);
	*flags = MMU_WRITE;
	*block = PAGE_SIZE;
	return *pa >= bank->base && *pa - bank->base < bank->size;
}

static char printed[4000];

void print(const char *fmt, ...)
{
	size_t n = strlen(printed);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(printed + n, sizeof(printed) - n, fmt, ap);
	va_end(ap);
}

/* --- Random operations --- */

#define SLOTS	300

static struct slot {
	u8 *p;
	size_t size;
	u8 byte;	/* that it is filled with */
} slot[SLOTS];

static void fill(struct slot *s)
{
	s->byte = (u8)host_random();
	memset(s->p, s->byte, s->size);
}

static bool is_filled(const struct slot *s, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (s->p[i] != s->byte)
			return false;
	return true;
}

size_t heap_random_size(void)
{
	u64 kind = host_random_below(100);

	return 1 + host_random_below(kind < 80 ? 300 : kind < 98 ? 5000 : 200000);
}

static void allocate(struct slot *s)
{
	size_t align = 1UL << host_random_below(17);

	s->size = heap_random_size();
	switch (host_random_below(3)) {
	case 0:
		s->p = kmalloc(s->size);
		break;
	case 1:
		s->p = kzalloc(s->size);
		s->byte = 0;
		TEST(!s->p || is_filled(s, s->size));
		break;
	default:
		s->p = kmalloc_aligned(s->size, align);
		TEST(IS_ALIGNED((vaddr_t)s->p, align));
	}
	if (!TEST(s->p))
		return;
	TEST(IS_ALIGNED((vaddr_t)s->p, HEAP_ALIGN));
	TEST_EQ(ksize(s->p), s->size);
	fill(s);
}

static void resize(struct slot *s)
{
	size_t size = heap_random_size(), kept = MIN(size, s->size);
	u8 *old = s->p, *new = krealloc(old, size);

	if (!TEST(new))
		return;
	TEST(new != old);
	s->p = new;
	s->size = size;
	TEST(is_filled(s, kept));
	fill(s);
}

static void release(struct slot *s)
{
	TEST(is_filled(s, s->size));
	kfree(s->p);
	*s = (struct slot){ 0 };
}

static void random_operations(void)
{
	size_t live, bytes, others, others_bytes;

	heap_start();
	live = others = heap_debug.live_count;
	bytes = others_bytes = heap_debug.live_bytes;
	/* what bump loses must fit */
	for (u64 n = host_effort(strcmp(heap_policy_name, "bump") ? 100000 : 20000); n; n--) {
		struct slot *s = &slot[host_random_below(SLOTS)];

		if (!s->p)
			allocate(s);
		else if (host_random_below(4))
			release(s);
		else
			resize(s);
		if (!(n % 5000))
			heap_check();
	}
	for (struct slot *s = slot; s < slot + SLOTS; s++) {
		live += s->p != NULL;
		bytes += s->size;
	}
	TEST_EQ(heap_debug.live_count, live);
	TEST_EQ(heap_debug.live_bytes, bytes);
	for (struct slot *s = slot; s < slot + SLOTS; s++)
		if (s->p)
			release(s);
	TEST_EQ(heap_debug.live_count, others);
	TEST_EQ(heap_debug.live_bytes, others_bytes);
	heap_debug_shrink();
	TEST_EQ(heap_debug.held_count, 0);
	TEST_EQ(heap_debug.held_bytes, 0);
}

/* --- What is left --- */

static void leaks_by_caller(void)
{
	void *p[4];

	heap_start();
	heap_debug_mark();
	printed[0] = 0;
	heap_debug_leaks();
	TEST_STR(printed, "memleak: nothing left\n");
	p[0] = heap_debug_alloc(100, HEAP_ALIGN, (void *)0x10);
	for (unsigned int i = 1; i < 4; i++)
		p[i] = heap_debug_alloc(50, HEAP_ALIGN, (void *)0x20);
	printed[0] = 0;
	heap_debug_leaks();
	TEST_STR(printed, "memleak: 3 objects, 150 bytes by 0x20\n"
			  "memleak: 1 object, 100 bytes by 0x10\n");
	kfree(p[1]);
	kfree(p[0]);
	printed[0] = 0;
	heap_debug_leaks();
	TEST_STR(printed, "memleak: 2 objects, 100 bytes by 0x20\n");
	kfree(p[2]);
	kfree(p[3]);
	for (u64 i = 0; i < 40; i++)
		p[0] = heap_debug_alloc(i < 39 ? 2 : 1, HEAP_ALIGN, (void *)(i + 1));
	printed[0] = 0;
	heap_debug_leaks();
	TEST(strstr(printed, "\nmemleak: 8 objects, 15 bytes by others\n"));
}

/* --- Memory that is out --- */

static void nth_allocation_fails(void)
{
	u64 count, nth;
	void *p[4];

	heap_start();
	fault_inject_at(3);
	for (unsigned int i = 0; i < 4; i++)
		p[i] = kmalloc(100);
	TEST(p[0] && p[1] && !p[2] && p[3]);
	TEST(fault_inject_state(&count, &nth) && count == 4 && nth == 3);
	for (unsigned int i = 0; i < 4; i++)
		kfree(p[i]);
	fault_inject_at(0);
	kfree(kmalloc(1));
	TEST(!fault_inject_state(&count, &nth) && count == 1 && nth == 0);
}

/* What the quarantine holds is there for whoever needs it. */
static void quarantine_is_emptied(void)
{
	static void *p[MEMORY * 8];
	unsigned int n = 0;

	heap_start();
	kfree(kmalloc(KIB(200)));
	kfree(kmalloc(100));
	while ((p[n] = kmalloc(KIB(200))))
		n++;
	TEST(n > MEMORY);
	TEST_EQ(heap_debug.held_count, 0);
	while (n--)
		kfree(p[n]);
}

static void sizes_at_the_edges(void)
{
	heap_start();
	TEST(!kmalloc(0) && !kzalloc(0) && !kcalloc(0, 5) && !kcalloc(5, 0));
	TEST(!kmalloc(SIZE_MAX) && !kmalloc(SIZE_MAX - 1) && !kmalloc(SIZE_MAX / 2));
	TEST(!kmalloc_aligned(SIZE_MAX - 100, 64));
	TEST(!kcalloc(SIZE_MAX / 2, 3) && !kcalloc(1UL << 32, 1UL << 32));
	TEST(!kmalloc_aligned(10, 0) && !kmalloc_aligned(10, 24));
	TEST(!kmalloc_aligned(10, MAX(PAGE_SIZE, KIB(64)) * 2) && !kmalloc_aligned(10, 1UL << 63));
	TEST(!krealloc(NULL, 0));
	kfree(NULL);
	TEST_EQ(ksize(NULL), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(random_operations),
	TEST_CASE(leaks_by_caller),
	TEST_CASE(nth_allocation_fails),
	TEST_CASE(quarantine_is_emptied),
	TEST_CASE(sizes_at_the_edges),
};

static const struct test_suite heap_debug_suite = TEST_SUITE_OF("heap_debug", cases);
TEST_SUITE(heap_debug_suite);
