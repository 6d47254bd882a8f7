/* SPDX-License-Identifier: MIT */
/* Who this CPU is, by its identification registers. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <lib/format.h>

struct core {
	u16 part;
	u8 implementer;
	char name[21];
};

/* MIDR_EL1's implementer and part number, from each core's technical reference manual. */
static const struct core cores[] = {
	{ 0xd03, 'A', "Cortex-A53" }, { 0xd04, 'A', "Cortex-A35" }, { 0xd05, 'A', "Cortex-A55" },
	{ 0xd07, 'A', "Cortex-A57" }, { 0xd08, 'A', "Cortex-A72" }, { 0xd09, 'A', "Cortex-A73" },
	{ 0xd0a, 'A', "Cortex-A75" }, { 0xd0b, 'A', "Cortex-A76" }, { 0xd0c, 'A', "Neoverse-N1" },
	{ 0xd0d, 'A', "Cortex-A77" }, { 0xd40, 'A', "Neoverse-V1" }, { 0xd41, 'A', "Cortex-A78" },
	{ 0xd46, 'A', "Cortex-A510" }, { 0xd47, 'A', "Cortex-A710" }, { 0xd49, 'A', "Neoverse-N2" },
	{ 0x051, 0x00, "QEMU max" },
};

size_t arch_cpu_name(char *buf, size_t size)
{
	u64 midr = sysreg_read(midr_el1);
	unsigned int implementer = (midr >> 24) & 0xff, part = (midr >> 4) & 0xfff;
	unsigned int variant = (midr >> 20) & 0xf, revision = midr & 0xf;

	for (size_t i = 0; i < ARRAY_SIZE(cores); i++)
		if (cores[i].part == part && cores[i].implementer == implementer)
			return snprintf(buf, size, "%s r%up%u", cores[i].name, variant, revision);
	return snprintf(buf, size, "implementer %#x part %#x r%up%u", implementer, part, variant, revision);
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
