/* SPDX-License-Identifier: MIT */
/* memleak: who allocated objects and has not freed them, after a check of all there are. */
#include <lib/string.h>
#include <mm/heap_debug.h>
#include <shell/command.h>

static int memleak_run(int argc, char **argv)
{
	if (argc > 1) {
		if (strcmp(argv[1], "mark"))
			return STATUS_USAGE;
		heap_debug_mark();
		return STATUS_OK;
	}
	print("memleak: %zu objects checked, freed ones included\n", heap_check());
	heap_debug_leaks();
	return STATUS_OK;
}

static const struct command memleak_command = {
	.name = "memleak", .usage = "[mark]",
	.help = "objects allocated since boot (or since `mark`) and not freed",
	.run = memleak_run, .min_args = 0, .max_args = 1,
};
COMMAND(memleak_command);
