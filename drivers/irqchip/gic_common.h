/* SPDX-License-Identifier: MIT */
/*
 * What GICv2 and GICv3 share: the layout of the registers that hold a few bits an interrupt, and
 * the binding's three cells. For SGIs and PPIs (0 to 31) the base is the distributor of a GICv2,
 * where they are banked, and the redistributor's SGI frame of a GICv3, which has the same layout.
 */
#ifndef DRIVERS_IRQCHIP_GIC_COMMON_H
#define DRIVERS_IRQCHIP_GIC_COMMON_H

#include <device/irqchip.h>
#include <lib/types.h>

#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_TYPER_LINES(v)	((((v) & 0x1f) + 1) * 32)
#define GICD_TYPER_CPUS(v)	(((v) >> 5 & 7) + 1)
#define GICD_IGROUPR		0x080	/* from here a bit a line */
#define GICD_ISENABLER		0x100
#define GICD_ICENABLER		0x180
#define GICD_ISPENDR		0x200
#define GICD_ISACTIVER		0x300
#define GICD_ICACTIVER		0x380
#define GICD_IPRIORITYR		0x400	/* a byte a line */
#define GICD_ICFGR		0xc00	/* two bits a line; the upper one: edge */

#define GIC_FIRST_PPI		16
#define GIC_FIRST_SPI		32
#define GIC_FIRST_SPECIAL	1020	/* 1020 to 1023 mean "none, or none for you" */

/*
 * One priority for all: no interrupt preempts another. The mask lets more urgent ones than 0xf0
 * pass. Both hold in the secure and in the non-secure view, where a priority reads shifted.
 */
#define GIC_PRIORITY		0xa0
#define GIC_PRIORITY_MASK	0xf0
#define GIC_PRIORITY_FIQ	0x20	/* what reaches a CPU that is in an interrupt */

/* How many lines the distributor at @dist has, SGIs and PPIs included. */
unsigned int gic_line_count(void *dist);

/*
 * Lines @first to @end-1, both multiples of 32: disabled, inactive, one priority, and all in the
 * group that @group says.
 */
void gic_init_lines(void *base, unsigned int first, unsigned int end, u32 group);

/* Writes 1 to the bit of line @hw in the registers at @regs; says what it is there. */
void gic_set_bit(void *regs, unsigned int hw);
bool gic_bit(void *regs, unsigned int hw);

/* 0, or -EINVAL when the line cannot be triggered so. The line is disabled. */
int gic_set_trigger(void *base, unsigned int hw, enum irq_trigger trigger);

/* irqchip_ops.translate */
int gic_translate(struct irqchip *chip, const u32 *cell, unsigned int cells, unsigned int *hw,
		  enum irq_trigger *trigger);

#endif
