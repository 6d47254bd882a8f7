/* SPDX-License-Identifier: MIT */
/*
 * /proc/<pid>, /proc/<pid>/task/<tid>, /proc/self and /proc/thread-self: the directories. Names
 * come and go with processes, tasks and descriptors, so the cache of names is told what of it
 * still holds; symbolic links it never keeps.
 */
#include <fs/proc.h>
#include <fs/synth.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "proc.h"
#include "strace.h"

#define COOKIE_PIDS	0x10000		/* in the listing of /proc: behind all other names */

/* What next_process() has told of last; behind these, a process's id is added to the last one. */
enum { TOLD_NOTHING, TOLD_SELF, TOLD_THREAD_SELF };

struct process *proc_process(const struct inode *inode)
{
	struct task *t = proc_task(inode);

	return t ? t->process : NULL;
}

struct task *proc_task(const struct inode *inode)
{
	int id = PROC_PID(inode->number);
	struct process *p;
	struct task *t;

	if (inode->number & PROC_OF_TASK) {
		t = task_find(id);
	} else {
		p = process_find(id);
		t = p ? &p->task : NULL;
	}
	return t && t->process->begun == (u64)(uintptr_t)inode->data ? t : NULL;
}

int proc_number(const struct fs_name *name)
{
	int n = 0;

	if (!name->length || name->length > 7 || (*name->text == '0' && name->length > 1))
		return -1;
	for (u32 i = 0; i < name->length; i++) {
		if (name->text[i] < '0' || name->text[i] > '9')
			return -1;
		n = n * 10 + name->text[i] - '0';
	}
	return n;
}

static bool is(const struct fs_name *name, const char *text)
{
	return name->length == strlen(text) && !memcmp(name->text, text, name->length);
}

static int self_link(const struct inode *dir __unused, const struct synth_entry *e __unused,
		     char **target)
{
	char text[16];

	if (!task_is_here())
		return -ENOENT;
	snprintf(text, sizeof(text), "%d", process_current()->pid);
	*target = kstrdup(text);
	return *target ? 0 : -ENOMEM;
}

static int thread_self_link(const struct inode *dir __unused,
			    const struct synth_entry *e __unused, char **target)
{
	char text[32];

	if (!task_is_here())
		return -ENOENT;
	snprintf(text, sizeof(text), "%d/task/%d", process_current()->pid, task_current()->tid);
	*target = kstrdup(text);
	return *target ? 0 : -ENOMEM;
}

/* As when it was made: a process that has become another's user has other files here. */
static bool is_owned_alike(const struct inode *inode, u32 uid, u32 gid)
{
	return inode->uid == uid && inode->gid == gid;
}

/* --- /proc/<pid> ------------------------------------------------------------------------------ */

static ssize_t read(struct file *file, struct iov *iov, u64 pos);

static const struct file_ops text_ops = {
	.read = read, .write = synth_write, .release = proc_release,
};
static const struct file_ops comm_ops = {
	.read = read, .write = proc_write_comm, .release = proc_release,
};
static const struct file_ops oom_ops = {
	.read = read, .write = proc_write_oom_score_adj, .release = proc_release,
};
static const struct synth_dir tasks_dir;

/* Of what is in its memory. */
static int open_seen(struct file *file)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = proc_process(file->inode);
	int err = !p ? -ESRCH : proc_may_see(p) ? 0 : -EACCES;

	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

static const struct file_ops memory_ops = {
	.open = open_seen, .read = read, .write = synth_write, .release = proc_release,
};

