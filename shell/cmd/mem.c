/* SPDX-License-Identifier: MIT */
/*
 * mem: banks and reserved ranges, then the page allocator: what is used for what, and the free runs
 * by their size. Fragmentation is the share of free memory that is not in the largest run.
 */
#include <mm/boot_mem.h>
#include <mm/page.h>
#include <shell/command.h>

static void show(const char *what, const struct boot_mem_range *r)
{
	print("%-9s 0x%012lx-0x%012lx %10lu KiB%s%s%s\n", what, r->base, r->base + r->size - 1,
	      r->size / 1024, r->name ? "  " : "", r->name ? r->name : "",
	      r->no_map ? " (no-map)" : "");
}

static size_t kib(size_t pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static void show_pages(void)
{
	struct page_stats s;

	page_stats_get(&s);
	print("pages     %zu of %zu free, %zu of them in CPUs' caches; %lu requests failed\n",
	      s.free, s.total, s.cached, s.failed);
	print("largest   %zu pages, %zu KiB: fragmentation %zu %%\n", s.largest, kib(s.largest),
	      s.free ? 100 - s.largest * 100 / s.free : 0);
	for (unsigned int use = PAGE_USE_NONE + 1; use < PAGE_USES; use++)
		if (s.used[use])
			print("used      %8zu pages %10zu KiB  %s\n", s.used[use], kib(s.used[use]),
			      page_use_name(use));
	for (unsigned int order = 0; order < PAGE_ORDERS; order++)
		if (s.runs[order])
			print("order %-2u  %8zu runs  %10zu KiB\n", order, s.runs[order],
			      kib(s.runs[order] << order));
}

static int mem_run(int argc, char **argv)
{
	u64 total = boot_mem_total(), free = page_bytes_free();
	const struct boot_mem_range *r;

	(void)argc;
	(void)argv;
	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++)
		show("bank", r);
	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		show("reserved", r);
	print("total %lu KiB, used %lu KiB, free %lu KiB\n", total / 1024, (total - free) / 1024,
	      free / 1024);
	if (IS_ENABLED(CONFIG_DYNAMIC_MEMORY))
		show_pages();
	return STATUS_OK;
}

static const struct command mem_command = {
	.name = "mem", .usage = "", .help = "memory: banks, reserved ranges, pages",
	.run = mem_run, .min_args = 0, .max_args = 0,
};
COMMAND(mem_command);
