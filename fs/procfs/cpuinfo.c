/* SPDX-License-Identifier: MIT */
/*
 * /proc/cpuinfo: as Linux prints it on arm64, for the one CPU that runs. BogoMIPS is twice the
 * counter's MHz, which is what Linux finds there.
 */
#include <fs/proc.h>
#include <kernel/cpu_info.h>
#include <kernel/time.h>

static void show(struct proc_text *t)
{
	u64 twice = 2UL * time_frequency();
	struct cpu_info cpu;

	cpu_info(&cpu);
	proc_print(t, "processor\t: 0\n");
	proc_print(t, "BogoMIPS\t: %lu.%02lu\n", twice / 1000000, twice / 10000 % 100);
	proc_print(t, "Features\t: %s\n", cpu.features);
	proc_print(t, "CPU implementer\t: 0x%02x\n", cpu.implementer);
	proc_print(t, "CPU architecture: 8\n");
	proc_print(t, "CPU variant\t: 0x%x\n", cpu.variant);
	proc_print(t, "CPU part\t: 0x%03x\n", cpu.part);
	proc_print(t, "CPU revision\t: %u\n\n", cpu.revision);
}

static const struct proc_entry cpuinfo_proc = { .name = "cpuinfo", .show = show };
PROC_ENTRY(cpuinfo_proc);
