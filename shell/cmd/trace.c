/* SPDX-License-Identifier: MIT */
/*
 * trace: starts and stops the trace, and prints what it holds, for scripts/trace. The dump is
 * lines:
 *
 *   trace begin 1 HZ LOST                     version, Hz of the times, how many were lost
 *   trace irq NUMBER NAME
 *   trace thread ID NAME                      those that there are now
 *   cpu NUMBER
 *   HEAD VALUE                                a struct trace_event in hexadecimal, the oldest first
 *   trace end EVENTS
 */
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

static int status(void)
{
	struct trace_stats s;

	trace_stats_get(&s);
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

/* Stops the trace: the dump's own events would push out those that are wanted. */
static int dump(void)
{
	struct trace_event event;
	struct trace_stats s;
	u64 index;

	trace_stop();
	trace_stats_get(&s);
	print("trace begin %d %u %lu\n", VERSION, time_frequency(), s.lost);
	dump_names();
	print("cpu 0\n");
	for (index = s.lost; trace_read(index, &event); index++)
		print("%lx %lx\n", event.head, event.value);
	print("trace end %lu\n", index - s.lost);
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
