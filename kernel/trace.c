/* SPDX-License-Identifier: MIT */
/*
 * The trace's rings (see <kernel/trace.h>). A ring is its own CPU's alone, and interrupts are
 * masked while an event is written: so there is no lock and no retry, and an event costs some
 * 20 instructions. Rings are read when nothing is recorded.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <kernel/cpu.h>
#include <kernel/trace.h>
#include <lib/assert.h>
#include <lib/string.h>

#define ROOM	(1UL << CONFIG_TRACE_SHIFT)

static struct ring {
	u64 next;	/* counts on and on */
	struct trace_event event[ROOM];
} ring PER_CPU;

static_assert(sizeof(struct trace_event) == 16, "as scripts/tracing.py and the Kconfig help say");

bool trace_on;

void trace_start(void)
{
	trace_on = true;
}

void trace_stop(void)
{
	trace_on = false;
}

void trace_clear(void)
{
	assert(!trace_on);
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1)
		per_cpu(ring, (unsigned int)__builtin_ctzl(cpus))->next = 0;
}

void trace_stats_get(unsigned int cpu, struct trace_stats *stats)
{
	u64 next = atomic_load_relaxed(&per_cpu(ring, cpu)->next);

	*stats = (struct trace_stats){
		.on = trace_on,
		.recorded = next,
		.lost = next > ROOM ? next - ROOM : 0,
		.room = ROOM,
	};
}

bool trace_read(unsigned int cpu, u64 index, struct trace_event *event)
{
	const struct ring *r = per_cpu(ring, cpu);
	bool there = index < r->next && r->next - index <= ROOM;

	if (there)
		*event = r->event[index % ROOM];
	return there;
}

static void put(u64 head, u64 value)
{
	struct ring *r = this_cpu(ring);
	struct trace_event *e = &r->event[r->next++ % ROOM];

	e->head = head;
	e->value = value;
}

void trace_record(enum trace_kind kind, u64 value)
{
	put(arch_counter_early() << 8 | kind, value);
}

void trace_name(unsigned int id, const char *name)
{
	u64 half[2];

	if (!trace_on)
		return;
	memcpy(half, name, sizeof(half));
	put((u64)id << 8 | TRACE_NAME, half[0]);
	put((u64)id << 8 | TRACE_NAME_REST, half[1]);
}
