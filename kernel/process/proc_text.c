/* SPDX-License-Identifier: MIT */
/* /proc/<pid>: the texts, as Linux has them. What is not there to be told is 0. */
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "proc.h"

#define TICK	(NS_PER_SEC / 100)

static void note_signals(const struct process *p, const struct task *t, struct proc_snapshot *s)
{
	s->pending = t->pending.set;
	s->shared_pending = p->pending.set;
	s->blocked = t->mask;
	for (unsigned int i = 0; i < SIGNALS; i++) {
		if (p->actions[i].handler == SIG_IGN)
			s->ignored |= BIT(i);
		else if (p->actions[i].handler != SIG_DFL)
			s->caught |= BIT(i);
	}
}

/* What the other tasks of @t's process have used up to now. process_lock held. */
static void add_others(const struct process *p, const struct task *t, struct usage *used)
{
	list_for_each (other, &p->tasks, struct task, link)
		if (other != t && other->thread)
			used->run += thread_cpu_time_of(other->thread);
}

/* What is true of @t and its process. process_lock held. Returns its thread's id, or 0. */
static unsigned int note(const struct task *t, bool alone, struct proc_snapshot *s)
{
	struct process *p = t->process;

	s->tid = t->tid;
	s->pid = p->pid;
	s->ppid = p->parent ? p->parent->pid : 0;
	s->pgid = p->pgid;
	s->sid = p->sid;
	s->tty = tty_of(p, &s->tty_group);
	s->no_new_privs = p->no_new_privs;
	/* the process's name is the leader's, a thread of the kernel's for a while when it ends */
	memcpy(s->name, t == &p->task || !t->thread ? p->name : t->thread->name, sizeof(s->name));
	s->cred = p->cred;
	s->used = p->used;
	if (!alone)
		add_others(p, t, &s->used);
	else if (p->state != PROCESS_ZOMBIE)
		s->used.run = 0;
	s->child_used = p->child_used;
	s->policy = t->policy;
	s->rt_priority = t->rt_priority;
	s->tasks = p->task_count;
	s->begun = p->begun;
	s->queued = p->queued;
	s->queued_limit = p->limits[RLIMIT_SIGPENDING].now;
	s->rss_limit = p->limits[RLIMIT_RSS].now;
	s->fd_slots = p->files ? p->files->size : 0;
	s->mask = p->fs ? p->fs->mask : 0;
	memcpy(s->limits, p->limits, sizeof(s->limits));
	s->oom_score_adj = p->oom_score_adj;
	note_signals(p, t, s);
	s->stopped = p->halt & HALT_STOP;
	s->space = p->space;
	if (s->space)
		space_get(s->space);
	s->state = 'Z';
	if (p->state == PROCESS_ZOMBIE || !t->thread)
		return 0;
	s->params = t->thread->params;
	s->affinity = t->thread->affinity;
	return t->thread->id;
}

int proc_snapshot_take(const struct inode *inode, struct proc_snapshot **snapshot)
{
	struct proc_snapshot *s = kzalloc(sizeof(*s));
	unsigned int thread = 0;
	unsigned long state;
	struct task *t;

	if (!s)
		return -ENOMEM;
	state = spin_lock_irqsave(&process_lock);
	t = proc_task(inode);
	if (t)
		thread = note(t, inode->number & PROC_OF_TASK, s);
	spin_unlock_irqrestore(&process_lock, state);
	if (!t) {
		kfree(s);
		return -ESRCH;
	}
	if (thread && thread_info(thread, &s->thread) && s->thread.id == thread) {
		s->state = s->thread.state == THREAD_SLEEPING ? 'S' : 'R';
		s->used.run += s->thread.run;
		s->used.switches = s->thread.switches;
		s->used.preemptions = s->thread.preemptions;
	}
	if (s->space) {
		s->brk_start = s->space->brk_start;
		s->pages = s->space->pages;
		s->resident = s->space->resident;
		s->peak = MAX(s->space->peak, s->resident);
		s->used.faults += s->space->faults;
	}
	if (s->stopped && s->state != 'Z')
		s->state = 'T';
	*snapshot = s;
	return 0;
}

