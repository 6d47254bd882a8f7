/* SPDX-License-Identifier: MIT */
/*
 * sched: the policy, what the CPU did so far, and each thread's parameters. Those that are
 * ready are shown with how many of the others the policy would let go first; the order among
 * its equals is the policy's own and not shown.
 */
#include <kernel/cpu.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <shell/command.h>

/*
 * How many threads wait, on any CPU, that are more urgent than @t. With thread_lock held: the list
 * stands still.
 */
static int count_before(struct thread *t, void *arg __unused)
{
	int before = 0;

	list_for_each (other, &thread_list, struct thread, all)
		before += other->state == THREAD_READY && other != other->rq->idle &&
			  other != other->rq->current && sched_policy_before(other, t);
	return before;
}

static void show(const struct thread_info *t)
{
	const struct sched_params *p = &t->params;

	print("%4u %-15s ", t->id, t->name);
	print("%-8s ", t->running ? "running" : thread_state_name(t->state));
	if (t->state == THREAD_READY && !t->running && !t->idle)
		print("%6d", thread_with_id(t->id, count_before, NULL));
	else
		print("%6s", "-");
	if (t->idle) {
		print("  when no other one is ready\n");
		return;
	}
	print(" %8d %4d", p->priority, p->nice);
	if (p->slice)
		print(" %5lu ms", p->slice / NS_PER_MS);
	else
		print(" %8s", "-");
	if (p->period)
		print(" %lu/%lu/%lu us", p->runtime / NS_PER_US, p->deadline / NS_PER_US,
		      p->period / NS_PER_US);
	else
		print(" -");
	print("  %s", t->policy);
	if (cpu_count(cpu_online()) > 1)
		print(", CPU %u", t->cpu);
	print("\n");
}

static int sched_run(int argc __unused, char **argv __unused)
{
	u64 now = time_now(), idle = 0, switches = 0, forced = 0;
	u64 all_time = now * cpu_count(cpu_online());
	unsigned int ready = 0, all = 0;
	struct thread_info t;

	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1) {
		all++;
		ready += t.state == THREAD_READY && !t.idle && !t.running;
		switches += t.switches;
		forced += t.preemptions;
		if (t.idle)
			idle += t.run;
	}
	print("policy: %s\n", sched_policy_name);
	print("threads: %u, %u of them ready and waiting; idle %lu.%lu %% of %lu ms\n", all, ready,
	      idle * 100 / all_time, idle * 1000 / all_time % 10, now / NS_PER_MS);
	print("switches of these threads: %lu by themselves, %lu forced\n", switches, forced);
	print("  id name            state     ahead priority nice    slice deadlines\n");
	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1)
		show(&t);
	return STATUS_OK;
}

static const struct command sched_command = {
	.name = "sched", .usage = "", .help = "the scheduler: policy, queue, parameters of threads",
	.run = sched_run, .min_args = 0, .max_args = 0,
};
COMMAND(sched_command);
