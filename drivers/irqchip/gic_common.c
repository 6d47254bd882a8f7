/* SPDX-License-Identifier: MIT */
/*
 * What GICv2 and GICv3 share; gic_common.h has the contracts. Registers are written as 32-bit
 * words, since boot counts instructions and a controller may have 1,020 lines. Registers: Arm IHI
 * 0048, 4.3 and Arm IHI 0069, 12.9; cells: the bindings "arm,gic-400" and "arm,gic-v3".
 */
#include <arch/io.h>
#include <kernel/spinlock.h>
#include <lib/log.h>
#include <uapi/errno.h>

#include "gic_common.h"

/* The first two cells of an interrupt, and the low bits of the third. */
#define CELL_SPI		0
#define CELL_PPI		1
#define CELL_ESPI		2
#define CELL_EPPI		3
#define CELL_TRIGGER_MASK	0xf
#define CELL_EDGE_RISING	1
#define CELL_EDGE_FALLING	2
#define CELL_LEVEL_HIGH		4
#define CELL_LEVEL_LOW		8

#define GIC_PPIS		(GIC_FIRST_SPI - GIC_FIRST_PPI)

unsigned int gic_line_count(void *dist)
{
	return MIN(GICD_TYPER_LINES(read32(dist + GICD_TYPER)), (u32)GIC_FIRST_SPECIAL);
}

void gic_init_lines(void *base, unsigned int first, unsigned int end, u32 group)
{
	for (unsigned int hw = first; hw < end; hw += 32) {
		void *bits = base + hw / 8;

		write32(bits + GICD_ICENABLER, UINT32_MAX);
		write32(bits + GICD_ICACTIVER, UINT32_MAX);
		write32(bits + GICD_IGROUPR, group);
	}
	for (unsigned int hw = first; hw < end; hw += 4)
		write32(base + GICD_IPRIORITYR + hw, GIC_PRIORITY * 0x01010101U);
}

void gic_set_bit(void *regs, unsigned int hw)
{
	write32(regs + hw / 32 * 4, BIT(hw % 32));
}

bool gic_bit(void *regs, unsigned int hw)
{
	return read32(regs + hw / 32 * 4) & BIT(hw % 32);
}

/* 16 lines share a register, each with a lock of its own. */
static struct spinlock trigger_lock;

int gic_set_trigger(void *base, unsigned int hw, enum irq_trigger trigger)
{
	void *reg = base + GICD_ICFGR + hw / 16 * 4;
	u32 edge = BIT(hw % 16 * 2 + 1);
	bool is_edge = trigger == IRQ_TRIGGER_EDGE_RISING || trigger == IRQ_TRIGGER_EDGE_FALLING;
	unsigned long state;
	u32 old, new, now;

	if (hw < GIC_FIRST_PPI)
		return is_edge ? 0 : -EINVAL;
	/*
	 * The polarity of a PPI is a matter of wiring inside the chip; an SPI has only these two.
	 */
	if (hw >= GIC_FIRST_SPI && trigger != IRQ_TRIGGER_LEVEL_HIGH &&
	    trigger != IRQ_TRIGGER_EDGE_RISING)
		return -EINVAL;
	state = spin_lock_irqsave(&trigger_lock);
	old = read32(reg);
	new = is_edge ? old | edge : old & ~edge;
	if (new != old)
		write32(reg, new);
	now = read32(reg);
	spin_unlock_irqrestore(&trigger_lock, state);
	/*
	 * That of a PPI may be fixed as well; the tree then describes it wrongly, which does no
	 * harm.
	 */
	return now == new || hw < GIC_FIRST_SPI ? 0 : -EINVAL;
}

/* The line that the first two cells name: 0 or -EINVAL, with a log line. */
static int cells_to_line(struct irqchip *chip, const u32 *cell, unsigned int *hw)
{
	unsigned int spis = chip->lines - GIC_FIRST_SPI;

	if (cell[0] == CELL_SPI && cell[1] < spis) {
		*hw = GIC_FIRST_SPI + cell[1];
		return 0;
	}
	if (cell[0] == CELL_PPI && cell[1] < GIC_PPIS) {
		*hw = GIC_FIRST_PPI + cell[1];
		return 0;
	}
	if (cell[0] == CELL_ESPI || cell[0] == CELL_EPPI)
		log_err("%s: interrupt <%u %u>: the extended ranges are not supported",
			chip->node->name, cell[0], cell[1]);
	else
		log_err("%s: there is no interrupt <%u %u>: it has %u SPIs and %u PPIs",
			chip->node->name, cell[0], cell[1], spis, GIC_PPIS);
	return -EINVAL;
}

int gic_translate(struct irqchip *chip, const u32 *cell, unsigned int cells, unsigned int *hw,
		  enum irq_trigger *trigger)
{
	const char *name = chip->node->name;

	if (cells < 3 || cells > 4) {
		log_err("%s: an interrupt of %u cells, 3 or 4 are needed", name, cells);
		return -EINVAL;
	}
	if (cells == 4 && cell[3]) {
		log_err("%s: interrupt <%u %u>: ppi-partitions are not supported", name, cell[0],
			cell[1]);
		return -EINVAL;
	}
	switch (cell[2] & CELL_TRIGGER_MASK) {
	case CELL_EDGE_RISING:
		*trigger = IRQ_TRIGGER_EDGE_RISING;
		break;
	case CELL_EDGE_FALLING:
		*trigger = IRQ_TRIGGER_EDGE_FALLING;
		break;
	case CELL_LEVEL_LOW:
		*trigger = IRQ_TRIGGER_LEVEL_LOW;
		break;
	case CELL_LEVEL_HIGH:
	case 0:			/* old trees leave it out */
		*trigger = IRQ_TRIGGER_LEVEL_HIGH;
		break;
	default:
		log_err("%s: interrupt <%u %u>: trigger %#x is not one of 1, 2, 4, 8", name,
			cell[0], cell[1], cell[2] & CELL_TRIGGER_MASK);
		return -EINVAL;
	}
	return cells_to_line(chip, cell, hw);
}
