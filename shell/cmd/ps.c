/* SPDX-License-Identifier: MIT */
/*
 * ps: the threads: their state, how much of their stacks they use, what they had of the CPU, and
 * with several CPUs on which one they run or ran last.
 */
#include <kernel/thread.h>
#include <kernel/time.h>
#include <shell/command.h>

#ifdef CONFIG_THREADS
static void show_sched(const struct thread_info *t)
{
	print(" %8lu %8lu %8lu %6lu", t->run / NS_PER_MS,
	      t->idle ? 0 : t->waited / NS_PER_MS, t->switches, t->preemptions);
	if (IS_ENABLED(CONFIG_SMP))
		print(" %3u", t->cpu);
	print("  %s%s", t->policy, t->killed ? ", killed" : "");
}
#define SCHED_HEAD	"   cpu ms  wait ms switches forced%s  policy"
#else
static void show_sched(const struct thread_info *t __unused)
{
}
#define SCHED_HEAD	"%s"
#endif

static int ps_run(int argc __unused, char **argv __unused)
{
	struct thread_info t;

	print("  id name            state     stack    now   most    %%" SCHED_HEAD "\n",
	      IS_ENABLED(CONFIG_SMP) ? " CPU" : "");
	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1) {
		print("%4u %-15s %-8s %6zu ", t.id, t.name,
		      t.running ? "running" : thread_state_name(t.state), t.stack_size);
		if (t.stack_now)
			print("%6zu", t.stack_now);
		else
			print("%6s", "-");
		print(" %6zu %3zu%%", t.stack_max, t.stack_max * 100 / t.stack_size);
		show_sched(&t);
		print("\n");
	}
	return STATUS_OK;
}

static const struct command ps_command = {
	.name = "ps", .usage = "", .help = "threads: state, stack in bytes, use of the CPU",
	.run = ps_run, .min_args = 0, .max_args = 0,
};
COMMAND(ps_command);
