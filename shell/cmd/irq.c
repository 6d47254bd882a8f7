/* SPDX-License-Identifier: MIT */
/* irq: interrupts by number, with their counts. */
#include <device/console.h>
#include <kernel/irq.h>
#include <shell/command.h>

static const char *const triggers[] = {
	[IRQ_TRIGGER_LEVEL_HIGH] = "level",
	[IRQ_TRIGGER_EDGE_RISING] = "edge",
	[IRQ_TRIGGER_LEVEL_LOW] = "level-low",
	[IRQ_TRIGGER_EDGE_FALLING] = "edge-falling",
};

static int irq_run(int argc, char **argv)
{
	struct irq_stats s;

	(void)argc;
	(void)argv;
	print("%5s %10s %9s %-12s %-20s %s\n", "irq", "count", "unhandled", "trigger", "device",
	      "controller");
	for (unsigned int irq = 0; irq < irq_count(); irq++)
		if (irq_stats_get(irq, &s))
			print("%5u %10lu %9lu %-12s %-20s %s:%u\n", irq, s.count, s.unhandled,
			      triggers[s.trigger], s.name ? s.name : "-", s.chip, s.hw);
	print("spurious: %lu, bytes that the console lost: %lu\n", irq_spurious(),
	      console_overruns());
	return STATUS_OK;
}

static const struct command irq_command = {
	.name = "irq", .usage = "", .help = "interrupts and how often they came",
	.run = irq_run, .min_args = 0, .max_args = 0,
};
COMMAND(irq_command);
