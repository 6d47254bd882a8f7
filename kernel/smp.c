/* SPDX-License-Identifier: MIT */
/*
 * The CPUs (see <kernel/cpu.h>): found in the tree, given their memory, started one by one. What a
 * CPU needs is prepared by the boot CPU: its copy of the per-CPU objects, its idle thread, its part
 * of the interrupt controller. The CPU itself only turns on what no other one can reach. One that
 * does not come is named and left out, and its memory is given back, unless it may still come.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <arch/upcall.h>
#include <kernel/cmdline.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <lib/endian.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/map.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "ipi.h"
#include "smp.h"

#define PATIENCE	NS_PER_SEC	/* firmware starts a CPU in microseconds */

u64 cpu_online_mask = 1;
size_t cpu_offset[NR_CPUS];
unsigned int cpu_number PER_CPU;

static struct {
	u64 affinity[NR_CPUS];
	unsigned int count;		/* CPUs that have a number */
	bool boot_named;		/* the tree has named the boot CPU */
} cpus;

u64 cpu_affinity(unsigned int cpu)
{
	return cpus.affinity[cpu];
}

/* The affinity that the cpu node @node names in its `reg`: 0 or -EINVAL, with a log line. */
static int node_affinity(const struct dt_node *node, u64 *affinity)
{
	u32 len;
	const void *reg = dt_prop(node, "reg", &len);

	if (!reg || len != 4U * node->parent->address_cells || (len != 4 && len != 8)) {
		log_err("%s: its reg does not say which CPU it is: left out", node->name);
		return -EINVAL;
	}
	*affinity = len == 8 ? load_be64(reg) : load_be32(reg);
	return 0;
}

static bool is_known(u64 affinity)
{
	for (unsigned int cpu = 0; cpu < cpus.count; cpu++)
		if (cpus.affinity[cpu] == affinity)
			return true;
	return false;
}

/* How many CPUs the command line allows. */
static unsigned int allowed(void)
{
	u64 max = NR_CPUS;

	if (cmdline_has("nosmp"))
		return 1;
	/* as for Linux 0 is what nosmp says */
	if (!cmdline_u64("maxcpus", &max) && !max)
		return 1;
	return (unsigned int)MIN(max, (u64)NR_CPUS);
}

/*
 * --- What a CPU is given -------------------------------------------------------------------------
 */

static size_t percpu_pages(void)
{
	size_t size = (size_t)(section_percpu_end - section_percpu_start);

	return (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* Its per-CPU objects, all zeroes, and its number: 0 or -ENOMEM. */
static int give_objects(unsigned int cpu)
{
	struct page *page = page_alloc_run(percpu_pages(), PAGE_USE_KERNEL | PAGE_ZERO);

	if (!page)
		return -ENOMEM;
	cpu_offset[cpu] = (size_t)((char *)page_to_virt(page) - section_percpu_start);
	*per_cpu(cpu_number, cpu) = cpu;
	return 0;
}

static void take_objects(unsigned int cpu)
{
	void *objects = section_percpu_start + cpu_offset[cpu];

	page_free_run(virt_to_page(objects), percpu_pages());
}

void *secondary_map(paddr_t pa)
{
	const struct boot_mem_range *bank;

	for (unsigned int i = 0; (bank = boot_mem_bank(i)); i++)
		if (pa >= bank->base && pa - bank->base < bank->size)
			return ioremap(pa, sizeof(u64));
	return NULL;
}

void secondary_unmap(void *word)
{
	iounmap(word);
}

/* True when CPU @cpu, which is on its way, has come. */
static bool has_come(unsigned int cpu)
{
	u64 end = time_now() + PATIENCE;

	do {
		if (cpu_online() & BIT(cpu))
			return true;
		arch_relax();
	} while (time_now() < end);
	return false;
}

/*
 * Starts CPU @cpu, of @node: 0, or a negative errno with a log line; -EBUSY when it has begun and
 * does not get on, so that what it was given, its number too, is its own for good.
 */
static int start(unsigned int cpu, const struct dt_node *node)
{
	struct arch_secondary with;
	int err;

	err = give_objects(cpu);
	if (err)
		goto no_memory;
	err = sched_prepare_cpu(cpu, &with.thread, &with.stack_top);
	if (err)
		goto no_thread;
	err = irq_prepare_cpu(cpu, cpus.affinity[cpu]);
	if (err) {
		log_err("%s: left out: it could have no interrupts", node->name);
		goto no_interrupts;
	}
	with.percpu_offset = cpu_offset[cpu];
	err = arch_cpu_start(node, cpus.affinity[cpu], &with);
	if (err)
		goto not_started;
	if (has_come(cpu))
		return 0;
	if (!arch_cpu_give_up()) {
		/* just now, or it is slow */
		if (has_come(cpu))
			return 0;
		log_err("%s: the CPU has started, and does not get to its end: left out",
			node->name);
		return -EBUSY;
	}
	log_err("%s: the CPU does not come up: left out", node->name);
	err = -ETIMEDOUT;
not_started:
	irq_forget_cpu(cpu);
no_interrupts:
	sched_forget_cpu(cpu);
no_thread:
	take_objects(cpu);
no_memory:
	if (err == -ENOMEM)
		log_err("%s: no memory for the CPU: left out", node->name);
	return err;
}

/* Considers the cpu node @node: false when it is left off for no other reason than @max. */
static bool consider(const struct dt_node *node, unsigned int max)
{
	u64 affinity;
	int err;

	if (node_affinity(node, &affinity))
		return true;
	if (affinity == cpus.affinity[0] && !cpus.boot_named) {
		cpus.boot_named = true;
		return true;
	}
	if (is_known(affinity)) {
		log_err("%s: another CPU has the MPIDR %#lx already: left out", node->name,
			affinity);
		return true;
	}
	if (cpus.count >= max)
		return false;
	cpus.affinity[cpus.count] = affinity;
	err = start(cpus.count, node);
	if (!err || err == -EBUSY)
		cpus.count++;
	return true;
}

void cpus_start(void)
{
	const struct dt_node *node = NULL;
	unsigned int max = allowed();
	bool all = true;

	cpus.affinity[0] = arch_cpu_affinity();
	cpus.count = 1;
	if (max == 1 || cpu_present() < 2)
		return;
	if (ipi_init(cpus.affinity[0]))
		return;
	while ((node = cpu_next(node)))
		all &= consider(node, max);
	if (!all)
		log_notice("%u CPUs of the tree's %u are used, as %s says", cpus.count,
			   cpu_present(), max < NR_CPUS ? "the command line" : "CONFIG_NR_CPUS");
}

void secondary_main(void)
{
	unsigned int cpu = *this_cpu(cpu_number);

	page_cpu_init();
	arch_timer_stop();
	/* who has no interrupts is left out by the one that waits for it */
	if (irq_begin_cpu())
		arch_halt();
	sched_begin_cpu();
	watchdog_start();
	arch_fiq_enable();
	/* from here on others count on it */
	__atomic_fetch_or(&cpu_online_mask, BIT(cpu), __ATOMIC_ACQ_REL);
	sched_idle();
}
