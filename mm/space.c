/* SPDX-License-Identifier: MIT */
/*
 * Address spaces (see <mm/space.h>): made, copied and given back. Their VMAs are in vma.c, what
 * system calls change about them in space_change.c.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/upcall.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "space.h"

#define BATCH	64	/* pages that are given back at a time */

void space_lock(struct space *space)
{
	int err = mutex_lock(&space->lock, TIME_NEVER);

	if (likely(!err))
		return;
	for (; err; err = mutex_lock(&space->lock, TIME_NEVER))
		if (err != -EINTR)
			panic("a space's lock is taken twice: error %d", err);
	thread_kill(arch_current());
}

void space_unlock(struct space *space)
{
	mutex_unlock(&space->lock);
}

paddr_t space_table(struct arch_space *arch)
{
	struct space *space = container_of(arch, struct space, arch);
	struct page *page = page_alloc(0, PAGE_USE_TABLE | PAGE_ZERO);

	if (!page)
		return 0;
	list_add(&space->tables, &page->link);
	return page_to_phys(page);
}

/* --- Pages ------------------------------------------------------------------------------------ */

void space_drop_pages(struct space *space, vaddr_t start, vaddr_t end, bool flush)
{
	paddr_t pa[BATCH];

	if (unlikely(space->blocks))
		blocks_cut(space, start, end, true);
	while (start < end) {
		size_t n = BATCH;

		start = arch_space_unmap(&space->arch, start, end, pa, &n, flush);
		for (size_t i = 0; i < n; i++)
			page_put(phys_to_page(pa[i]));
		space->resident -= n;
	}
}

static void hold_page(paddr_t pa)
{
	page_get(phys_to_page(pa));
}

/* --- Making and giving back ------------------------------------------------------------------- */

struct space *space_create(void)
{
	struct space *space = kzalloc(sizeof(*space));

	if (!space)
		return NULL;
	space->users = 1;
	mutex_init(&space->lock);
	lock_check_name(&space->lock.check, "space.lock");
	list_init(&space->tables);
	if (arch_space_init(&space->arch)) {
		kfree(space);
		return NULL;
	}
	return space;
}

void space_get(struct space *space)
{
	atomic_add_relaxed(&space->users, 1);
}

/*
 * All VMAs go, from the leaves of the tree on, which need not stay one: what is cut off is never
 * looked at again.
 */
static void free_vmas(struct space *space)
{
	struct rb_node *node = space->vmas.root;

	while (node) {
		struct rb_node *parent = node->parent;
		struct vma *vma = container_of(node, struct vma, node);

		if (node->child[0] || node->child[1]) {
			node = node->child[!node->child[0]];
			continue;
		}
		if (parent)
			parent->child[parent->child[1] == node] = NULL;
		if (vma->used)
			space_drop_pages(space, vma->start, vma->end, false);
		vma_put(vma);
		node = parent;
	}
}

/* Nobody runs in it: what TLBs know of its number is of no use before that is emptied of it. */
static void destroy(struct space *space)
{
	if (unlikely(space->has_cuts))
		space_cuts_end(space);
	free_vmas(space);
	assert(!space->resident);
	while (!list_empty(&space->tables)) {
		struct list *link = space->tables.next;

		list_unlink(link);
		page_put(list_entry(link, struct page, link));
	}
	kfree(space);
}

void space_put(struct space *space)
{
	if (atomic_add_acq_rel(&space->users, -1U) == 1)
		destroy(space);
}

struct space *space_current(void)
{
	const struct arch_user *user = arch_context_program(&arch_current()->context);

	return container_of(user->space, struct space, arch);
}

/*
 * A copy of @vma in @to, and of its pages, behind *@last, the last one there is, or NULL: that is
 * the copy then. 0, -ENOMEM.
 */
static int copy_vma(struct space *to, struct space *from, const struct vma *vma,
		    struct rb_node **last)
{
	struct vma *copy = kmemdup(vma, sizeof(*vma));
	bool shared = vma->flags & VMA_SHARED;

	if (!copy)
		return -ENOMEM;
	if (copy->ops)
		copy->ops->get(copy->object);
	rb_insert(&to->vmas, &copy->node, *last, 1);
	to->count++;
	to->pages += vma_pages(copy);
	*last = &copy->node;
	if (vma->flags & VMA_WIPE_ON_FORK)
		copy->used = false;
	if (!copy->used)
		return 0;
	if (unlikely(from->blocks))
		blocks_cut(from, vma->start, vma->end, false);
	return arch_space_copy(&to->arch, &from->arch, vma->start, vma->end, !shared, hold_page,
			       &to->resident);
}

static int copy_all(struct space *to, struct space *from)
{
	struct rb_node *node = rb_first(&from->vmas), *last = NULL;
	int err = 0;

	for (; node && !err; node = rb_next(node)) {
		const struct vma *vma = container_of(node, struct vma, node);

		if (!(vma->flags & VMA_DONT_FORK))
			err = copy_vma(to, from, vma, &last);
	}
	return err;
}

struct space *space_fork(struct space *from)
{
	struct space *to = space_create();
	int err;

	if (!to)
		return NULL;
	space_lock(from);
	to->brk_start = from->brk_start;
	to->brk = from->brk;
	to->vdso = from->vdso;
	to->no_blocks = from->no_blocks;
	to->args = from->args;
	to->args_end = from->args_end;
	to->env_end = from->env_end;
	to->aux = from->aux;
	to->image = from->image;
	err = copy_all(to, from);
	/* its pages are not writable any more, also where they were */
	arch_space_flush(&from->arch);
	if (unlikely(from->has_cuts))
		space_cuts_begin(to);
	space_unlock(from);
	if (err) {
		space_put(to);
		return NULL;
	}
	return to;
}
