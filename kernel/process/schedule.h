/* SPDX-License-Identifier: MIT */
/* Between the calls about scheduling: how one finds a thread, and who may change it. */
#ifndef PROCESS_SCHEDULE_H
#define PROCESS_SCHEDULE_H

#include "process.h"

/*
 * The process with that id (0: the caller) whose thread is there, and process_lock is held until
 * schedule_done(); NULL: there is none, and it is held too.
 */
struct process *schedule_find(int pid, unsigned long *state);
void schedule_done(unsigned long state);

/* Whether the caller may change how @p is scheduled. process_lock held. */
bool schedule_allowed(const struct process *p);

/* Changes the share of @p: 0, -EPERM, -EACCES. process_lock held. */
long schedule_nice(struct process *p, int nice);

#endif
