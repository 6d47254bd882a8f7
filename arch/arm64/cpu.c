/* SPDX-License-Identifier: MIT */
/* Who this CPU is, by its identification registers. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <lib/format.h>

struct core {
	u16 part;
	char name[6];
};

/*
 * Arm's own cores by MIDR_EL1's part number, from each core's technical reference manual. N and
 * V are Neoverse.
 */
static const struct core cores[] = {
	{ 0xd03, "A53" }, { 0xd04, "A35" }, { 0xd05, "A55" },  { 0xd07, "A57" },  { 0xd08, "A72" },
	{ 0xd09, "A73" }, { 0xd0a, "A75" }, { 0xd0b, "A76" },  { 0xd0c, "N1" },	  { 0xd0d, "A77" },
	{ 0xd40, "V1" },  { 0xd41, "A78" }, { 0xd46, "A510" }, { 0xd47, "A710" }, { 0xd49, "N2" },
};

size_t arch_cpu_name(char *buf, size_t size)
{
	u64 midr = sysreg_read(midr_el1);
	unsigned int implementer = (midr >> 24) & 0xff, part = (midr >> 4) & 0xfff;
	unsigned int variant = (midr >> 20) & 0xf, revision = midr & 0xf;

	for (size_t i = 0; i < ARRAY_SIZE(cores) && implementer == 'A'; i++)
		if (cores[i].part == part)
			return snprintf(buf, size, "%s-%s r%up%u",
					cores[i].name[0] == 'A' ? "Cortex" : "Neoverse",
					cores[i].name, variant, revision);
	return snprintf(buf, size, "implementer %#x part %#x r%up%u", implementer, part, variant,
			revision);
}

u64 arch_cpu_affinity(void)
{
	return sysreg_read(mpidr_el1) & 0xff00ffffffUL;
}

void arch_halt(void)
{
	arch_irq_disable();
	for (;;)
		arch_wait_for_interrupt();
}
