/* SPDX-License-Identifier: MIT */
/* Threads (see <kernel/thread.h>): the one that boot starts on, and what can be told of any. */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/sections.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <lib/string.h>
#include <mm/stack.h>

#include "thread.h"

struct spinlock thread_lock;

struct list thread_list;

/* head.S puts its address into the current-thread register before any C runs. */
struct thread boot_thread;

/* What the functions that are called here use of the stack themselves. */
#define IN_USE	256

void thread_init(void)
{
	strlcpy(boot_thread.name, "main", sizeof(boot_thread.name));
	list_init(&thread_list);
	lock_check_name(&thread_lock.check, "thread_lock");
	boot_thread.stack = (vaddr_t)boot_stack;
	boot_thread.stack_size = STACK_SIZE;
	list_add_tail(&thread_list, &boot_thread.all);
	/* a stack starts as zeroes, or nobody could tell how much of it was used */
	memset(boot_stack, 0, (vaddr_t)__builtin_frame_address(0) - IN_USE - (vaddr_t)boot_stack);
}

void thread_list_add(struct thread *t)
{
	static unsigned int last_id;

	t->id = ++last_id;
	list_add_tail(&thread_list, &t->all);
}

struct thread *thread_current(void)
{
	return arch_current();
}

size_t thread_stack_left(void)
{
	return (vaddr_t)__builtin_frame_address(0) - arch_current()->stack;
}

static void tell(struct thread *t, struct thread_info *info)
{
	info->id = t->id;
	strlcpy(info->name, t->name, sizeof(info->name));
	info->state = t->state;
	info->running = t == arch_current();
	info->stack_size = t->stack_size;
	info->stack_max = stack_used_max((const void *)t->stack);
	info->stack_now = t == arch_current() ? t->stack + t->stack_size -
				  (vaddr_t)__builtin_frame_address(0) : 0;
#ifdef CONFIG_THREADS
	sched_tell(t, info);
#endif
}

bool thread_info(unsigned int id, struct thread_info *info)
{
	unsigned long state = spin_lock_irqsave(&thread_lock);
	bool found = false;

	list_for_each (t, &thread_list, struct thread, all) {
		found = t->id >= id;
		if (found) {
			/* it cannot go away meanwhile, nor its stack */
			tell(t, info);
			break;
		}
	}
	spin_unlock_irqrestore(&thread_lock, state);
	return found;
}

const char *thread_state_name(enum thread_state state)
{
	static const char *const names[] = { "ready", "sleeping", "ready", "dead" };

	return names[state];
}

static bool is_in_guard(const struct thread *t, vaddr_t address)
{
	return address < t->stack && t->stack - address <= t->stack_size;
}

const struct thread *thread_of_guard(vaddr_t address)
{
	const struct thread *found = arch_current();

	if (found && is_in_guard(found, address))
		return found;
	if (!IS_ENABLED(CONFIG_THREADS))
		return NULL;	/* there is no other one */
	found = NULL;
	/* whoever holds it may be the one that faulted */
	if (!thread_list.next || !spin_trylock(&thread_lock))
		return NULL;
	list_for_each (t, &thread_list, struct thread, all)
		if (is_in_guard(t, address))
			found = t;
	spin_unlock(&thread_lock);
	return found;
}
