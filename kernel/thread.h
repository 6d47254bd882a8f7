/* SPDX-License-Identifier: MIT */
/* Between thread.c, thread_create.c and sched.c. */
#ifndef KERNEL_PRIVATE_THREAD_H
#define KERNEL_PRIVATE_THREAD_H

#include <kernel/thread.h>

/* Guards thread_list, and sched_policy_admit(). Taken before a run queue's lock. */
extern struct spinlock thread_lock;

/* Gives @t its id and puts it on the list. thread_lock held. */
void thread_list_add(struct thread *t);

/* For sched_init(): a thread that thread_create() did not make. */
void thread_adopt(struct thread *t, struct runqueue *rq);

/*
 * Writes the call chain of @t, which does not go away meanwhile, to @pc, the innermost level first.
 * Returns how many levels they are; 0 when it runs on another CPU.
 */
size_t thread_chain(const struct thread *t, vaddr_t *pc, size_t max);

/* Adds what the scheduler knows of @t to @info. */
void sched_tell(struct thread *t, struct thread_info *info);

#endif
