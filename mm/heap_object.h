/* SPDX-License-Identifier: MIT */
/*
 * How an object looks under CONFIG_DEBUG_HEAP, for mm/heap_debug.c, which makes and frees them,
 * and mm/heap_damage.c, which finds and reports what is wrong with them:
 *
 *   block                 what the policy gave
 *     (padding)           where the alignment asks for more than the header has
 *     struct object       header; its last bytes are the red zone in front
 *     size bytes          what the caller has: FRESH at first, POISON once freed
 *     16 to 31 bytes      the red zone behind, from the very next byte on
 */
#ifndef MM_HEAP_OBJECT_H
#define MM_HEAP_OBJECT_H

#include <kernel/spinlock.h>
#include <lib/list.h>
#include <lib/types.h>
#include <mm/heap.h>

#define RED_ZONE	16	/* bytes */
#define RED		0xbd
#define FRESH		0xa5	/* allocated, nothing written yet */
#define POISON		0xdf	/* freed; as a pointer it is no address */

enum object_state {
	OBJECT_NONE,		/* no object at all, or its header is damaged */
	OBJECT_LIVE,
	OBJECT_HELD,		/* freed, in quarantine */
	OBJECT_GONE,		/* freed, and given back to the policy, which has not used it yet */
};

struct object {
	struct list link;		/* on heap_debug.live or .held */
	void *block;
	size_t size;			/* bytes, as asked for */
	const void *allocated_by;
	const void *freed_by;
	u64 number;			/* of the allocation, from 1 on */
	u64 magic;			/* state, place and size: see object_magic() */
	u8 red[RED_ZONE];
};

static_assert(sizeof(struct object) % HEAP_ALIGN == 0, "the object behind it is aligned");

struct heap_debug {
	struct spinlock lock;
	/* lock held: */
	struct list live;
	struct list held;		/* the quarantine, oldest first */
	size_t live_count, held_count;
	size_t live_bytes, held_bytes;	/* as asked for; of held ones as taken */
	u64 number;			/* of the last allocation */
	u64 mark;			/* memleak counts from here */
};

extern struct heap_debug heap_debug;

/* The header of what starts at @p, if anything does: it may have any value. */
static inline struct object *object_of(const void *p)
{
	return (struct object *)((vaddr_t)p - sizeof(struct object));
}

static inline u8 *object_start(const struct object *o)
{
	return (u8 *)(uintptr_t)(o + 1);
}

/* Behind the red zone behind it. */
static inline u8 *object_end(const struct object *o)
{
	return object_start(o) + ALIGN_UP(o->size, (size_t)HEAP_ALIGN) + RED_ZONE;
}

/* Bytes of the policy's block. */
static inline size_t object_bytes(const struct object *o)
{
	return (size_t)(object_end(o) - (u8 *)o->block);
}

/*
 * A header that was copied does not match, nor one whose size or block was overwritten: so what
 * these say can be relied on.
 */
static inline u64 object_magic(const struct object *o, enum object_state state)
{
	u64 sum = (vaddr_t)o * 0x9e3779b97f4a7c15 ^ o->size;

	return (sum * 0xbf58476d1ce4e5b9 ^ (vaddr_t)o->block) + state;
}

/* What starts at @p, which may have any value. */
enum object_state object_state(const void *p);

/* Panics when @o's red zones, or when it is @poisoned its bytes, are not as they were left. */
void object_check(const struct object *o, bool poisoned);

/* Takes @o off its list, after a look at its neighbours. Lock held. */
void object_unlink(struct object *o);

/* Panics: @p is no live object, yet @caller wants to @what ("free") it. Lock held. */
__noreturn void object_bad_pointer(const void *p, const char *what, const void *caller);

#endif
