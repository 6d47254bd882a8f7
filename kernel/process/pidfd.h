/* SPDX-License-Identifier: MIT */
/* Descriptors of processes, for those who make, end and wait for processes. */
#ifndef PROCESS_PIDFD_H
#define PROCESS_PIDFD_H

#include <lib/types.h>

/*
 * A descriptor of the calling process for the process @pid that began at @begun (ns), with
 * O_NONBLOCK in @flags or not: it, -ENOMEM, -EMFILE.
 */
int pidfd_descriptor(int pid, u64 begun, unsigned long flags);

/*
 * The pid of the process that @fd is a descriptor of, and whether waitid() @waits for it; -EBADF
 * for what is none; -ESRCH: it has gone.
 */
int pidfd_pid(int fd, bool *waits);

/* A process has ended: who polls looks again. process_lock held. */
void pidfd_wake(void);

#endif
