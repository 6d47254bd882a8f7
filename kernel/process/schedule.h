/* SPDX-License-Identifier: MIT */
/* Between the calls about scheduling: how one finds a thread, and who may change it. */
#ifndef PROCESS_SCHEDULE_H
#define PROCESS_SCHEDULE_H

#include "process.h"

/*
 * The task with that id (0: the caller) that has not ended, and process_lock is held until
 * schedule_done(); NULL: there is none, and it is held too.
 */
struct task *schedule_find(int tid, unsigned long *state);
void schedule_done(unsigned long state);

/* Whether the caller may change how @t is scheduled. process_lock held. */
bool schedule_allowed(const struct task *t);

/* Changes the share of @t: 0, -EPERM, -EACCES. process_lock held. */
long schedule_nice(struct task *t, int nice);

#endif
