/* SPDX-License-Identifier: MIT */
/*
 * What only EL3 can do, where the image is entered there, without firmware below it: hand all
 * interrupts to the non-secure side (group 1), let lower levels use the GICv3 system registers,
 * and give the counter its frequency. head.S then writes SCR_EL3 and leaves for good; nothing
 * stays resident, so there is no PSCI.
 *
 * Sources: ARM IHI 0069 (GICv3) 12.9 and 12.11, ARM IHI 0048 (GICv2) 4.3.
 */
#include "boot.h"

#include <arch/io.h>
#include <asm/sysreg.h>

#define GICD_CTLR		0x000
#define GICD_CTLR_GROUPS	7		/* GICv3: EnableGrp0, EnableGrp1NS, EnableGrp1S */
#define GICD_CTLR_ARE		(3 << 4)	/* ARE_S, ARE_NS */
#define GICD_CTLR_RWP		(1U << 31)
#define GICD_TYPER		0x004
#define GICD_IGROUPR		0x080
#define GICC_CTLR		0x000
#define GICC_CTLR_GROUPS	3
#define GICC_PMR		0x004
#define GICR_TYPER		0x008
#define GICR_TYPER_LAST		BIT(4)
#define GICR_TYPER_VLPIS	BIT(1)
#define GICR_WAKER		0x014
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_CHILDREN	BIT(2)
#define GICR_SGI_BASE		0x10000
#define GICR_FRAMES		0x20000		/* of one redistributor; twice that with VLPIs */

#define TRIES			1000000

/*
 * Bits 32n to 32n+31 of the group registers, n from @first to the last line that the
 * distributor has.
 */
static void group1(paddr_t dist, unsigned int first)
{
	unsigned int n = (read32((void *)(dist + GICD_TYPER)) & 0x1f) + 1;

	for (unsigned int i = first; i < n; i++)
		write32((void *)(dist + GICD_IGROUPR + 4 * i), ~0U);
}

static void gicv3(const struct early_node *node, paddr_t dist)
{
	u64 size, at = 0;
	paddr_t redist = early_reg(node, 1, &size);
	u64 typer = 0;

	write32((void *)(dist + GICD_CTLR), GICD_CTLR_ARE);
	group1(dist, 1);
	write32((void *)(dist + GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_GROUPS);
	for (int i = 0; i < TRIES && (read32((void *)(dist + GICD_CTLR)) & GICD_CTLR_RWP); i++)
		;
	while (redist && at + GICR_FRAMES <= size && !(typer & GICR_TYPER_LAST)) {
		paddr_t frame = redist + at;
		u32 waker = read32((void *)(frame + GICR_WAKER));

		typer = read64((void *)(frame + GICR_TYPER));
		write32((void *)(frame + GICR_WAKER), waker & ~(u32)GICR_WAKER_SLEEP);
		for (int i = 0;
		     i < TRIES && (read32((void *)(frame + GICR_WAKER)) & GICR_WAKER_CHILDREN); i++)
			;
		write32((void *)(frame + GICR_SGI_BASE + GICD_IGROUPR), ~0U);
		at += typer & GICR_TYPER_VLPIS ? 2 * GICR_FRAMES : GICR_FRAMES;
	}
	/* the names' encodings: see asm/sysreg.h */
	sysreg_write(ICC_SRE_EL3, sysreg_read(ICC_SRE_EL3) | ICC_SRE_SRE | ICC_SRE_ENABLE);
	isb();	// the next register exists only now
	sysreg_write(ICC_CTLR_EL3, 0);
	isb();	// in force before the level is left
}

void early_el3(const u8 *tree)
{
	struct early_node node;
	paddr_t dist;

	if (early_tree_compatible(tree, "arm,gic-v3", &node)) {
		dist = early_reg(&node, 0, NULL);
		if (dist)
			gicv3(&node, dist);
	} else if (early_tree_compatible(tree, "arm,cortex-a15-gic", &node) ||
		   early_tree_compatible(tree, "arm,gic-400", &node)) {
		paddr_t cpu = early_reg(&node, 1, NULL);

		dist = early_reg(&node, 0, NULL);
		if (dist && cpu) {
			group1(dist, 0);
			write32((void *)(dist + GICD_CTLR), 3);
			/*
			 * the non-secure side can only mask priorities below 0x80 if the secure
			 * side opened those
			 */
			write32((void *)(cpu + GICC_PMR), 0xff);
			write32((void *)(cpu + GICC_CTLR), GICC_CTLR_GROUPS);
		}
	}
	if (!sysreg_read(cntfrq_el0) && (early_tree_compatible(tree, "arm,armv8-timer", &node)))
		sysreg_write(cntfrq_el0, early_prop_u32(&node, "clock-frequency", 0));
}
