/* SPDX-License-Identifier: MIT */
/* /proc/uptime: seconds since reset, and those that the CPUs were idle, all together. */
#include <fs/proc.h>
#include <kernel/thread.h>
#include <kernel/time.h>

#define CENTISECOND	(NS_PER_SEC / 100)

static void show(struct proc_text *t)
{
	u64 up = time_now() / CENTISECOND, idle = 0;
	struct thread_info info;

	for (unsigned int id = 0; thread_info(id, &info); id = info.id + 1)
		if (info.idle)
			idle += info.run / CENTISECOND;
	proc_print(t, "%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
}

static const struct proc_entry uptime_proc = { .name = "uptime", .show = show };
PROC_ENTRY(uptime_proc);
