/* SPDX-License-Identifier: MIT */
/*
 * /proc/threads: a line each, behind one that names the columns: id, state, milliseconds on a CPU,
 * bytes of its stack, the most that it used of them, and the name, which may hold blanks.
 */
#include <fs/proc.h>
#include <kernel/thread.h>
#include <kernel/time.h>

static void show(struct proc_text *t)
{
	struct thread_info info;

	proc_print(t, "id state cpu_ms stack stack_max name\n");
	for (unsigned int id = 0; thread_info(id, &info); id = info.id + 1)
		proc_print(t, "%u %s %lu %zu %zu %s\n", info.id,
			   info.running ? "running" : thread_state_name(info.state),
			   info.run / NS_PER_MS, info.stack_size, info.stack_max, info.name);
}

static const struct proc_entry threads_proc = { .name = "threads", .show = show };
PROC_ENTRY(threads_proc);
