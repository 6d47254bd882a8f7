/* SPDX-License-Identifier: MIT */
/* Between the files that show processes in /proc. */
#ifndef PROCESS_PROC_H
#define PROCESS_PROC_H

#include <fs/inode.h>
#include <fs/proc.h>
#include <fs/synth.h>
#include <kernel/thread.h>

#include "process.h"

/*
 * Inodes of /proc/<pid>, /proc/<pid>/task/<tid> and below: the number says whose, and what it is;
 * the data, when that process began, so that another one with its id is not taken for it.
 */
#define PROC_INODE(pid, what)	(BIT(42) | (u64)(pid) << 20 | (what))
#define PROC_OF_TASK		BIT(43)	/* the id is a task's, and it is below a task's directory */
#define PROC_PID(number)	((int)((number) >> 20 & 0x3fffff))
#define PROC_SYS_INODE		BIT(44)	/* and where in its table it is */
#define PROC_WHAT(number)	((number) & 0xfffff)
#define PROC_FD			0x1000	/* and the descriptor */

/* The process that @inode is about; NULL: it is gone. process_lock held. */
struct process *proc_process(const struct inode *inode);

/* The task that @inode is about, of a process its leader; NULL: it is gone. process_lock held. */
struct task *proc_task(const struct inode *inode);

/* The number that a whole name is, or -1. */
int proc_number(const struct fs_name *name);

/* What is known of a process at one moment. */
struct proc_snapshot {
	int tid, pid, ppid, pgid, sid, no_new_privs;
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
	u64 pending, shared_pending, blocked, ignored, caught;
	bool stopped;
	u64 rss_limit;
	u32 fd_slots, mask;
	u32 queued;
	u64 queued_limit;
	struct limit limits[RLIM_NLIMITS];
	int oom_score_adj;
	struct space *space;	/* with a reference; NULL: it has ended */
	vaddr_t brk_start;
	size_t pages, resident, peak;
};

/* Fills in one from the heap: 0, -ESRCH, -ENOMEM; gives it back. Thread context. */
int proc_snapshot_take(const struct inode *inode, struct proc_snapshot **snapshot);
void proc_snapshot_put(struct proc_snapshot *snapshot);

/*
 * Whether the caller may see what @p has open, or where it is: it may do all that @p may.
 * process_lock held.
 */
bool proc_may_see(const struct process *p);

/* Text of files in /proc/<pid>/: 0, -ESRCH, -ENOMEM. */
int proc_show_stat(const struct inode *inode, struct proc_text *t);
int proc_show_statm(const struct inode *inode, struct proc_text *t);
int proc_show_status(const struct inode *inode, struct proc_text *t);
int proc_show_maps(const struct inode *inode, struct proc_text *t);
int proc_show_cmdline(const struct inode *inode, struct proc_text *t);
int proc_show_environ(const struct inode *inode, struct proc_text *t);
int proc_show_comm(const struct inode *inode, struct proc_text *t);
int proc_show_auxv(const struct inode *inode, struct proc_text *t);
int proc_show_limits(const struct inode *inode, struct proc_text *t);
int proc_show_io(const struct inode *inode, struct proc_text *t);
int proc_show_oom_score_adj(const struct inode *inode, struct proc_text *t);

/* Where in the kernel a task is: -EACCES as well, for who may not know that; -ENOENT. */
int proc_show_stack(const struct inode *inode, struct proc_text *t);
int proc_show_wchan(const struct inode *inode, struct proc_text *t);

/* The number that is written, blanks around it or not: 0, -EFAULT, -EINVAL. */
int proc_get_number(struct iov *iov, s64 *value);

/*
 * write() of what can be set: -ESRCH, -EFAULT. comm: -EINVAL for another process's. oom_score_adj:
 * -EINVAL for what is no number from -1000 to 1000, -EACCES for one that is less than before
 * without CAP_SYS_RESOURCE.
 */
ssize_t proc_write_comm(struct file *file, struct iov *iov, u64 pos);
ssize_t proc_write_oom_score_adj(struct file *file, struct iov *iov, u64 pos);

/* Links in /proc/<pid>, and its descriptors. */
int proc_cwd_link(const struct inode *dir, const struct synth_entry *e, char **target);
int proc_exe_link(const struct inode *dir, const struct synth_entry *e, char **target);
int proc_root_link(const struct inode *dir, const struct synth_entry *e, char **target);
extern const struct inode_ops proc_cwd_ops, proc_exe_ops, proc_root_ops;
extern const struct synth_dir proc_fd_dir;

#endif
