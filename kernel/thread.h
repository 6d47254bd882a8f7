/* SPDX-License-Identifier: MIT */
/* Between thread.c, thread_create.c and sched.c. */
#ifndef KERNEL_PRIVATE_THREAD_H
#define KERNEL_PRIVATE_THREAD_H

#include <kernel/thread.h>

/* Guards thread_list, and sched_policy_admit(). Taken before a run queue's lock. */
extern struct spinlock thread_lock;

/* Gives @t its id and puts it on the list. thread_lock held. */
void thread_list_add(struct thread *t);

/* For sched_init(): what thread_create() needs; and threads that it did not make. */
void thread_create_init(void);
void thread_adopt(struct thread *t, struct runqueue *rq);

/* Adds what the scheduler knows of @t to @info. */
void sched_tell(struct thread *t, struct thread_info *info);

#endif
