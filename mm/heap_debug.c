/* SPDX-License-Identifier: MIT */
/*
 * The heap's debug layer (<mm/heap_debug.h>). Each object is one block of the policy, with a header
 * and red zones (heap_object.h), on a list of all live ones. A freed object is filled with POISON
 * and waits in a quarantine, first in first out, before the policy may hand its memory out again:
 * a write through an old pointer is found when it leaves, and a second free while it is there. When
 * memory is out the quarantine is emptied before anybody gets NULL.
 *
 * What it does not see: a read through an old pointer (but what is read is POISON), and a write
 * far outside of an object that hits no red zone.
 */
#include <kernel/cmdline.h>
#include <lib/assert.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/fault_inject.h>
#include <mm/heap_debug.h>
#include <mm/heap_policy.h>
#include <uapi/errno.h>

#include "heap_object.h"

/* The quarantine's bounds. An object that is larger than all of it goes through at once. */
#define HELD_COUNT	1024
#define HELD_BYTES	MIB(1)

struct heap_debug heap_debug;

/* The option is a word alone; who gives it a value may expect something else of it. */
static void check_memleak(void)
{
	char value[16];
	int err = cmdline_value("memleak", value, sizeof(value));

	if (!err || err == -ERANGE)
		log_warn("command line: memleak takes no value, \"%s\" is ignored", value);
}

void heap_debug_init(void)
{
	u64 n;

	list_init(&heap_debug.live);
	list_init(&heap_debug.held);
	lock_check_name(&heap_debug.lock.check, "heap_debug.lock");
	if (!cmdline_u64("failmem", &n))
		fault_inject_at(n);
	check_memleak();
}

/* Gives freed object @o back to the policy, if nobody has written to it since it was freed. */
static void let_go(struct object *o)
{
	void *block = o->block;

	object_check(o, true);
	o->magic = object_magic(o, OBJECT_GONE);
	heap_policy_free(block);
}

/* Takes the oldest object out of the quarantine when it holds more than that, else NULL. */
static struct object *pop_held(size_t count, size_t bytes)
{
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);
	struct object *o = NULL;

	if (heap_debug.held_count > count || heap_debug.held_bytes > bytes) {
		o = list_entry(heap_debug.held.next, struct object, link);
		object_unlink(o);
		heap_debug.held_count--;
		heap_debug.held_bytes -= object_bytes(o);
	}
	spin_unlock_irqrestore(&heap_debug.lock, state);
	return o;
}

static void shrink_held(size_t count, size_t bytes)
{
	struct object *o;

	while ((o = pop_held(count, bytes)))
		let_go(o);
}

void heap_debug_shrink(void)
{
	shrink_held(0, 0);
	heap_policy_shrink();
}

static void *take_block(size_t bytes, size_t align)
{
	return align > HEAP_ALIGN ? heap_policy_alloc_aligned(bytes, align)
				  : heap_policy_alloc(bytes);
}

void *heap_debug_alloc(size_t size, size_t align, const void *caller)
{
	size_t front = ALIGN_UP(sizeof(struct object), align), behind;
	unsigned long state;
	struct object *o;
	u8 *block;

	if (fault_inject("heap", size, caller) || size > SIZE_MAX / 2)
		return NULL;
	behind = ALIGN_UP(size, (size_t)HEAP_ALIGN) - size + RED_ZONE;
	block = take_block(front + size + behind, align);
	if (!block) {
		shrink_held(0, 0);
		block = take_block(front + size + behind, align);
	}
	if (!block)
		return NULL;
	o = object_of(block + front);
	*o = (struct object){ .block = block, .size = size, .allocated_by = caller };
	memset(o->red, RED, RED_ZONE);
	memset(object_start(o), FRESH, size);
	memset(object_start(o) + size, RED, behind);
	o->magic = object_magic(o, OBJECT_LIVE);

	state = spin_lock_irqsave(&heap_debug.lock);
	o->number = ++heap_debug.number;
	list_add_tail(&heap_debug.live, &o->link);
	heap_debug.live_count++;
	heap_debug.live_bytes += size;
	spin_unlock_irqrestore(&heap_debug.lock, state);
	return object_start(o);
}

void heap_debug_free(void *p, const void *caller)
{
	struct object *o = object_of(p);
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);

	if (object_state(p) != OBJECT_LIVE)
		object_bad_pointer(p, "free", caller);
	object_unlink(o);
	/* from here on a second free is seen */
	o->magic = object_magic(o, OBJECT_HELD);
	o->freed_by = caller;
	heap_debug.live_count--;
	heap_debug.live_bytes -= o->size;
	spin_unlock_irqrestore(&heap_debug.lock, state);

	object_check(o, false);
	memset(object_start(o), POISON, o->size);

	state = spin_lock_irqsave(&heap_debug.lock);
	list_add_tail(&heap_debug.held, &o->link);
	heap_debug.held_count++;
	heap_debug.held_bytes += object_bytes(o);
	spin_unlock_irqrestore(&heap_debug.lock, state);
	shrink_held(HELD_COUNT, HELD_BYTES);
}

size_t heap_debug_size(const void *p, const void *caller)
{
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);
	size_t size;

	if (object_state(p) != OBJECT_LIVE)
		object_bad_pointer(p, "resize", caller);
	size = object_of(p)->size;
	spin_unlock_irqrestore(&heap_debug.lock, state);
	return size;
}
