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
	/* thread_lock held: */
	struct list all;	/* on thread_list, in the order of ids */
	/* the thread's own: */
	enum thread_state state;
};

extern struct list thread_list;
extern struct thread boot_thread;

/* Makes the boot thread known, and clears what of its stack is free. Boot CPU, first of all. */
void thread_init(void);

/* What can be told of a thread; sizes in bytes. */
struct thread_info {
	unsigned int id;
	char name[THREAD_NAME_MAX];
	enum thread_state state;
	size_t stack_size;
	size_t stack_now;	/* used by the one that asks; 0 where it is not known */
	size_t stack_max;	/* used at most so far, see stack_used_max() */
};

/*
 * Tells of the thread with the lowest id that is at least @id; false when there is none. To see all
 * of them, ask for 0 first and then for one more than the last one's id. Thread context.
 */
bool thread_info(unsigned int id, struct thread_info *info);

/* "running", "sleeping" */
const char *thread_state_name(enum thread_state state);

/*
 * The thread in the guard of whose stack @address lies, or NULL. For reports of faults: it does not
 * wait for the lock. Any context.
 */
const struct thread *thread_of_guard(vaddr_t address);

#endif