static const struct pid_file {
	const char *name;
	u32 mode;
	int (*show)(const struct inode *inode, struct proc_text *t);
	int (*link)(const struct inode *dir, const struct synth_entry *e, char **target);
	const struct inode_ops *link_ops;
	const struct file_ops *ops;	/* NULL: a text, which show() writes; a directory's */
	bool no_task;			/* is not in /proc/<pid>/task/<tid> */
} pid_files[] = {
	{ "auxv", S_IFREG | 0400, .show = proc_show_auxv, .ops = &memory_ops },
	{ "cmdline", S_IFREG | 0444, .show = proc_show_cmdline },
	{ "comm", S_IFREG | 0644, .show = proc_show_comm, .ops = &comm_ops },
	{ "cwd", S_IFLNK | 0777, .link = proc_cwd_link, .link_ops = &proc_cwd_ops },
	{ "environ", S_IFREG | 0400, .show = proc_show_environ, .ops = &memory_ops },
	{ "exe", S_IFLNK | 0777, .link = proc_exe_link, .link_ops = &proc_exe_ops },
	{ "fd", S_IFDIR | 0500, .ops = &proc_fd_dir.ops },
	{ "io", S_IFREG | 0400, .show = proc_show_io },
	{ "limits", S_IFREG | 0444, .show = proc_show_limits },
	{ "maps", S_IFREG | 0444, .show = proc_show_maps, .ops = &memory_ops },
	{ "mountinfo", S_IFREG | 0444, .show = proc_show_mountinfo },
	{ "mounts", S_IFREG | 0444, .show = proc_show_mounts },
	{ "oom_score_adj", S_IFREG | 0644, .show = proc_show_oom_score_adj, .ops = &oom_ops },
	{ "root", S_IFLNK | 0777, .link = proc_root_link, .link_ops = &proc_root_ops },
	{ "stack", S_IFREG | 0400, .show = proc_show_stack },
	{ "stat", S_IFREG | 0444, .show = proc_show_stat },
	{ "statm", S_IFREG | 0444, .show = proc_show_statm },
	{ "status", S_IFREG | 0444, .show = proc_show_status },
	{ "strace", S_IFIFO | 0400, .ops = &strace_file_ops, .no_task = true },
	{ "task", S_IFDIR | 0555, .ops = &tasks_dir.ops, .no_task = true },
	{ "wchan", S_IFREG | 0444, .show = proc_show_wchan },
};

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	return proc_read(file, iov, pos, pid_files[PROC_WHAT(file->inode->number) - 1].show);
}

static bool next_file(const struct inode *dir, struct synth_entry *e)
{
	const struct pid_file *f;
	u64 of_task = dir->number & PROC_OF_TASK;

	do {
		if (e->state == ARRAY_SIZE(pid_files))
			return false;
		f = &pid_files[e->state++];
	} while (of_task && f->no_task);
	e->name = f->name;
	e->number = PROC_INODE(PROC_PID(dir->number), e->state) | of_task;
	e->mode = f->mode;
	e->ops = f->ops ? f->ops : &text_ops;
	e->data = dir->data;
	e->uid = dir->uid;
	e->gid = dir->gid;
	e->link = f->link;
	e->link_ops = f->link_ops;
	return true;
}

static bool file_is_valid(const struct inode *dir, const struct fs_name *name __unused,
			  const struct inode *inode)
{
	return !inode || (!S_ISLNK(inode->mode) && is_owned_alike(inode, dir->uid, dir->gid));
}

static const struct synth_dir pid_dir = { SYNTH_DIR_OPS, next_file, file_is_valid, NULL };

/* --- /proc/<pid>/task ------------------------------------------------------------------------- */

/* Its directory has the same files, without those of the process alone. process_lock held. */
static void tell_task(const struct inode *dir, const struct task *t, struct synth_entry *e)
{
	snprintf(e->text, sizeof(e->text), "%d", t->tid);
	e->name = e->text;
	e->number = PROC_INODE(t->tid, 0) | PROC_OF_TASK;
	e->mode = S_IFDIR | 0555;
	e->ops = &pid_dir.ops;
	e->data = dir->data;
	e->uid = t->process->cred.euid;
	e->gid = t->process->cred.egid;
	e->state = (u64)t->tid + 1;
	e->cookie = (u64)t->tid + 2;
}

/* In the order of their ids: the state is the last one's, plus 1. */
static bool next_task(const struct inode *dir, struct synth_entry *e)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = proc_process(dir);
	const struct task *best = NULL;

	if (p) {
		list_for_each (t, &p->tasks, struct task, link)
			if ((u64)t->tid >= e->state && (!best || t->tid < best->tid))
				best = t;
	}
	if (best)
		tell_task(dir, best, e);
	spin_unlock_irqrestore(&process_lock, state);
	return best;
}

