/* SPDX-License-Identifier: MIT */
/* /proc/loadavg, /proc/stat, /proc/syscalls: of the whole system. */
#include <arch/atomic.h>
#include <fs/proc.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/format.h>

#include "load.h"
#include "process.h"
#include "syscall.h"
#include "system.h"

#define TICK	(NS_PER_SEC / 100)

static void show_loadavg(struct proc_text *t)
{
	unsigned int ready = 0, all = 0;
	struct thread_info info;
	unsigned long state;
	u64 load[3];
	int last;

	for (unsigned int id = 0; thread_info(id, &info); id = info.id + 1) {
		all++;
		ready += info.state == THREAD_READY && !info.idle;
	}
	state = spin_lock_irqsave(&process_lock);
	last = process_last_pid();
	spin_unlock_irqrestore(&process_lock, state);
	load_average(load);
	for (unsigned int i = 0; i < 3; i++)
		proc_print(t, "%lu.%02lu ", load[i] / LOAD_ONE,
			   load[i] % LOAD_ONE * 100 / LOAD_ONE);
	proc_print(t, "%u/%u %d\n", ready, all, last);
}

static const struct proc_entry loadavg_proc = { .name = "loadavg", .show = show_loadavg };
PROC_ENTRY(loadavg_proc);

/* Nobody tells a program's time from the kernel's: what is not idle is user. */
static void show_cpu(struct proc_text *t, const char *name, u64 up, u64 idle)
{
	proc_print(t, "%s %lu 0 0 %lu 0 0 0 0 0 0\n", name, (up > idle ? up - idle : 0) / TICK,
		   idle / TICK);
}

static void show_stat(struct proc_text *t)
{
	u64 idle[NR_CPUS] = { 0 }, sum = 0, switches = 0, up = time_now(), interrupts = 0;
	unsigned int cpus = 0, ready = 0;
	struct thread_info info;
	char name[16];

	for (unsigned int id = 0; thread_info(id, &info); id = info.id + 1) {
		switches += info.switches + info.preemptions;
		ready += info.state == THREAD_READY && !info.idle;
		if (info.idle) {
			idle[info.cpu] = info.run;
			sum += info.run;
			cpus++;
		}
	}
	show_cpu(t, "cpu ", up * cpus, sum);
	for (u64 on = cpu_online(); on; on &= on - 1) {
		unsigned int cpu = (unsigned int)__builtin_ctzl(on);

		snprintf(name, sizeof(name), "cpu%u", cpu);
		show_cpu(t, name, up, idle[cpu]);
		for (unsigned int irq = 0; irq < irq_count(); irq++)
			interrupts += irq_taken(irq, cpu);
	}
	proc_print(t, "intr %lu\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %u\n"
		      "procs_blocked 0\n", interrupts, switches,
		   (time_real() - up) / NS_PER_SEC, process_forks(), ready);
}

static const struct proc_entry stat_proc = { .name = "stat", .show = show_stat };
PROC_ENTRY(stat_proc);

/* --- /proc/syscalls --------------------------------------------------------------------------- */

/* A line for each: number, name and types; behind those that are there, those that were missed. */
static void show_syscalls(struct proc_text *t)
{
	for (const struct syscall_info *c = syscall_list; c->name; c++)
		proc_print(t, "%u %s(%s)\n", c->number, c->name, c->types);
	for (unsigned int n = 0; n < SYSCALLS; n++)
		if (syscall_missed(n))
			proc_print(t, "%u %s: missing, asked for %u times\n", n,
				   syscall_name(n) ? syscall_name(n) : "unknown",
				   syscall_missed(n));
	if (syscall_missed(SYSCALLS))
		proc_print(t, "%u and more: missing, asked for %u times\n", SYSCALLS,
			   syscall_missed(SYSCALLS));
}

static const struct proc_entry syscalls_proc = { .name = "syscalls", .show = show_syscalls };
PROC_ENTRY(syscalls_proc);
