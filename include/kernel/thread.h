/* SPDX-License-Identifier: MIT */
/*
 * Threads. So far there is one, on which the boot CPU runs from its first C function to the shell.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <lib/list.h>
#include <lib/types.h>

#define THREAD_NAME_MAX	16

enum thread_state { THREAD_RUNNING, THREAD_SLEEPING };

struct thread {
	char name[THREAD_NAME_MAX];
	/* set when the thread is made, then constant: */
	unsigned int id;
	vaddr_t stack;		/* its lowest address */
	size_t stack_size;	/* bytes */
	/* the boot CPU's, as long as there is one thread: */
	struct list all;	/* on thread_list */
	/* the thread's own: */
	enum thread_state state;
};

extern struct list thread_list;
extern struct thread boot_thread;

/* Makes the boot thread known. Boot CPU, first of all. */
void thread_init(void);

#endif