static bool find_task(const struct inode *dir, const struct fs_name *name, struct synth_entry *e)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct process *p = proc_process(dir);
	const struct task *t = p ? task_find(proc_number(name)) : NULL;
	bool found = t && t->process == p;

	if (found)
		tell_task(dir, t, e);
	spin_unlock_irqrestore(&process_lock, state);
	return found;
}

static bool task_is_valid(const struct inode *dir __unused, const struct fs_name *name,
			  const struct inode *inode)
{
	const struct process *p;
	unsigned long state;
	bool valid;

	if (!inode)
		return proc_number(name) <= 0;
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(inode);
	valid = p && is_owned_alike(inode, p->cred.euid, p->cred.egid);
	spin_unlock_irqrestore(&process_lock, state);
	return valid;
}

static const struct synth_dir tasks_dir = { SYNTH_DIR_OPS, next_task, task_is_valid, find_task };

/* --- In /proc --------------------------------------------------------------------------------- */

static void tell_self(struct synth_entry *e)
{
	e->name = "self";
	e->number = PROC_INODE(0, 1);
	e->mode = S_IFLNK | 0777;
	e->link = self_link;
	e->state = TOLD_SELF;
	e->cookie = COOKIE_PIDS;
}

static void tell_thread_self(struct synth_entry *e)
{
	e->name = "thread-self";
	e->number = PROC_INODE(0, 2);
	e->mode = S_IFLNK | 0777;
	e->link = thread_self_link;
	e->state = TOLD_THREAD_SELF;
	e->cookie = COOKIE_PIDS + 1;
}

/* process_lock held. */
static void tell_process(const struct process *p, struct synth_entry *e)
{
	snprintf(e->text, sizeof(e->text), "%d", p->pid);
	e->name = e->text;
	e->number = PROC_INODE(p->pid, 0);
	e->mode = S_IFDIR | 0555;
	e->ops = &pid_dir.ops;
	e->data = (const void *)(uintptr_t)p->begun;
	e->uid = p->cred.euid;
	e->gid = p->cred.egid;
	e->state = TOLD_THREAD_SELF + (u64)p->pid;
	e->cookie = COOKIE_PIDS + 1 + (u64)p->pid;
}

/* The caller, its thread, and then all processes by their ids. */
static bool next_process(const struct inode *dir __unused, struct synth_entry *e)
{
	const struct process *best = NULL;
	unsigned long state;

	if (e->state == TOLD_NOTHING) {
		tell_self(e);
		return true;
	}
	if (e->state == TOLD_SELF) {
		tell_thread_self(e);
		return true;
	}
	state = spin_lock_irqsave(&process_lock);
	list_for_each (p, &process_list, struct process, all)
		if (TOLD_THREAD_SELF + (u64)p->pid > e->state && (!best || p->pid < best->pid))
			best = p;
	if (best)
		tell_process(best, e);
	spin_unlock_irqrestore(&process_lock, state);
	return best;
}

static bool find_process(const struct inode *dir __unused, const struct fs_name *name,
			 struct synth_entry *e)
{
	int pid = proc_number(name);
	const struct process *p;
	unsigned long state;

	if (is(name, "self")) {
		tell_self(e);
		return true;
	}
	if (is(name, "thread-self")) {
		tell_thread_self(e);
		return true;
	}
	if (pid <= 0)
		return false;
	state = spin_lock_irqsave(&process_lock);
	p = process_find(pid);
	if (p)
		tell_process(p, e);
	spin_unlock_irqrestore(&process_lock, state);
	return p;
}

static bool process_is_valid(const struct inode *dir __unused, const struct fs_name *name,
			     const struct inode *inode)
{
	const struct process *p;
	unsigned long state;
	bool valid;

	if (is(name, "self") || is(name, "thread-self"))
		return false;
	if (proc_number(name) <= 0)
		return true;
	if (!inode)
		return false;
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(inode);
	valid = p && is_owned_alike(inode, p->cred.euid, p->cred.egid);
	spin_unlock_irqrestore(&process_lock, state);
	return valid;
}

static const struct synth_dir processes = {
	SYNTH_DIR_OPS, next_process, process_is_valid, find_process,
};

static const struct proc_entry processes_proc = { .name = "", .more = &processes };
PROC_ENTRY(processes_proc);
