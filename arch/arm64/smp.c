/* SPDX-License-Identifier: MIT */
/*
 * Other CPUs (see <arch/smp.h>). One is started at a time: cpu_start says which, and what it is to
 * use. A CPU that arrives compares its MPIDR with that and claims it by compare and swap, so that
 * one that comes when nobody waits for it any more, or comes twice, or wakes up because two nodes
 * share a release address, finds that it is not meant and sleeps for good.
 *
 * It arrives with its caches off: what it reads before its MMU is on must have been cleaned to
 * memory. That is the code, by the boot protocol, and boot_info, here.
 */
#include "smp.h"

#include <arch/atomic.h>
#include <arch/cache.h>
#include <arch/cpu.h>
#include <arch/firmware.h>
#include <arch/mmu.h>
#include <arch/sections.h>
#include <arch/upcall.h>
#include <asm/boot.h>
#include <asm/mmu.h>
#include <asm/sysreg.h>
#include <lib/endian.h>
#include <lib/log.h>
#include <lib/string.h>
#include <uapi/errno.h>

struct cpu_start cpu_start;

/*
 * --- PSCI: Arm DEN 0022, 5.6 ---------------------------------------------------------------------
 */

#define PSCI_CPU_ON		0xc4000003	/* of version 0.2 and later; 64-bit arguments */
#define PSCI_ALREADY_ON		(-4)

/* Version 0.1 has the numbers of its functions in the tree. */
static int cpu_on_number(const struct dt_node *psci, u32 *number)
{
	*number = PSCI_CPU_ON;
	if (arch_psci_fixed(psci))
		return 0;
	return dt_u32(psci, "cpu_on", 0, number);
}

static const struct dt_node *find_psci(void)
{
	static const char *const names[] = { "arm,psci-1.0", "arm,psci-0.2", "arm,psci" };
	const struct dt_node *psci = NULL;

	for (unsigned int i = 0; i < ARRAY_SIZE(names) && !psci; i++)
		psci = dt_find_compatible(NULL, names[i]);
	return psci;
}

static int start_by_psci(const struct dt_node *node, u64 affinity)
{
	const struct dt_node *psci = find_psci();
	arch_firmware_call *call;
	u32 number;
	s32 status;

	if (!psci || cpu_on_number(psci, &number)) {
		log_err("%s: enable-method psci, and the tree has no psci node to call by",
			node->name);
		return -EINVAL;
	}
	call = arch_psci_conduit(psci);
	if (!call) {
		log_err("%s: left out: firmware cannot be called", node->name);
		return -EINVAL;
	}
	status = (s32)call(number, affinity, arch_image_to_phys((void *)secondary_entry), 0);
	if (!status)
		return 0;
	log_err("%s: left out: firmware does not start it: PSCI error %d%s", node->name, status,
		status == PSCI_ALREADY_ON ? ", it is on already" : "");
	return -EIO;
}

/*
 * --- Spin table: Devicetree Specification 0.4, 3.8.1 ---------------------------------------------
 */

/* Where the linear map has @pa, or NULL. */
static u64 *linear_word(paddr_t pa)
{
	vaddr_t va = pa - arch_linear_base + ARCH_LINEAR_START;
	unsigned int flags;
	size_t block;
	paddr_t mapped;

	if (pa - arch_linear_base >= ARCH_LINEAR_SIZE ||
	    !arch_kernel_lookup(va, &mapped, &flags, &block))
		return NULL;
	return (u64 *)va;
}

static bool in_image(paddr_t pa)
{
	return pa - arch_image_phys() < (u64)(section_image_end - section_text_start);
}

/*
 * Writes @entry to @pa, which is read with caches off: 0, or -EINVAL, with a log line, where
 * nothing should be written: a CPU that waits there has its page reserved for it (Linux's
 * booting.rst says so), else it is anybody's. What is reserved with `no-map` is mapped for that
 * moment, as device memory: nothing is fetched of what others own there, nor written back beside
 * the word.
 */
static int write_release_word(const struct dt_node *node, paddr_t pa, u64 entry)
{
	u64 *linear = linear_word(pa), *word = linear;
	const char *why = NULL;

	if (pa % sizeof(u64))
		why = "is no multiple of 8";
	else if (in_image(pa))
		why = "is in the kernel's image";
	else if (linear && !dt_reserves(ALIGN_DOWN(pa, PAGE_SIZE), PAGE_SIZE))
		why = "is in memory that the tree does not reserve";
	else if (!linear && !(word = secondary_map(pa)))
		why = "is not in the kernel's memory";
	if (why) {
		log_err("%s: cpu-release-addr %#lx %s", node->name, pa, why);
		return -EINVAL;
	}
	/* no line that somebody left there shall come over it later */
	if (!linear)
		arch_cache_clean_invalidate(word, sizeof(*word));
	atomic_store_relaxed(word, entry);
	arch_cache_clean(word, sizeof(*word));
	if (!linear)
		secondary_unmap(word);
	return 0;
}

static int start_by_spin_table(const struct dt_node *node)
{
	const void *value;
	paddr_t address;
	u32 len;
	int err;

	value = dt_prop(node, "cpu-release-addr", &len);
	if (!value || (len != 4 && len != 8)) {
		log_err("%s: enable-method spin-table without a cpu-release-addr", node->name);
		return -EINVAL;
	}
	if (arch_boot_el() == 3) {
		/* a GICv2, for one, would keep all interrupts from it */
		log_err("%s: left out: what EL3 sets up it did for the boot CPU alone", node->name);
		return -EINVAL;
	}
	address = len == 8 ? load_be64(value) : load_be32(value);
	err = write_release_word(node, address, arch_image_to_phys((void *)secondary_entry));
	if (!err)
		__asm__ volatile("sev" ::: "memory");
	return err;
}

/*
 * --- Both ----------------------------------------------------------------------------------------
 */

int arch_cpu_start(const struct dt_node *node, u64 affinity, const struct arch_secondary *with)
{
	const char *method = dt_string(node, "enable-method", 0);
	int err = -EINVAL;

	if (!method) {
		log_err("%s: no enable-method: nobody knows how to start it", node->name);
		return -EINVAL;
	}
	cpu_start.affinity = affinity;
	cpu_start.with = *with;
	atomic_store_release(&cpu_start.state, START_REQUESTED);
	arch_cache_clean(&boot_info, sizeof(boot_info));
	if (strcmp(method, "psci") == 0)
		err = start_by_psci(node, affinity);
	else if (strcmp(method, "spin-table") == 0)
		err = start_by_spin_table(node);
	else
		log_err("%s: enable-method %s is not known", node->name, method);
	if (err)
		atomic_store_relaxed(&cpu_start.state, START_NOBODY);
	return err;
}

bool arch_cpu_give_up(void)
{
	u64 requested = START_REQUESTED;

	return atomic_cas_acq_rel(&cpu_start.state, &requested, START_NOBODY);
}

void arch_secondary_begin(void)
{
	arch_identity_end();
	arch_event_stream_on();
}
