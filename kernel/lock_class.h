/* SPDX-License-Identifier: MIT */
/* Classes of locks and what is known of them: between lock_check.c and lock_report.c. */
#ifndef KERNEL_LOCK_CLASS_H
#define KERNEL_LOCK_CLASS_H

#include <kernel/lock_check.h>

#include "lock_graph.h"

struct lock_class {
	const char *name;	/* NULL: found by its key */
	vaddr_t key;		/* a lock's address in the image, or who took it first */
	vaddr_t first;		/* who took it first */
	/* counted without a lock, by whoever holds one of the class: */
	u64 taken;
	u64 contended;
	u64 longest;		/* ticks */
	vaddr_t longest_at;
	/* two of the class at once, the second at the [lower, higher] address: seen, and where */
	bool nested[2];
	struct lock_chain nested_chain[2];
};

/* Written under lock_check.c's own lock; read by anybody, the count before the classes. */
extern struct lock_class lock_classes[LOCK_CLASSES];
extern u32 lock_class_count;	/* and 1: 0 is none */
extern struct lock_graph lock_graph;

/* The spinlocks that this CPU holds. Interrupts off. */
struct lock_stack *lock_cpu_stack(void);

/* The name of a class, as good as there is one. Returns @buf. */
const char *lock_class_name(u32 class, char *buf, size_t size);

/*
 * End the run: @now took a lock of class @second at @place with @held held, which @path (classes,
 * @n of them) from @second to the class of @held contradicts; or @before, of two locks of one
 * class.
 */
__noreturn void lock_report_order(u32 second, vaddr_t place, const struct lock_held *held,
				  const u8 *path, size_t n);
__noreturn void lock_report_nested(u32 class, vaddr_t place, const struct lock_held *held,
				   const struct lock_chain *before);

#endif
