/* SPDX-License-Identifier: MIT */
/* timers: what is due, and when. */
#include <kernel/cpu.h>
#include <kernel/symbols.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <shell/command.h>

#define SHOWN	32

/* From now on, so that it can be read; a deadline that has come just now is due in 0. */
static u64 us_until(u64 deadline, u64 now)
{
	return deadline > now ? (deadline - now) / NS_PER_US : 0;
}

static void show(unsigned int cpu)
{
	struct timer_info info[SHOWN];
	unsigned int n = timer_list(cpu, info, SHOWN);
	u64 now = time_now();

	for (unsigned int i = 0; i < n; i++) {
		size_t offset, size;
		vaddr_t function = (vaddr_t)info[i].function;
		const char *name = symbol_lookup(function, &offset, &size);

		if (info[i].deadline + info[i].slack >= TIME_NEVER - NS_PER_SEC)
			print("%14s", "never");
		else
			print("%14lu", us_until(info[i].deadline, now));
		print(" %12lu %12lu %s %p", info[i].period / NS_PER_US, info[i].slack / NS_PER_US,
		      name ? name : "-", info[i].arg);
		if (cpu_count(cpu_online()) > 1)
			print(", CPU %u", cpu);
		print("\n");
	}
	if (n == SHOWN)
		print("and perhaps more\n");
}

static int timers_run(int argc __unused, char **argv __unused)
{
	print("%14s %12s %12s %s\n", "due in, us", "period", "slack", "function");
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1)
		show((unsigned int)__builtin_ctzl(cpus));
	return STATUS_OK;
}

static const struct command timers_command = {
	.name = "timers", .usage = "", .help = "timers that are pending",
	.run = timers_run, .min_args = 0, .max_args = 0,
};
COMMAND(timers_command);
