/* SPDX-License-Identifier: MIT */
/* Threads (see <kernel/thread.h>): the one that boot starts on. */
#include <arch/mmu.h>
#include <arch/sections.h>
#include <kernel/thread.h>
#include <lib/string.h>

struct list thread_list;

/* head.S puts its address into the current-thread register before any C runs. */
struct thread boot_thread;

void thread_init(void)
{
	strlcpy(boot_thread.name, "main", sizeof(boot_thread.name));
	list_init(&thread_list);
	boot_thread.stack = (vaddr_t)boot_stack;
	boot_thread.stack_size = STACK_SIZE;
	list_add_tail(&thread_list, &boot_thread.all);
}
