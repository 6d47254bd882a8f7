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

static void note_signals(const struct process *p, struct proc_snapshot *s)
{
	s->pending = p->pending.set | p->task.pending.set;
	s->blocked = p->task.mask;
	for (unsigned int i = 0; i < SIGNALS; i++) {
		if (p->actions[i].handler == SIG_IGN)
			s->ignored |= BIT(i);
		else if (p->actions[i].handler != SIG_DFL)
			s->caught |= BIT(i);
	}
}

/* What is true of @p alone. process_lock held. Returns its thread's id, or 0. */
static unsigned int note(struct process *p, struct proc_snapshot *s)
{
	s->pid = p->pid;
	s->ppid = p->parent ? p->parent->pid : 0;
	s->pgid = p->pgid;
	s->sid = p->sid;
	s->tty = tty_of(p, &s->tty_group);
	s->no_new_privs = p->no_new_privs;
	memcpy(s->name, p->name, sizeof(s->name));
	s->cred = p->cred;
	s->used = p->used;
	s->child_used = p->child_used;
	s->policy = p->task.policy;
	s->rt_priority = p->task.rt_priority;
	s->tasks = p->task_count;
	s->begun = p->begun;
	s->queued = p->queued;
	s->queued_limit = p->limits[RLIMIT_SIGPENDING].now;
	s->rss_limit = p->limits[RLIMIT_RSS].now;
	s->fd_slots = p->files ? p->files->size : 0;
	s->mask = p->fs ? p->fs->mask : 0;
	note_signals(p, s);
	s->stopped = p->halt & HALT_STOP;
	s->space = p->space;
	if (s->space)
		space_get(s->space);
	s->state = 'Z';
	if (p->state == PROCESS_ZOMBIE || !p->task.thread)
		return 0;
	s->params = p->task.thread->params;
	s->affinity = p->task.thread->affinity;
	return p->task.thread->id;
}

/* Fills in a snapshot from the heap: 0, -ESRCH, -ENOMEM. put() gives it back. */
static int take(const struct inode *inode, struct proc_snapshot **snapshot)
{
	struct proc_snapshot *s = kzalloc(sizeof(*s));
	unsigned int thread = 0;
	unsigned long state;
	struct process *p;

	if (!s)
		return -ENOMEM;
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(inode);
	if (p)
		thread = note(p, s);
	spin_unlock_irqrestore(&process_lock, state);
	if (!p) {
		kfree(s);
		return -ESRCH;
	}
	if (thread && thread_info(thread, &s->thread) && s->thread.id == thread) {
		s->state = s->thread.state == THREAD_SLEEPING ? 'S' : 'R';
		s->used.run = s->thread.run;
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
	if (s->stopped)
		s->state = 'T';
	*snapshot = s;
	return 0;
}

static void put(struct proc_snapshot *s)
{
	if (s->space)
		space_put(s->space);
	kfree(s);
}

int proc_show_stat(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = take(inode, &s);
	long priority;

	if (err)
		return err;
	priority = s->rt_priority ? -1 - (long)s->rt_priority : 20 + s->params.nice;
	proc_print(t, "%d (%s) %c %d %d %d %u %d 0 %lu %lu 0 0 %lu 0 %lu 0 %ld %d %u 0 ", s->pid,
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
	put(s);
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
	int err = take(inode, &s);
	size_t code = 0;

	if (err)
		return err;
	if (s->space) {
		space_use(s->space, &use);
		code = own_code(s->space, &use);
	}
	proc_print(t, "%zu %zu 0 %zu 0 %zu 0\n", use.pages, use.resident, code,
		   use.data + use.stack);
	put(s);
	return 0;
}

static void show_ids(struct proc_text *t, const struct proc_snapshot *s)
{
	const struct credentials *c = &s->cred;

	proc_print(t, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", s->pid, s->pid,
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
	int err = take(inode, &s);

	if (err)
		return err;
	proc_print(t, "Name:\t%s\nUmask:\t%04o\nState:\t%s\n", s->name, s->mask,
		   s->state == 'R' ? "R (running)" : s->state == 'S' ? "S (sleeping)" :
		   s->state == 'T' ? "T (stopped)" : "Z (zombie)");
	show_ids(t, s);
	if (s->space)
		show_space(t, s->space);
	proc_print(t, "Threads:\t%u\nSigQ:\t%u/%lu\n", s->tasks, s->queued, s->queued_limit);
	proc_print(t, "SigPnd:\t0000000000000000\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n"
		      "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", s->pending, s->blocked, s->ignored,
		   s->caught);
	proc_print(t, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\n"
		      "CapAmb:\t0000000000000000\nNoNewPrivs:\t%d\n", s->cred.inheritable,
		   s->cred.permitted, s->cred.effective, s->cred.bounding, s->no_new_privs);
	show_cpus(t, s->affinity);
	proc_print(t, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		   s->used.switches, s->used.preemptions);
	put(s);
	return 0;
}

#define NAME_COLUMN	73UL	/* of a line in maps */

int proc_show_maps(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	struct vma_info info;
	int err = take(inode, &s);

	if (err)
		return err;
	for (vaddr_t at = 0; s->space && space_vma_info(s->space, at, &info); at = info.end) {
		size_t begin = t->length, length;

		proc_print(t, "%08lx-%08lx %c%c%c%c %08lx %02lx:%02lx %lu ", info.start, info.end,
			   info.flags & VMA_READ ? 'r' : '-', info.flags & VMA_WRITE ? 'w' : '-',
			   info.flags & VMA_EXEC ? 'x' : '-', info.flags & VMA_SHARED ? 's' : 'p',
			   info.offset, info.device >> 8, info.device & 0xff, info.inode);
		length = t->length - begin;
		if (*info.name)
			proc_print(t, "%*s%s", (int)(NAME_COLUMN - MIN(length, NAME_COLUMN)), "",
				   info.name);
		proc_print(t, "\n");
	}
	put(s);
	return 0;
}

/* Adds what lies in the process's own memory. */
static int show_memory(const struct inode *inode, struct proc_text *t, bool env)
{
	struct proc_snapshot *s;
	char piece[256];
	vaddr_t at, end;
	int err = take(inode, &s);

	if (err)
		return err;
	if (s->space) {
		at = env ? s->space->args_end : s->space->args;
		end = env ? s->space->env_end : s->space->args_end;
		for (size_t n; at < end; at += n) {
			n = space_read(s->space, at, piece, MIN(sizeof(piece), end - at));
			if (!n)
				break;
			proc_write(t, piece, n);
		}
	}
	put(s);
	return 0;
}

int proc_show_cmdline(const struct inode *inode, struct proc_text *t)
{
	return show_memory(inode, t, false);
}

int proc_show_environ(const struct inode *inode, struct proc_text *t)
{
	return show_memory(inode, t, true);
}

int proc_show_comm(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	int err = take(inode, &s);

	if (err)
		return err;
	proc_print(t, "%s\n", s->name);
	put(s);
	return 0;
}
