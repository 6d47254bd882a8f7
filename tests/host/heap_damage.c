/* SPDX-License-Identifier: MIT */
/*
 * Every kind of damage to a heap under its debug layer, each in a child process: the report must
 * name what was done, where, and by whom. Callers are made up, so that it can be held against them.
 */
#include <sys/wait.h>

#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>

#include "../../mm/heap_object.h"
#include "heap_debug.h"
#include "host.h"

#define OWNER	((void *)0x1111)
#define FREER	((void *)0x2222)
#define AGAIN	((void *)0x3333)

/* What a child does, and what its report must hold. */
static struct {
	size_t size, align;
	long at;		/* the byte that is written, from the object's start */
	u8 value;
	char expected[200];
	u8 *p;
} deed;

/* Runs @harm in a child: true when it panics and says all that is expected. */
static bool reported(void (*harm)(void), const char *who)
{
	static char said[8192];
	int pipes[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t child;
	bool good;

	fflush(stdout);
	if (pipe(pipes))
		abort();
	child = fork();
	if (!child) {
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		harm();
		printf("nothing was noticed\n");
		fflush(stdout);
		_exit(0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = 0;
	close(pipes[0]);
	waitpid(child, &status, 0);
	good = strstr(said, deed.expected) && !strncmp(deed.expected, "panic: ", 7);
	for (; good && *who; who += strlen(who) + 1)
		good = strstr(said, who);
	if (!good)
		printf("# size %zu align %zu at %ld: \"%s\" and \"%s\" expected, but:\n%s\n",
		       deed.size, deed.align, deed.at, deed.expected, who, said);
	return good;
}

static void __printf(1, 2) expect(const char *fmt, ...)
{
	size_t n = strlcpy(deed.expected, "panic: heap ", sizeof(deed.expected));
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(deed.expected + n, sizeof(deed.expected) - n, fmt, ap);
	va_end(ap);
}

static void make_object(void)
{
	heap_start();
	deed.size = heap_random_size();
	deed.align = HEAP_ALIGN << host_random_below(9);
	deed.p = heap_debug_alloc(deed.size, deed.align, OWNER);
	deed.value = (u8)(1 + host_random_below(16));	/* none of the patterns */
}

static void write_and_free(void)
{
	deed.p[deed.at] = deed.value;
	heap_debug_free(deed.p, FREER);
}

static void write_and_check(void)
{
	deed.p[deed.at] = deed.value;
	heap_check();
}

static void free_write_and_check(void)
{
	heap_debug_free(deed.p, FREER);
	write_and_check();
}

/* Until it leaves the quarantine. */
static void free_write_and_go_on(void)
{
	heap_debug_free(deed.p, FREER);
	deed.p[deed.at] = deed.value;
	for (unsigned int i = 0; i < 20000; i++)
		kfree(kmalloc(100));
}

#define ALLOCATED	"heap: allocated by 0x1111\0"
#define FREED		"heap: freed by 0x2222\0"

static void expect_damage(const char *kind)
{
	expect("%s: object of %zu bytes at %p: byte %ld became %#04x\n", kind, deed.size, deed.p,
	       deed.at, deed.value);
}

static void overruns(void)
{
	for (u64 n = host_effort(30); n; n--) {
		make_object();
		deed.at = (long)(deed.size + host_random_below(RED_ZONE));
		expect_damage("overrun");
		TEST(reported(write_and_free, ALLOCATED));
		TEST(reported(write_and_check, ALLOCATED));
	}
}

static void underruns(void)
{
	for (u64 n = host_effort(30); n; n--) {
		make_object();
		deed.at = -1 - (long)host_random_below(RED_ZONE);
		expect_damage("underrun");
		TEST(reported(write_and_free, ALLOCATED));
		TEST(reported(write_and_check, ALLOCATED));
	}
}

static void uses_after_free(void)
{
	for (u64 n = host_effort(30); n; n--) {
		make_object();
		deed.at = (long)host_random_below(deed.size + 2UL * RED_ZONE) - RED_ZONE;
		expect_damage("use after free");
		TEST(reported(free_write_and_check, ALLOCATED FREED));
		TEST(reported(free_write_and_go_on, ALLOCATED FREED));
	}
}

static void free_twice(void)
{
	heap_debug_free(deed.p, FREER);
	heap_debug_free(deed.p, AGAIN);
}

static void free_and_resize(void)
{
	heap_debug_free(deed.p, FREER);
	heap_debug_size(deed.p, AGAIN);
}

static void double_frees(void)
{
	for (u64 n = host_effort(20); n; n--) {
		make_object();
		expect("double free: object of %zu bytes at %p\n", deed.size, deed.p);
		TEST(reported(free_twice, ALLOCATED FREED "heap: freed again by 0x3333\0"));
		expect("use after free: resize of an object of %zu bytes at %p\n", deed.size,
		       deed.p);
		TEST(reported(free_and_resize, ALLOCATED FREED "heap: asked for by 0x3333\0"));
	}
}

static void *stray;

static void free_stray(void)
{
	heap_debug_free(stray, AGAIN);
}

static void resize_stray(void)
{
	heap_debug_size(stray, AGAIN);
}

static void free_owner_then_stray(void)
{
	heap_debug_free(deed.p, FREER);
	free_stray();
}

static void middles_of_objects(void)
{
	for (u64 n = host_effort(30); n; n--) {
		long at;

		make_object();
		at = (long)host_random_below(deed.size + 2UL * RED_ZONE) - RED_ZONE;
		if (!at)
			continue;
		stray = deed.p + at;
		expect("bad free: %p, by 0x3333: byte %ld of an object of %zu bytes at %p\n", stray,
		       at, deed.size, deed.p);
		TEST(reported(free_stray, ALLOCATED));
		TEST(reported(free_owner_then_stray, ALLOCATED FREED));
		expect("bad resize: %p, by 0x3333: byte %ld of", stray, at);
		TEST(reported(resize_stray, ALLOCATED));
	}
}

static void foreign_pointers(void)
{
	static u64 global[64];
	u64 local[64];
	void *pointer[] = {
		(void *)1, (void *)8, (void *)HEAP_ALIGN, (void *)4096, global + 16, local + 16,
		(void *)~0UL, (void *)(~0UL - 15), (void *)(1UL << 63), (void *)0x123456789abcdef0,
	};

	heap_start();
	for (u64 n = 0; n < ARRAY_SIZE(pointer) + host_effort(20); n++) {
		stray = n < ARRAY_SIZE(pointer) ? pointer[n] : (void *)host_random();
		expect("bad free: %p, by 0x3333: not memory of the heap\n", stray);
		TEST(reported(free_stray, "\0"));
	}
}

static u8 *behind;	/* the next object in memory */

/* The object that is freed is not the one that ran over. */
static void overrun_far(void)
{
	memset(deed.p, 0x41, (size_t)(behind - deed.p));
	heap_debug_free(behind, FREER);
}

static void write_header(void)
{
	struct object *o = object_of(deed.p);

	memset(o, 0x41, sizeof(*o));
	heap_debug_free(deed.p, FREER);
}

static void write_size(void)
{
	object_of(deed.p)->size = host_random();
	heap_check();
}

static void write_link(void)
{
	struct object *o = object_of(deed.p);

	o->link.next = (void *)host_random();
	heap_debug_free(deed.p, FREER);
}

/* From one object to the next that lies right behind it, at most: bump has a header. */
static size_t room_of(const void *p)
{
	return heap_policy_size(object_of(p)) + HEAP_ALIGN;
}

static void swap_deed(void)
{
	u8 *first = behind;

	behind = deed.p;
	deed.p = first;
}

static void damaged_headers(void)
{
	heap_start();
	for (u64 n = host_effort(10); n; n--) {
		deed.size = 40;
		/* next to each other: what lies in between would be told of instead */
		do {
			deed.p = heap_debug_alloc(deed.size, HEAP_ALIGN, OWNER);
			behind = heap_debug_alloc(deed.size, HEAP_ALIGN, OWNER);
			if (behind < deed.p)
				swap_deed();
		} while ((size_t)(behind - deed.p) > room_of(deed.p));
		expect("overrun: object of 40 bytes at %p: byte 40 became 0x41\n", deed.p);
		TEST(reported(overrun_far, ALLOCATED));
		heap_debug_alloc(1 + host_random_below(100), HEAP_ALIGN, OWNER);
		expect("header overwritten: object at %p\n", deed.p);
		TEST(reported(write_header, "\0"));
		TEST(reported(write_link, "\0"));
		TEST(reported(write_size, "\0"));
	}
}

static const struct test_case cases[] = {
	TEST_CASE(overruns),
	TEST_CASE(underruns),
	TEST_CASE(uses_after_free),
	TEST_CASE(double_frees),
	TEST_CASE(middles_of_objects),
	TEST_CASE(foreign_pointers),
	TEST_CASE(damaged_headers),
};

static const struct test_suite heap_damage_suite = TEST_SUITE_OF("heap_damage", cases);
TEST_SUITE(heap_damage_suite);
