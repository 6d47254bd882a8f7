/* SPDX-License-Identifier: MIT */
/* Between the files that show processes in /proc. */
#ifndef PROCESS_PROC_H
#define PROCESS_PROC_H

#include <fs/inode.h>
#include <fs/proc.h>
#include <kernel/thread.h>

#include "process.h"

/*
 * Inodes of /proc/<pid> and below: the number says whose, and what it is; the data, when that
 * process began, so that another one with its id is not taken for it.
 */
#define PROC_INODE(pid, what)	(BIT(40) | (u64)(pid) << 20 | (what))
#define PROC_PID(number)	((int)((number) >> 20 & 0xfffff))
#define PROC_WHAT(number)	((number) & 0xfffff)
#define PROC_FD			0x1000	/* and the descriptor */

/* The process that @inode is about; NULL: it is gone. process_lock held. */
struct process *proc_process(const struct inode *inode);

/* What is known of a process at one moment. */
struct proc_snapshot {
	int pid, ppid, pgid, sid, no_new_privs;
	int tty_group;
	u32 tty;
	char name[PROCESS_NAME];
	char state;		/* as in /proc/<pid>/stat */
	struct credentials cred;
	struct usage used, child_used;
	struct thread_info thread;
	struct sched_params params;
	u32 policy, rt_priority, tasks;
	u64 begun;
	u64 affinity;
	u64 pending, blocked, ignored, caught;
	bool stopped;
	u64 rss_limit;
	u32 fd_slots, mask;
	u32 queued;
	u64 queued_limit;
	struct space *space;	/* with a reference; NULL: it has ended */
	vaddr_t brk_start;
	size_t pages, resident, peak;
};

/* Text of files in /proc/<pid>/: 0, -ESRCH, -ENOMEM. */
int proc_show_stat(const struct inode *inode, struct proc_text *t);
int proc_show_statm(const struct inode *inode, struct proc_text *t);
int proc_show_status(const struct inode *inode, struct proc_text *t);
int proc_show_maps(const struct inode *inode, struct proc_text *t);
int proc_show_cmdline(const struct inode *inode, struct proc_text *t);
int proc_show_environ(const struct inode *inode, struct proc_text *t);
int proc_show_comm(const struct inode *inode, struct proc_text *t);

#endif
