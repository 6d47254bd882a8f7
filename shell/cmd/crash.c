/* SPDX-License-Identifier: MIT */
/*
 * crash: makes the mistakes that kernels are made of, one at a time, to see what is said of each.
 * Every way is a function of its own, so that the call chain names it. What only CONFIG_DEBUG_HEAP
 * can see is not pretended without it.
 */
#include <arch/atomic.h>
#include <kernel/panic.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <shell/command.h>

#include "crash.h"

#define SIZE	40	/* of an object that is damaged */

/* Behind each mistake: a tail call would take the function out of the call chain. */
#define HERE()	compiler_barrier()

/* Addresses that the compiler does not know, so that it neither warns nor helps. */
static char *volatile nowhere;
static char room[64];

static __noinline void crash_null(void)
{
	*nowhere = 1;
	HERE();
}

static __noinline void crash_write_text(void)
{
	char *volatile text = (char *)(uintptr_t)crash_null;

	*text = 0;
	HERE();
}

static __noinline void crash_run_data(void)
{
	char *volatile data = room;

	((void (*)(void))(uintptr_t)data)();
	HERE();
}

static __noinline unsigned long crash_stack(unsigned long depth)
{
	volatile char block[128];

	block[depth % sizeof(block)] = 1;
	/* never so, but the compiler does not know */
	return depth == ~0UL ? 0 : crash_stack(depth + 1) + (unsigned long)block[depth % 7];
}

/* An object whose address the compiler does not know; who asks for it is to be the caller. */
static __always_inline char *object(void)
{
	char *volatile p = kmalloc(SIZE);

	if (!p)
		panic("crash: no memory for %d bytes", SIZE);
	return p;
}

static __noinline void crash_overflow(void)
{
	char *p = object();

	p[SIZE] = 'x';
	kfree(p);
	HERE();
}

static __noinline void crash_use_after_free(void)
{
	char *p = object();

	kfree(p);
	p[8] = 'x';
	heap_check();
	HERE();
}

static __noinline void crash_double_free(void)
{
	char *p = object();

	kfree(p);
	kfree(p);
	HERE();
}

static int needs_debug(const char *what)
{
	print("crash: %s goes unnoticed without CONFIG_DEBUG_HEAP: not done\n", what);
	return STATUS_FAIL;
}

static int wx(int argc, char **argv)
{
	if (argc == 2)
		crash_write_text();
	else if (!strcmp(argv[2], "exec"))
		crash_run_data();
	return STATUS_USAGE;
}

static int crash_run(int argc, char **argv)
{
	const char *way = argv[1];

	if (!strcmp(way, "wx"))
		return wx(argc, argv);
	if (argc > 2)
		return STATUS_USAGE;
	if (!strcmp(way, "null")) {
		crash_null();
	} else if (!strcmp(way, "stack")) {
		return (int)crash_stack(0);
	} else if (!strcmp(way, "overflow")) {
		if (!IS_ENABLED(CONFIG_DEBUG_HEAP))
			return needs_debug("a heap overrun");
		crash_overflow();
	} else if (!strcmp(way, "uaf")) {
		if (!IS_ENABLED(CONFIG_DEBUG_HEAP))
			return needs_debug("a use after free");
		crash_use_after_free();
	} else if (!strcmp(way, "doublefree")) {
		crash_double_free();
		print("crash: the %s heap did not notice; it may be damaged now\n",
		      heap_policy_name);
		return STATUS_FAIL;
	} else {
		return crash_thread(way);
	}
	return STATUS_USAGE;
}

static const struct command crash_command = {
	.name = "crash", .usage = "null|wx [exec]|overflow|stack|uaf|doublefree" CRASH_THREAD_WAYS,
	.help = "make a mistake, to see how it is reported",
	.run = crash_run, .min_args = 1, .max_args = 2, .ordinary = true,
};
COMMAND(crash_command);