void proc_snapshot_put(struct proc_snapshot *s)
{
	if (s->space)
		space_put(s->space);
	kfree(s);
}

int proc_show_stat(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);
	long priority;

	if (err)
		return err;
	priority = s->rt_priority ? -1 - (long)s->rt_priority : 20 + s->params.nice;
	proc_print(t, "%d (%s) %c %d %d %d %u %d 0 %lu %lu 0 0 %lu 0 %lu 0 %ld %d %u 0 ", s->tid,
		   s->name, s->state, s->ppid, s->pgid, s->sid, s->tty, s->tty_group,
		   s->used.faults, s->child_used.faults, s->used.run / TICK,
		   s->child_used.run / TICK, priority, s->params.nice, s->tasks);
	proc_print(t, "%lu %lu %lu %lu", s->begun / TICK, (u64)s->pages << PAGE_SHIFT,
		   s->resident, s->rss_limit);
	if (s->space)
		proc_print(t, " %lu %lu %lu", s->space->image.code, s->space->image.code_end,
			   s->space->image.stack);
	else
		proc_print(t, " 0 0 0");
	proc_print(t, " 0 0 %lu %lu %lu %lu 0 0 0 17 %u %u %u 0 0 0", s->pending, s->blocked,
		   s->ignored, s->caught, s->thread.cpu, s->rt_priority, s->policy);
	if (s->space)
		proc_print(t, " %lu %lu %lu %lu %lu %lu %lu 0\n", s->space->image.data,
			   s->space->image.data_end, s->brk_start, s->space->args,
			   s->space->args_end, s->space->args_end, s->space->env_end);
	else
		proc_print(t, " 0 0 0 0 0 0 0 0\n");
	proc_snapshot_put(s);
	return 0;
}

/* What of a space's code is its program's own, in pages. */
static size_t own_code(const struct space *space, const struct space_use *use)
{
	size_t size = ALIGN_UP(space->image.code_end, PAGE_SIZE) -
		      ALIGN_DOWN(space->image.code, PAGE_SIZE);

	return MIN(size >> PAGE_SHIFT, use->code);
}

int proc_show_statm(const struct inode *inode, struct proc_text *t)
{
	struct space_use use = { 0 };
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);
	size_t code = 0;

	if (err)
		return err;
	if (s->space) {
		space_use(s->space, &use);
		code = own_code(s->space, &use);
	}
	proc_print(t, "%zu %zu 0 %zu 0 %zu 0\n", use.pages, use.resident, code,
		   use.data + use.stack);
	proc_snapshot_put(s);
	return 0;
}

static void show_ids(struct proc_text *t, const struct proc_snapshot *s)
{
	const struct credentials *c = &s->cred;

	proc_print(t, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", s->pid, s->tid,
		   s->ppid);
	proc_print(t, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\nGroups:\t", c->uid,
		   c->euid, c->suid, c->fsuid, c->gid, c->egid, c->sgid, c->fsgid, s->fd_slots);
	for (u32 i = 0; i < c->group_count; i++)
		proc_print(t, "%u ", c->groups[i]);
	proc_print(t, c->group_count ? "\n" : " \n");
}

