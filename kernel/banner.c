/* SPDX-License-Identifier: MIT */
/*
 * The last lines of boot: version, board, CPU, memory, what was chosen, and the devices in use
 * by their paths in the tree.
 */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <device/console.h>
#include <device/driver.h>
#include <generated/version.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/sched_policy.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/log.h>
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "banner.h"

#define PATH_MAX	96

static const char *path_of(const struct dt_node *node, char *buf)
{
	if (!node)
		return "none";
	dt_path(node, buf, PATH_MAX);
	return buf;
}

void banner_print(const char *files)
{
	unsigned int used = cpu_count(cpu_online()), cpus = cpu_present();
	const char *model = dt_string(dt_root(), "model", 0);
	char cpu[48], uart[PATH_MAX], chip[PATH_MAX], timer[PATH_MAX];
	u64 memory = boot_mem_total();

	arch_cpu_name(cpu, sizeof(cpu));
	log_notice("Cairn " CAIRN_VERSION " on %s", model ? model : "a board without a model");
	log_notice("%u of %u CPU%s used (%s), entered at EL%u; %lu MiB of memory, %lu KiB used",
		   used, cpus, cpus > 1 ? "s" : "", cpu, arch_boot_el(),
		   memory >> 20, (memory - page_bytes_free()) >> 10);
	log_notice("scheduler %s, allocator %s, page granule %lu KiB, %u-bit addresses%s",
		   sched_policy_name, heap_policy_name, PAGE_SIZE / 1024, VA_BITS, files);
	log_notice("console %s, interrupts %s, timer %s at %u kHz",
		   path_of(console_device()->node, uart), path_of(irq_root_node(), chip),
		   path_of(time_source(), timer), time_frequency() / 1000);
}
