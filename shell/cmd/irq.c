/* SPDX-License-Identifier: MIT */
/* irq: interrupts by number, with their counts, and who serves them. */
#include <device/console.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <lib/format.h>
#include <shell/command.h>

static const char *const triggers[] = {
	[IRQ_TRIGGER_LEVEL_HIGH] = "level",
	[IRQ_TRIGGER_EDGE_RISING] = "edge",
	[IRQ_TRIGGER_LEVEL_LOW] = "level-low",
	[IRQ_TRIGGER_EDGE_FALLING] = "edge-falling",
};

static void show_line(unsigned int irq, const struct irq_stats *s)
{
	print("%5u %10lu %9lu ", irq, s->count, s->unhandled);
	if (IS_ENABLED(CONFIG_IRQ_TIMING))
		print("%11lu ", s->longest);
	print("%-12s %-20s %s:%u%s%s", triggers[s->trigger], s->name ? s->name : "-", s->chip,
	      s->hw, s->percpu ? ", each CPU" : "", s->masked ? ", masked" : "");
	if (!s->percpu && cpu_count(cpu_online()) > 1)
		print(", CPU %u", s->cpu);
	print("\n");
}

#ifdef CONFIG_SMP
#define USAGE	"[IRQ CPU]"

/* Sends the interrupts of line @argv[1] to CPU @argv[2]. */
static int send_to(char **argv)
{
	u64 irq, cpu;

	if (parse_u64(argv[1], 0, &irq) || parse_u64(argv[2], 0, &cpu))
		return STATUS_USAGE;
	if (irq > UINT32_MAX || cpu > UINT32_MAX ||
	    irq_set_cpu((unsigned int)irq, (unsigned int)cpu)) {
		print("irq: not a line that goes to one CPU, or not a CPU that runs\n");
		return STATUS_FAIL;
	}
	return STATUS_OK;
}
#else
#define USAGE	""

static int send_to(char **argv __unused)
{
	return STATUS_USAGE;
}
#endif

#ifdef CONFIG_THREADS
static void show_threads(unsigned int irq)
{
	struct irq_thread_info t;

	for (unsigned int i = 0; irq_thread_info(irq, i, &t); i++)
		print("%16lu %9lu thread %u, %s\n", t.runs, t.unhandled, t.thread, t.name);
}
#else
static void show_threads(unsigned int irq __unused)
{
}
#endif

/* Those who share the line. */
static void show_handlers(unsigned int irq)
{
	const char *name;
	u64 count;

	for (unsigned int i = 0; (name = irq_shared_name(irq, i, &count)); i++)
		print("%16lu shared by %s\n", count, name);
}

static int irq_run(int argc, char **argv)
{
	struct irq_stats s;

	if (argc == 3)
		return send_to(argv);
	if (argc == 2)
		return STATUS_USAGE;

	print("%5s %10s %9s ", "irq", "count", "unhandled");
	if (IS_ENABLED(CONFIG_IRQ_TIMING))
		print("%11s ", "longest, ns");
	print("%-12s %-20s %s\n", "trigger", "device", "controller");
	for (unsigned int irq = 0; irq < irq_count(); irq++) {
		if (!irq_stats_get(irq, &s))
			continue;
		show_line(irq, &s);
		show_handlers(irq);
		show_threads(irq);
	}
	print("spurious: %lu, bytes that the console lost: %lu\n", irq_spurious(),
	      console_overruns());
	return STATUS_OK;
}

static const struct command irq_command = {
	.name = "irq", .usage = USAGE,
	.help = "interrupts and how often they came, or where one goes",
	.run = irq_run, .min_args = 0, .max_args = 2,
};
COMMAND(irq_command);
