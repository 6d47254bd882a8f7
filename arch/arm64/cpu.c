/* SPDX-License-Identifier: MIT */
/* Who this CPU is, by its identification registers. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <lib/format.h>
#include <lib/string.h>

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

u64 arch_cpu_id(void)
{
	return sysreg_read(midr_el1);
}

/* A field of an identification register that is at least so much where the CPU has it. */
struct feature {
	char name[9];
	u8 reg;		/* number in the array below */
	u8 shift;
	u8 least;
	u8 bit;		/* of AT_HWCAP: Linux's asm/hwcap.h */
};

/* ARM DDI 0487, D19.2: ID_AA64PFR0_EL1 (one more than it says, as 15 is none), ISAR0, ISAR1. */
static const struct feature features[] = {
	{ "fp", 0, 16, 1, 0 }, { "asimd", 0, 20, 1, 1 }, { "aes", 1, 4, 1, 3 },
	{ "pmull", 1, 4, 2, 4 }, { "sha1", 1, 8, 1, 5 }, { "sha2", 1, 12, 1, 6 },
	{ "crc32", 1, 16, 1, 7 }, { "atomics", 1, 20, 2, 8 }, { "fphp", 0, 16, 2, 9 },
	{ "asimdhp", 0, 20, 2, 10 }, { "asimdrdm", 1, 28, 1, 12 }, { "jscvt", 2, 12, 1, 13 },
	{ "fcma", 2, 16, 1, 14 }, { "lrcpc", 2, 20, 1, 15 }, { "dcpop", 2, 0, 1, 16 },
	{ "sha3", 1, 32, 1, 17 }, { "asimddp", 1, 44, 1, 20 }, { "sha512", 1, 12, 2, 21 },
};

static bool has(const struct feature *f)
{
	const u64 regs[] = {
		sysreg_read(id_aa64pfr0_el1), sysreg_read(id_aa64isar0_el1),
		sysreg_read(id_aa64isar1_el1),
	};
	u8 value = (u8)(regs[f->reg] >> f->shift) + !f->reg;

	return (value & 0xf) >= f->least;
}

void arch_cpu_features(char *buf, size_t size)
{
	*buf = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(features); i++) {
		if (!has(&features[i]))
			continue;
		if (*buf)
			strlcat(buf, " ", size);
		strlcat(buf, features[i].name, size);
	}
}

#ifdef CONFIG_PROCESS
u64 arch_cpu_hwcap(void)
{
	u64 bits = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(features); i++)
		if (has(&features[i]))
			bits |= BIT(features[i].bit);
	return bits;
}
#endif

size_t arch_cpu_name(char *buf, size_t size)
{
	u64 midr = arch_cpu_id();
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
