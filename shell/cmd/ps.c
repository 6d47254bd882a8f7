/* SPDX-License-Identifier: MIT */
/* ps: the threads, and how much of their stacks they use and have used. */
#include <kernel/thread.h>
#include <shell/command.h>

static int ps_run(int argc, char **argv)
{
	struct thread_info t;

	(void)argc;
	(void)argv;
	print("  id name            state     stack    now   most    %%\n");
	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1) {
		print("%4u %-15s %-8s %6zu ", t.id, t.name, thread_state_name(t.state),
		      t.stack_size);
		if (t.stack_now)
			print("%6zu", t.stack_now);
		else
			print("%6s", "-");
		print(" %6zu %3zu%%\n", t.stack_max, t.stack_max * 100 / t.stack_size);
	}
	return STATUS_OK;
}

static const struct command ps_command = {
	.name = "ps", .usage = "", .help = "threads: state, use of their stacks in bytes",
	.run = ps_run, .min_args = 0, .max_args = 0,
};
COMMAND(ps_command);
