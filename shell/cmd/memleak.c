/* SPDX-License-Identifier: MIT */
/* memleak: who allocated objects and has not freed them, after a check of all there are. */
#include <mm/heap_debug.h>
#include <shell/command.h>

static const struct argument memleak_arguments[] = {
	{ .type = ARGUMENT_CHOICE, .choices = (const char *const[]){ "mark", NULL },
	  .optional = true, .help = "those allocated from now on count" },
};

static int memleak(const struct arguments *a)
{
	if (a->given) {
		heap_debug_mark();
		return STATUS_OK;
	}
	print("memleak: %zu objects checked, freed ones included\n", heap_check());
	heap_debug_leaks();
	return STATUS_OK;
}

static const struct command memleak_command = {
	.name = "memleak", .help = "objects allocated since boot (or since `mark`) and not freed",
	.parsed = memleak, ARGUMENTS(memleak_arguments),
};
COMMAND(memleak_command);
