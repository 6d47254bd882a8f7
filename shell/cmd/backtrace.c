/* SPDX-License-Identifier: MIT */
/* backtrace: how threads came to where they are. */
#include <kernel/thread.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define LEVELS_MAX	24

static void show(const struct thread_info *t)
{
	vaddr_t pc[LEVELS_MAX];
	int n = thread_backtrace(t->id, pc, LEVELS_MAX);

	print("thread %u %s, %s:\n", t->id, t->name,
	      t->running ? "running" : thread_state_name(t->state));
	if (n == -ETIMEDOUT)
		print("  its CPU takes no interrupts\n");
	for (int i = 0; i < n; i++)
		print("  %pS\n", (void *)pc[i]);
}

static const struct argument backtrace_arguments[] = {
	{ .name = "ID", .type = ARGUMENT_NUMBER, .max = UINT32_MAX, .optional = true,
	  .help = "of a thread, as ps has them" },
};

static int backtrace(const struct arguments *a)
{
	struct thread_info t;

	if (a->given) {
		unsigned int id = (unsigned int)a->value[0].number;

		if (!thread_info(id, &t) || t.id != id) {
			print("backtrace: there is no thread %u: see ps\n", id);
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
	.name = "backtrace", .help = "call chain of a thread, or of all", .parsed = backtrace,
	ARGUMENTS(backtrace_arguments),
};
COMMAND(backtrace_command);
