/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with an object under CONFIG_DEBUG_HEAP: found here, and reported. A report is log
 * lines with those who allocated and freed, then a panic that names the damage. Nothing is taken
 * for granted: a header may be overwritten, and with it the links of the lists, so each is looked
 * at before it is followed.
 */
#include <arch/mmu.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/heap_debug.h>

#include "heap_object.h"

/* Whether there is RAM at @p, which may have any value: asks the tables themselves. */
static bool is_ram(const void *p)
{
	unsigned int flags;
	size_t block;
	paddr_t pa;

	return (vaddr_t)p >= ARCH_LINEAR_START &&
	       (vaddr_t)p - ARCH_LINEAR_START < ARCH_LINEAR_SIZE &&
	       arch_kernel_lookup((vaddr_t)p, &pa, &flags, &block);
}

/* The state that the header at @o tells, which may have any value. */
static enum object_state header_state(const struct object *o)
{
	if (!IS_ALIGNED((vaddr_t)o, HEAP_ALIGN) || !is_ram(o) || !is_ram((const u8 *)(o + 1) - 1))
		return OBJECT_NONE;
	for (enum object_state state = OBJECT_LIVE; state <= OBJECT_GONE; state++)
		if (o->magic == object_magic(o, state))
			return state;
	return OBJECT_NONE;
}

enum object_state object_state(const void *p)
{
	return header_state(object_of(p));
}

static void say_who(const struct object *o, bool freed)
{
	log_err("heap: allocated by %pS", o->allocated_by);
	if (freed)
		log_err("heap: freed by %pS", o->freed_by);
}

/* The first of @n bytes at @p that is not @value, or NULL. */
static const u8 *other_byte(const u8 *p, size_t n, u8 value)
{
	if (!n || (*p == value && !memcmp(p, p + 1, n - 1)))
		return NULL;
	while (*p == value)
		p++;
	return p;
}

/* What was written, in hexadecimal, as far as the object goes. */
static void say_bytes(const struct object *o, const u8 *at)
{
	char text[3 * 16 + 1] = "";
	size_t n = MIN((size_t)(object_end(o) - at), (size_t)16);

	for (size_t i = 0; i < n; i++)
		snprintf(text + 3 * i, 4, " %02x", at[i]);
	log_err("heap: from there on:%s", text);
}

static __noreturn __cold void damaged(const struct object *o, const u8 *at, bool freed)
{
	const u8 *start = object_start(o);

	say_who(o, freed);
	say_bytes(o, at);
	panic("heap %s: object of %zu bytes at %p: byte %ld became %#04x",
	      freed	 ? "use after free" :
	      at < start ? "underrun" :
			   "overrun",
	      o->size, start, (long)(at - start), *at);
}

void object_check(const struct object *o, bool poisoned)
{
	const u8 *start = object_start(o), *end = start + o->size;
	const u8 *at = other_byte(o->red, RED_ZONE, RED);

	if (!at && poisoned)
		at = other_byte(start, o->size, POISON);
	if (!at)
		at = other_byte(end, (size_t)(object_end(o) - end), RED);
	if (at)
		damaged(o, at, poisoned);
}

/* An object's part in a search: true ends it. */
typedef bool visitor(const struct object *o, void *arg);

/*
 * Calls @visit for the objects on @head one way round. Where a link led to none, else NULL; *@last
 * becomes the last object before.
 */
static struct object *walk_way(struct list *head, bool forward, visitor *visit, void *arg,
			       struct object **last)
{
	enum object_state want = head == &heap_debug.live ? OBJECT_LIVE : OBJECT_HELD;
	/* a link may lead back to where the walk has been */
	size_t left = heap_debug.live_count + heap_debug.held_count;

	for (struct list *at = forward ? head->next : head->prev; at != head;
	     at = forward ? at->next : at->prev) {
		struct object *o = list_entry(at, struct object, link);

		if (!left-- || header_state(o) != want)
			return o;
		*last = o;
		if (visit(o, arg))
			break;
	}
	return NULL;
}

/*
 * From the front, and where the chain is broken from the back as well. Returns the object whose
 * header is overwritten: when the way back comes through, that one had only its link to the next.
 */
