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
	proc_print(t, "processor\t: 0\nBogoMIPS\t: %lu.%02lu\nFeatures\t: %s\n"
		      "CPU implementer\t: 0x%02x\nCPU architecture: 8\nCPU variant\t: 0x%x\n"
		      "CPU part\t: 0x%03x\nCPU revision\t: %u\n\n",
		   twice / 1000000, twice / 10000 % 100, cpu.features, cpu.implementer, cpu.variant,
		   cpu.part, cpu.revision);
}

static const struct proc_entry cpuinfo_proc = { .name = "cpuinfo", .show = show };
PROC_ENTRY(cpuinfo_proc);
