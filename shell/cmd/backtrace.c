/* SPDX-License-Identifier: MIT */
/* backtrace: how threads came to where they are. */
#include <kernel/thread.h>
#include <lib/format.h>
#include <shell/command.h>

#define LEVELS_MAX	24

static void show(const struct thread_info *t)
{
	vaddr_t pc[LEVELS_MAX];
	int n = thread_backtrace(t->id, pc, LEVELS_MAX);

	print("thread %u %s, %s:\n", t->id, t->name,
	      t->running ? "running" : thread_state_name(t->state));
	for (int i = 0; i < n; i++)
		print("  %pS\n", (void *)pc[i]);
}

static int backtrace_run(int argc, char **argv)
{
	struct thread_info t;
	u64 id = 0;

	if (argc > 1) {
		if (parse_u64(argv[1], 0, &id))
			return STATUS_USAGE;
		if (id > UINT32_MAX || !thread_info((unsigned int)id, &t) || t.id != id) {
			print("backtrace: there is no thread %s: see ps\n", argv[1]);
			return STATUS_FAIL;
		}
		show(&t);
		return STATUS_OK;
	}
	for (unsigned int next = 0; thread_info(next, &t); next = t.id + 1)
		show(&t);
	return STATUS_OK;
}

static const struct command backtrace_command = {
	.name = "backtrace", .usage = "[ID]", .help = "call chain of a thread, or of all",
	.run = backtrace_run, .min_args = 0, .max_args = 1,
};
COMMAND(backtrace_command);
