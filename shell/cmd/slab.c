/* SPDX-License-Identifier: MIT */
/*
 * slab: what the slab heap holds, one line for each size class and named cache that has pages.
 * "unused" is the share of them that is in no object that is handed out: what is free, and what is
 * left over at the end of slabs. How much more an object got than was asked for is not known here.
 */
#include <lib/string.h>
#include <mm/heap_policy.h>
#include <mm/page.h>
#include <shell/command.h>

static size_t unused_percent(u64 pages, u64 live)
{
	u64 held = pages << PAGE_SHIFT;

	return held ? (held - live) * 100 / held : 0;
}

static void show(const struct heap_class *c, void *arg)
{
	size_t *pages = arg;

	*pages += c->pages;
	if (c->pages)
		print("%7zu %9zu %9zu %9zu %9zu %7zu%%  %s\n", c->size, c->live, c->free, c->cached,
		      c->pages, unused_percent(c->pages, (u64)c->live * c->size),
		      c->name ? c->name : "");
}

static int shrink(void)
{
	struct heap_stats before, after;

	heap_policy_stats(&before);
	heap_policy_shrink();
	heap_policy_stats(&after);
	print("%lu pages came back, the heap holds %lu\n",
	      (before.held - MIN(before.held, after.held)) >> PAGE_SHIFT, after.held >> PAGE_SHIFT);
	return STATUS_OK;
}

static int slab_run(int argc, char **argv)
{
	struct heap_stats stats;
	size_t pages = 0;

	if (argc == 2)
		return !strcmp(argv[1], "-s") || !strcmp(argv[1], "shrink") ? shrink() :
									      STATUS_USAGE;
	print("%7s %9s %9s %9s %9s %8s\n", "size", "live", "free", "cached", "pages", "unused");
	heap_policy_classes(show, &pages);
	heap_policy_stats(&stats);
	print("total: %zu pages, %lu KiB; %lu KiB in objects, %zu%% unused\n", pages,
	      stats.held / 1024, stats.live / 1024, unused_percent(pages, stats.live));
	return STATUS_OK;
}

static const struct command slab_command = {
	.name = "slab", .usage = "[-s | shrink]",
	.help = "the heap's caches; -s gives back what is empty",
	.run = slab_run, .min_args = 0, .max_args = 1,
};
COMMAND(slab_command);
