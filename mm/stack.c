/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks (see <mm/stack.h>). Where they lie and what is unmapped around them is vmap.c's
 * business. Each CPU keeps a few that came back, with their pages mapped and their contents as they
 * are: to take one costs neither an allocation nor a TLB invalidation, and nobody clears it. So the
 * mark of the deepest use is that of all its users, and can only be too high. They stay there when
 * memory is out: they are few, and the next one will be wanted.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <mm/page.h>
#include <mm/stack.h>
#include <mm/vmap.h>

#include "vmap.h"

#define CACHED_MAX	4

/* Of one CPU; interrupts masked. */
static struct cache {
	size_t count;
	void *stack[CACHED_MAX];
} cache PER_CPU;

/* It is called last thing, so that it returns to stack_alloc()'s caller: that is who is named. */
static __noinline void *fresh(void)
{
	void *stack = vmap_stack();

	if (!stack)
		page_out_of_memory(__builtin_return_address(0), STACK_SIZE, PAGE_USE_STACK);
	return stack;
}

void *stack_alloc(void)
{
	unsigned long state = arch_irq_save();
	struct cache *c = this_cpu(cache);
	void *stack = c->count ? c->stack[--c->count] : NULL;

	arch_irq_restore(state);
	return stack ? stack : fresh();
}

void stack_free(void *stack)
{
	unsigned long state = arch_irq_save();
	struct cache *c = this_cpu(cache);
	bool kept = stack && c->count < CACHED_MAX;

	if (kept)
		c->stack[c->count++] = stack;
	arch_irq_restore(state);
	if (!kept)
		vfree(stack);
}

void stack_drop_cached(void)
{
	unsigned long state = arch_irq_save();
	struct cache *c = this_cpu(cache);

	while (c->count)
		vfree(c->stack[--c->count]);
	arch_irq_restore(state);
}

size_t stack_used_max(const void *stack)
{
	const u64 *p = stack, *end = p + STACK_SIZE / sizeof(*p);

	while (p < end && !(p[0] | p[1] | p[2] | p[3]))
		p += 4;
	while (p < end && !*p)
		p++;
	return (size_t)((const char *)end - (const char *)p);
}
