/* SPDX-License-Identifier: MIT */
/*
 * /proc/cpuinfo: as Linux prints it on arm64, for each CPU that runs. BogoMIPS is twice the
 * counter's MHz, which is what Linux finds there.
 */
#include <fs/proc.h>
#include <kernel/cpu.h>
#include <kernel/cpu_info.h>
#include <kernel/time.h>

/* Runs on the CPU that it is about. */
static void ask(void *arg)
{
	cpu_info(arg);
}

static void show(struct proc_text *t)
{
	u64 twice = 2UL * time_frequency();
	struct cpu_info cpu;

	for (u64 cpus = cpu_online(); cpus; cpus &= cpus - 1) {
		unsigned int number = (unsigned int)__builtin_ctzl(cpus);

		cpu_call(number, ask, &cpu);
		proc_print(t, "processor\t: %u\nBogoMIPS\t: %lu.%02lu\nFeatures\t: %s\n"
			      "CPU implementer\t: 0x%02x\nCPU architecture: 8\n"
			      "CPU variant\t: 0x%x\nCPU part\t: 0x%03x\nCPU revision\t: %u\n\n",
			   number, twice / 1000000, twice / 10000 % 100, cpu.features,
			   cpu.implementer, cpu.variant, cpu.part, cpu.revision);
	}
}

static const struct proc_entry cpuinfo_proc = { .name = "cpuinfo", .show = show };
PROC_ENTRY(cpuinfo_proc);
