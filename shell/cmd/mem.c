/* SPDX-License-Identifier: MIT */
/*
 * mem: banks and reserved ranges, then the page allocator: what is used for what, and the free runs
 * by their size. Fragmentation is the share of free memory that is not in the largest run. Then the
 * heap: what it holds, and its size classes, orders and named caches that have pages.
 */
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/heap_policy.h>
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
	print("pages     %zu of %zu free, %zu of them in CPUs' caches; %lu requests refused\n",
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

static void show_class(const struct heap_class *c, void *arg)
{
	(void)arg;
	if (c->pages || c->live || c->free)
		print("class     %8zu bytes %9zu live %9zu free %6zu cached %6zu pages%s%s\n",
		      c->size, c->live, c->free, c->cached, c->pages, c->name ? "  " : "",
		      c->name ? c->name : "");
}

static void show_heap(void)
{
	struct heap_stats s;

	heap_stats_get(&s);
	print("heap      %s: %lu KiB held, %lu KiB in objects", heap_policy_name, s.held / 1024,
	      s.live / 1024);
	if (s.lost)
		print(", %lu KiB gone for good", s.lost / 1024);
	print("\n");
	heap_policy_classes(show_class, NULL);
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
	if (IS_ENABLED(CONFIG_DYNAMIC_MEMORY)) {
		show_pages();
		show_heap();
	}
	return STATUS_OK;
}

static const struct command mem_command = {
	.name = "mem", .usage = "", .help = "memory: banks, reserved ranges, pages, heap",
	.run = mem_run, .min_args = 0, .max_args = 0,
};
COMMAND(mem_command);