static void show_size(struct proc_text *t, const char *name, size_t pages)
{
	proc_print(t, "%s:\t%8zu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static void show_space(struct proc_text *t, struct space *space)
{
	struct space_use use;
	size_t code;

	space_use(space, &use);
	code = own_code(space, &use);
	show_size(t, "VmPeak", use.peak_pages);
	show_size(t, "VmSize", use.pages);
	show_size(t, "VmLck", 0);
	show_size(t, "VmPin", 0);
	show_size(t, "VmHWM", use.peak);
	show_size(t, "VmRSS", use.resident);
	show_size(t, "VmData", use.data);
	show_size(t, "VmStk", use.stack);
	show_size(t, "VmExe", code);
	show_size(t, "VmLib", use.code - code);
	show_size(t, "VmPTE", use.tables);
	show_size(t, "VmSwap", 0);
	proc_print(t, "CoreDumping:\t0\nTHP_enabled:\t%d\n", !space->no_blocks);
}

/* A mask as hexadecimal, as many digits as there are CPUs for, and as ranges. */
static void show_cpus(struct proc_text *t, u64 affinity)
{
	u64 online = cpu_online(), mask = (affinity ? affinity : ~0UL) & online;
	const char *comma = "";
	int digits = 1;

	for (u64 rest = online >> 4; rest; rest >>= 4)
		digits++;
	if (digits > 8)
		proc_print(t, "Cpus_allowed:\t%0*lx,%08lx\n", digits - 8, mask >> 32,
			   mask & UINT32_MAX);
	else
		proc_print(t, "Cpus_allowed:\t%0*lx\n", digits, mask);
	proc_print(t, "Cpus_allowed_list:\t");
	for (unsigned int first = 0, last; first < 64; first = last + 1) {
		last = first;
		if (!(mask & BIT(first)))
			continue;
		while (last < 63 && mask & BIT(last + 1))
			last++;
		proc_print(t, last > first ? "%s%u-%u" : "%s%u", comma, first, last);
		comma = ",";
	}
	proc_print(t, "\n");
}

int proc_show_status(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	proc_print(t, "Name:\t%s\nUmask:\t%04o\nState:\t%s\n", s->name, s->mask,
		   s->state == 'R' ? "R (running)" : s->state == 'S' ? "S (sleeping)" :
		   s->state == 'T' ? "T (stopped)" : "Z (zombie)");
	show_ids(t, s);
	if (s->space)
		show_space(t, s->space);
	proc_print(t, "Threads:\t%u\nSigQ:\t%u/%lu\n", s->tasks, s->queued, s->queued_limit);
	proc_print(t, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\n"
		      "SigCgt:\t%016lx\n", s->pending, s->shared_pending, s->blocked, s->ignored,
		   s->caught);
	proc_print(t, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\n"
		      "CapAmb:\t0000000000000000\nNoNewPrivs:\t%d\n", s->cred.inheritable,
		   s->cred.permitted, s->cred.effective, s->cred.bounding, s->no_new_privs);
	show_cpus(t, s->affinity);
	proc_print(t, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		   s->used.switches, s->used.preemptions);
	proc_snapshot_put(s);
	return 0;
}

int proc_show_comm(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	proc_print(t, "%s\n", s->name);
	proc_snapshot_put(s);
	return 0;
}

/* --- limits ----------------------------------------------------------------------------------- */

static const struct {
	const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
	{ "Max cpu time", "seconds" }, { "Max file size", "bytes" },
	{ "Max data size", "bytes" }, { "Max stack size", "bytes" },
	{ "Max core file size", "bytes" }, { "Max resident set", "bytes" },
	{ "Max processes", "processes" }, { "Max open files", "files" },
	{ "Max locked memory", "bytes" }, { "Max address space", "bytes" },
	{ "Max file locks", "locks" }, { "Max pending signals", "signals" },
	{ "Max msgqueue size", "bytes" }, { "Max nice priority", NULL },
	{ "Max realtime priority", NULL }, { "Max realtime timeout", "us" },
};

static void show_limit(struct proc_text *t, u64 limit)
{
	if (limit == RLIM_INFINITY)
		proc_print(t, "%-20s ", "unlimited");
	else
		proc_print(t, "%-20lu ", limit);
}

int proc_show_limits(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	proc_print(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		proc_print(t, "%-25s ", limit_names[i].name);
		show_limit(t, s->limits[i].now);
		show_limit(t, s->limits[i].max);
		if (limit_names[i].unit)
			proc_print(t, "%-10s", limit_names[i].unit);
		proc_print(t, "\n");
	}
	proc_snapshot_put(s);
	return 0;
}

/* Nobody counts what is read and written: that would be on the way of each such call. */
int proc_show_io(const struct inode *inode __unused, struct proc_text *t)
{
	proc_print(t, "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n"
		      "cancelled_write_bytes: 0\n");
	return 0;
}

int proc_show_oom_score_adj(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	proc_print(t, "%d\n", s->oom_score_adj);
	proc_snapshot_put(s);
	return 0;
}
