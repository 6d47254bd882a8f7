/* SPDX-License-Identifier: MIT */
/*
 * /proc/interrupts: as Linux prints it on arm64: the number, how often it came on each CPU, the
 * controller and its own number, the trigger, who serves it.
 */
#include <fs/proc.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>

static void show_line(struct proc_text *t, unsigned int irq, const struct irq_stats *s)
{
	bool level = s->trigger == IRQ_TRIGGER_LEVEL_HIGH || s->trigger == IRQ_TRIGGER_LEVEL_LOW;
	const char *gap = "  ", *name = s->name;
	unsigned int others = 0;
	u64 count;

	proc_print(t, "%3u:", irq);
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1)
		proc_print(t, " %10lu", irq_taken(irq, (unsigned int)__builtin_ctzl(cpus)));
	proc_print(t, " %8s %3u %-8s", s->chip, s->hw, level ? "Level" : "Edge");
	while (name || (name = irq_shared_name(irq, others++, &count))) {
		proc_print(t, "%s%s", gap, name);
		gap = ", ";
		name = NULL;
	}
	proc_print(t, "\n");
}

static void show(struct proc_text *t)
{
	struct irq_stats s;

	proc_print(t, "    ");
	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1)
		proc_print(t, "    CPU%-4d", __builtin_ctzl(cpus));
	proc_print(t, "\n");
	for (unsigned int irq = 0; irq < irq_count(); irq++)
		if (irq_stats_get(irq, &s))
			show_line(t, irq, &s);
	proc_print(t, "Err: %10lu\n", irq_spurious());
}

static const struct proc_entry interrupts_proc = { .name = "interrupts", .show = show };
PROC_ENTRY(interrupts_proc);
