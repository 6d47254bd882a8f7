/* SPDX-License-Identifier: MIT */
/*
 * trace: starts and stops the trace, and prints what it holds, for scripts/trace. The dump is
 * lines:
 *
 *   trace begin 1 HZ LOST                     version, Hz of the times, how many were lost
 *   trace irq NUMBER NAME
 *   trace thread ID NAME                      those that there are now
 *   cpu NUMBER                                of each CPU:
 *   HEAD VALUE                                a struct trace_event in hexadecimal, the oldest first
 *   trace end EVENTS
 */
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include <shell/command.h>

#define VERSION	1
#define MS_MAX	3600000

enum { ACTION, MS };
enum { START, STOP, DUMP, CLEAR };

static const struct argument trace_arguments[] = {
	[ACTION] = { .type = ARGUMENT_CHOICE, .optional = true,
		     .choices = (const char *const[]){ "start", "stop", "dump", "clear", NULL },
		     .help = "without: what it holds" },
	[MS] = { .name = "MS", .type = ARGUMENT_NUMBER, .min = 1, .max = MS_MAX, .optional = true,
		 .help = "how long, with start; else until stop or dump" },
};

/* Of all CPUs together. */
static struct trace_stats totals(void)
{
	struct trace_stats all = { 0 }, one;

	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1) {
		trace_stats_get((unsigned int)__builtin_ctzl(cpus), &one);
		all.on = one.on;
		all.recorded += one.recorded;
		all.lost += one.lost;
		all.room += one.room;
	}
	return all;
}

static int status(void)
{
	struct trace_stats s = totals();

	print("trace: %s, %lu events, %lu of them lost, room for %lu\n", s.on ? "on" : "off",
	      s.recorded, s.lost, s.room);
	return STATUS_OK;
}

static void dump_names(void)
{
	struct irq_stats irq;
	struct thread_info t;

	for (unsigned int i = 0; i < irq_count(); i++)
		if (irq_stats_get(i, &irq))
			print("trace irq %u %s\n", i, irq.name ? irq.name : irq.chip);
	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1)
		print("trace thread %u %s\n", t.id, t.name);
}

/* Returns how many there are. */
static u64 dump_events(unsigned int cpu)
{
	struct trace_event event;
	struct trace_stats s;
	u64 index;

	trace_stats_get(cpu, &s);
	print("cpu %u\n", cpu);
	for (index = s.lost; trace_read(cpu, index, &event); index++)
		print("%lx %lx\n", event.head, event.value);
	return index - s.lost;
}

/* Stops the trace: the dump's own events would push out those that are wanted. */
static int dump(void)
{
	u64 events = 0;

	trace_stop();
	print("trace begin %d %u %lu\n", VERSION, time_frequency(), totals().lost);
	dump_names();
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1)
		events += dump_events((unsigned int)__builtin_ctzl(cpus));
	print("trace end %lu\n", events);
	return STATUS_OK;
}

static int start(u64 ms)
{
	trace_start();
	if (ms) {
		thread_sleep(ms * NS_PER_MS);
		trace_stop();
	}
	return STATUS_OK;
}

static int trace(const struct arguments *a)
{
	s64 action = a->value[ACTION].number;

	if (!a->given)
		return status();
	if (action == START)
		return start((u64)a->value[MS].number);
	if (a->given & 1U << MS)
		return STATUS_USAGE;
	if (action == DUMP)
		return dump();
	trace_stop();
	if (action == CLEAR)
		trace_clear();
	return STATUS_OK;
}

static const struct command trace_command = {
	.name = "trace", .usage = "[start [MS] | stop | dump | clear]",
	.help = "record what threads and interrupts do, and print it",
	.parsed = trace, ARGUMENTS(trace_arguments),
};
COMMAND(trace_command);