static struct object *walk(struct list *head, visitor *visit, void *arg)
{
	struct object *last = NULL, *first = NULL;
	struct object *broken = walk_way(head, true, visit, arg, &last);

	if (broken && !walk_way(head, false, visit, arg, &first) && last)
		return last;
	return broken;
}

struct search {
	const u8 *p;
	const struct object *in;	/* which @p lies in, header and red zones included */
	const struct object *before;	/* the last one that ends in front of it */
};

static bool visit_search(const struct object *o, void *arg)
{
	struct search *s = arg;

	if (s->p >= (const u8 *)o->block && s->p < object_end(o))
		s->in = o;
	else if (s->p >= object_end(o) && (!s->before || o > s->before))
		s->before = o;
	return s->in;
}

static bool visit_check(const struct object *o, void *arg)
{
	size_t *count = arg;

	object_check(o, header_state(o) == OBJECT_HELD);
	++*count;
	return false;
}

/* Panics when there is @o, whose header is overwritten. */
static void check_header(const struct object *o)
{
	struct search s = { .p = (const u8 *)o };

	if (!o)
		return;
	walk(&heap_debug.live, visit_search, &s);
	walk(&heap_debug.held, visit_search, &s);
	if (s.before) {
		log_err("heap: the object before it: %zu bytes at %p", s.before->size,
			object_start(s.before));
		say_who(s.before, header_state(s.before) == OBJECT_HELD);
	}
	panic("heap header overwritten: object at %p", object_start(o));
}

static size_t check_locked(void)
{
	size_t count = 0;
	const struct object *live = walk(&heap_debug.live, visit_check, &count);
	const struct object *held = walk(&heap_debug.held, visit_check, &count);

	check_header(live ? live : held);
	return count;
}

size_t heap_check(void)
{
	unsigned long state = spin_lock_irqsave(&heap_debug.lock);
	size_t count = check_locked();

	spin_unlock_irqrestore(&heap_debug.lock, state);
	return count;
}

/* Whether @link can be followed: a list's head, or in an object. */
static bool is_link(struct list *link)
{
	enum object_state state;

	if (link == &heap_debug.live || link == &heap_debug.held)
		return true;
	state = header_state(list_entry(link, struct object, link));
	return state == OBJECT_LIVE || state == OBJECT_HELD;
}

void object_unlink(struct object *o)
{
	struct list *l = &o->link;

	if (!is_link(l) || !is_link(l->next) || !is_link(l->prev) || l->next->prev != l ||
	    l->prev->next != l) {
		check_locked();
		panic("heap header overwritten: object at %p or one before or behind it",
		      object_start(o));
	}
	list_del(&o->link);
}

/* --- Pointers that are none --- */

static __noreturn void bad_state(const struct object *o, enum object_state state, const char *what,
				 const void *caller)
{
	const char *remark = state == OBJECT_GONE ? ", in other hands since" : "";

	say_who(o, true);
	if (!strcmp(what, "free")) {
		log_err("heap: freed again by %pS", caller);
		panic("heap double free: object of %zu bytes at %p%s", o->size, object_start(o),
		      remark);
	}
	log_err("heap: asked for by %pS", caller);
	panic("heap use after free: %s of an object of %zu bytes at %p%s", what, o->size,
	      object_start(o), remark);
}

void object_bad_pointer(const void *p, const char *what, const void *caller)
{
	const struct object *o = object_of(p), *broken;
	enum object_state state = object_state(p);
	struct search s = { .p = p };

	if (state == OBJECT_HELD)
		bad_state(o, state, what, caller);
	broken = walk(&heap_debug.live, visit_search, &s);
	if (!s.in && !broken)
		broken = walk(&heap_debug.held, visit_search, &s);
	if (s.in) {
		say_who(s.in, header_state(s.in) == OBJECT_HELD);
		panic("heap bad %s: %p, by %pS: byte %ld of an object of %zu bytes at %p", what, p,
		      caller, (long)((const u8 *)p - object_start(s.in)),
		      s.in->size, object_start(s.in));
	}
	if (state == OBJECT_GONE)
		bad_state(o, state, what, caller);
	if (broken)
		check_locked();
	panic("heap bad %s: %p, by %pS: %s", what, p, caller,
	      is_ram(p) ? "no object starts there" : "not memory of the heap");
}
