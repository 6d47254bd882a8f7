/* SPDX-License-Identifier: MIT */
/*
 * /proc/meminfo: in Linux's words. MemTotal is what the page allocator has; Cached, what files in
 * memory take, is not to be had back, so MemAvailable is what is free.
 */
#include <fs/proc.h>
#include <mm/page.h>
#include <mm/space.h>

static void line(struct proc_text *t, const char *name, size_t pages)
{
	proc_print(t, "%-15s %8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static void show(struct proc_text *t)
{
	struct page_stats s;

	page_stats_get(&s);
	line(t, "MemTotal:", s.total);
	line(t, "MemFree:", s.free);
	line(t, "MemAvailable:", s.free);
	line(t, "Buffers:", 0);
	line(t, "Cached:", s.used[PAGE_USE_FILE]);
	line(t, "Slab:", s.used[PAGE_USE_HEAP]);
	line(t, "KernelStack:", s.used[PAGE_USE_STACK]);
	line(t, "PageTables:", s.used[PAGE_USE_TABLE]);
	if (IS_ENABLED(CONFIG_PROCESS))
		line(t, "AnonHugePages:", space_block_bytes() >> PAGE_SHIFT);
}

static const struct proc_entry meminfo_proc = { .name = "meminfo", .show = show };
PROC_ENTRY(meminfo_proc);
