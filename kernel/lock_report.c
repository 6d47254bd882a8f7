/* SPDX-License-Identifier: MIT */
/*
 * What the lock checker says: the end of a run, with the call chains of both ways; and its figures.
 */
#include <arch/sections.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>

#include "lock_class.h"
#include "thread.h"

const char *lock_class_name(u32 class, char *buf, size_t size)
{
	const struct lock_class *c = &lock_classes[class];

	if (c->name)
		strlcpy(buf, c->name, size);
	else if (c->key == c->first)
		snprintf(buf, size, "the lock of %pS", (void *)(c->first - 4));
	else
		snprintf(buf, size, "lock %#lx of %pS", c->key, (void *)(c->first - 4));
	return buf;
}

/* The whole address: what a chain keeps of it lies in the image. */
static void *place_of(u32 low)
{
	return (void *)(((vaddr_t)section_text_start & ~0xffffffffUL) | low);
}

static void log_chain(const struct lock_chain *chain)
{
	if (!chain) {
		log_emerg("  (not kept: there are more orders than there is room for)");
		return;
	}
	for (unsigned int i = 0; i < LOCK_CHAIN && chain->pc[i]; i++)
		log_emerg("  %pS", place_of(chain->pc[i]));
}

/* For say_more(), which is called while the run ends. */
static struct {
	const u8 *path;
	size_t n;
	const struct lock_chain *nested;
} report;

static void say_path(void)
{
	char first[80], second[80];

	for (size_t i = 0; i + 1 < report.n; i++) {
		log_emerg("%s was taken with %s held at:",
			  lock_class_name(report.path[i + 1], second, sizeof(second)),
			  lock_class_name(report.path[i], first, sizeof(first)));
		log_chain(lock_graph_chain(&lock_graph, report.path[i], report.path[i + 1]));
	}
	log_emerg("and now the other way round:");
}

static void say_nested(void)
{
	log_emerg("two of them were taken in the other order of their addresses at:");
	log_chain(report.nested);
	log_emerg("and now:");
}

void lock_report_order(u32 second, vaddr_t place, const struct lock_held *held, const u8 *path,
		       size_t n)
{
	char a[80], b[80], text[240];

	report.path = path;
	report.n = n;
	lock_class_name(held->lock->class, a, sizeof(a));
	lock_class_name(second, b, sizeof(b));
	snprintf(text, sizeof(text),
		 "lock order: %s is taken at %pS with %s held, but so far it was %s, then %s", b,
		 (void *)(place - 4), a, b, a);
	panic_with("panic", text, say_path);
}

void lock_report_nested(u32 class, vaddr_t place, const struct lock_held *held,
			const struct lock_chain *before)
{
	char name[80], text[240];

	(void)held;
	report.nested = before;
	snprintf(text, sizeof(text),
		 "lock order: two of %s are taken at %pS in the other order than before",
		 lock_class_name(class, name, sizeof(name)), (void *)(place - 4));
	panic_with("panic", text, say_nested);
}

/*
 * --- Figures -------------------------------------------------------------------------------------
 */

static bool find_holder(const struct lock_stack *s, u32 class, struct lock_info *info,
			const char *name)
{
	for (u32 i = 0; i < s->count; i++) {
		if (s->held[i].lock->class == class) {
			info->held_at = s->held[i].place - 4;
			info->held_by = name;
			return true;
		}
	}
	return false;
}

static void find_holders(u32 class, struct lock_info *info)
{
	unsigned long state = spin_lock_irqsave(&thread_lock);

	list_for_each (t, &thread_list, struct thread, all)
		if (find_holder(&t->locks, class, info, t->name))
			break;
	spin_unlock_irqrestore(&thread_lock, state);
}

bool lock_check_info(u32 class, struct lock_info *info)
{
	const struct lock_class *c = &lock_classes[class];

	if (!class || class > atomic_load_acquire(&lock_class_count))
		return false;
	memset(info, 0, sizeof(*info));
	lock_class_name(class, info->name, sizeof(info->name));
	info->taken = c->taken;
	info->contended = c->contended;
	info->longest = time_from_ticks(c->longest);
	info->longest_at = c->longest_at - 4;
	find_holders(class, info);
	return true;
}

bool lock_check_order(u32 first, u32 second)
{
	return lock_graph_has(&lock_graph, first, second);
}
