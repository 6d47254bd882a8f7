/* SPDX-License-Identifier: MIT */
/*
 * Arm GICv3 and GICv4: a distributor for the shared lines, a redistributor for each CPU's own 32,
 * and a CPU interface in system registers (<arch/gicv3.h>). The redistributors lie one behind the
 * other in one or more regions of the tree; which is whose stands in GICR_TYPER. Only the two
 * pages of each that are used get mapped, since QEMU's region alone takes 15 MiB. All lines go to
 * group 1: where the security state is ours to choose by writing so, elsewhere firmware has done
 * it. Interrupts go to the CPU that ran the probe. Does not do LPIs and the ITS, the extended
 * ranges, nor ppi-partitions. Registers: Arm IHI 0069, chapter 12.
 */
#include <arch/cpu.h>
#include <arch/gicv3.h>
#include <arch/io.h>
#include <device/driver.h>
#include <lib/endian.h>
#include <mm/map.h>
#include <uapi/errno.h>

#include "gic_common.h"

#define GICD_CTLR_ENABLE_G1A	BIT(1)	/* group 1 of our security state, in either view */
#define GICD_CTLR_ARE		BIT(4)	/* affinity routing, in either view */
#define GICD_CTLR_RWP		BIT(31)
#define GICD_IROUTER		0x6000	/* 64 bits a line, from 32 on */

#define GICR_CTLR		0x00
#define GICR_CTLR_RWP		BIT(3)
#define GICR_TYPER		0x08
#define GICR_TYPER_VLPIS	BIT(1)	/* two more frames */
#define GICR_TYPER_LAST		BIT(4)
#define GICR_TYPER_AFFINITY(v)	((v) >> 32)
#define GICR_WAKER		0x14
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_ASLEEP	BIT(2)

#define GICR_FRAME		0x10000UL	/* RD_base, then SGI_base */
#define GICR_SIZE		(2 * GICR_FRAME)
#define GICR_SIZE_VLPIS		(4 * GICR_FRAME)
#define GICR_USED		0x1000UL	/* of either frame: all that this driver touches */

/*
 * A register that has not changed after so many reads will not: milliseconds where microseconds
 * are due.
 */
#define WAIT_READS		1000000

struct gic_v3 {
	struct irqchip chip;
	void *dist;
	/* of the CPU that ran the probe: */
	void *redist;
	void *private;		/* SGI_base: lines 0 to 31 */
};

static struct gic_v3 *to_gic(struct irqchip *chip)
{
	return container_of(chip, struct gic_v3, chip);
}

/* Where the bits of @hw are. */
static void *line_base(struct gic_v3 *gic, unsigned int hw)
{
	return hw < GIC_FIRST_SPI ? gic->private : gic->dist;
}

/* True when the bits @mask of the register went away. */
static bool wait_clear(void *reg, u32 mask)
{
	for (unsigned int i = 0; i < WAIT_READS; i++) {
		if (!(read32(reg) & mask))
			return true;
		arch_relax();
	}
	return false;
}

static bool wait_dist(struct gic_v3 *gic)
{
	return wait_clear(gic->dist + GICD_CTLR, GICD_CTLR_RWP);
}

static bool wait_redist(struct gic_v3 *gic)
{
	return wait_clear(gic->redist + GICR_CTLR, GICR_CTLR_RWP);
}

/* Masking takes time to reach the CPU interface; the caller relies on it. */
static void gic_mask(struct irqchip *chip, unsigned int hw)
{
	struct gic_v3 *gic = to_gic(chip);

	gic_set_bit(line_base(gic, hw) + GICD_ICENABLER, hw);
	if (hw < GIC_FIRST_SPI)
		wait_redist(gic);
	else
		wait_dist(gic);
}

static void gic_unmask(struct irqchip *chip, unsigned int hw)
{
	gic_set_bit(line_base(to_gic(chip), hw) + GICD_ISENABLER, hw);
}

static int gic_trigger(struct irqchip *chip, unsigned int hw, enum irq_trigger trigger)
{
	return gic_set_trigger(line_base(to_gic(chip), hw), hw, trigger);
}

static unsigned int gic_acknowledge(struct irqchip *chip __unused)
{
	return arch_gicv3_acknowledge();
}

static void gic_end(struct irqchip *chip __unused, unsigned long hw)
{
	arch_gicv3_end(hw);
}

static bool gic_is_active(struct irqchip *chip, unsigned int hw)
{
	return gic_bit(line_base(to_gic(chip), hw) + GICD_ISACTIVER, hw);
}

static void gic_raise(struct irqchip *chip, unsigned int hw)
{
	gic_set_bit(line_base(to_gic(chip), hw) + GICD_ISPENDR, hw);
}

static const struct irqchip_ops gic_ops = {
	.mask = gic_mask,
	.unmask = gic_unmask,
	.set_trigger = gic_trigger,
	.translate = gic_translate,
	.acknowledge = gic_acknowledge,
	.end = gic_end,
	.is_active = gic_is_active,
	.raise = gic_raise,
};

/* Bytes from one redistributor to the next, when the tree says so; else 0. */
static u64 tree_stride(const struct dt_node *node)
{
	u32 len;
	const void *value = dt_prop(node, "redistributor-stride", &len);
	u64 stride = 0;

	if (value && len == 8)
		stride = load_be64(value);
	else if (value && len == 4)
		stride = load_be32(value);
	if (!value || (stride >= GICR_SIZE && IS_ALIGNED(stride, GICR_FRAME)))
		return stride;
	log_warn("%s: redistributor-stride is not a multiple of 64 KiB, at least 128: ignored",
		 node->name);
	return 0;
}

/*
 * Maps the redistributor at @base when it is that of @affinity: 1; 0 when it is another's, with
 * *@typer; -ENOMEM.
 */
static int redist_try(struct gic_v3 *gic, paddr_t base, u32 affinity, u64 *typer)
{
	void *redist = ioremap(base, GICR_USED);

	if (!redist)
		return -ENOMEM;
	*typer = read64(redist + GICR_TYPER);
	if (GICR_TYPER_AFFINITY(*typer) != affinity) {
		iounmap(redist);
		return 0;
	}
	gic->private = ioremap(base + GICR_FRAME, GICR_USED);
	if (!gic->private) {
		iounmap(redist);
		return -ENOMEM;
	}
	gic->redist = redist;
	return 1;
}

/* Finds this CPU's redistributor: 0, -ENODEV when there is none, -ENOMEM. */
static int redist_find(struct gic_v3 *gic)
{
	u64 mpidr = arch_cpu_affinity();
	u32 affinity = (u32)(mpidr >> 8 & 0xff000000) | (u32)(mpidr & 0xffffff);
	u64 stride = tree_stride(gic->chip.node);
	u32 regions;

	if (dt_u32(gic->chip.node, "#redistributor-regions", 0, &regions))
		regions = 1;
	for (u32 i = 0; i < regions; i++) {
		struct dt_range region;
		u64 offset = 0, typer = 0;

		if (dt_reg(gic->chip.node, 1 + i, &region))
			break;
		while (!(typer & GICR_TYPER_LAST) && offset + GICR_SIZE <= region.size) {
			int found = redist_try(gic, region.base + offset, affinity, &typer);

			if (found)
				return found < 0 ? found : 0;
			if (stride)
				offset += stride;
			else
				offset += typer & GICR_TYPER_VLPIS ? GICR_SIZE_VLPIS : GICR_SIZE;
		}
	}
	log_err("%s: no redistributor for the CPU with affinity %#x in the tree's regions",
		gic->chip.node->name, affinity);
	return -ENODEV;
}

/*
 * The part of each CPU: its redistributor and its interface. On that CPU, interrupts off. 0 or a
 * negative errno.
 */
static int gic_cpu_init(struct gic_v3 *gic)
{
	u32 waker;
	int err;

	if (!arch_gicv3_enable_sre()) {
		log_err("%s: firmware keeps the GICv3 system registers from the kernel (ICC_SRE)",
			gic->chip.node->name);
		return -EACCES;
	}
	err = redist_find(gic);
	if (err)
		return err;

	waker = read32(gic->redist + GICR_WAKER);
	write32(gic->redist + GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
	if (!wait_clear(gic->redist + GICR_WAKER, GICR_WAKER_ASLEEP)) {
		log_err("%s: the redistributor does not wake up", gic->chip.node->name);
		return -ETIMEDOUT;
	}
	gic_init_lines(gic->private, 0, GIC_FIRST_SPI, UINT32_MAX);
	wait_redist(gic);
	arch_gicv3_cpu_init(GIC_PRIORITY_MASK);
	return 0;
}

static int gic_dist_init(struct gic_v3 *gic)
{
	void *routes = gic->dist + GICD_IROUTER;
	unsigned int lines = gic->chip.lines;
	u64 affinity = arch_cpu_affinity();

	write32(gic->dist + GICD_CTLR, 0);
	if (!wait_dist(gic)) {
		log_err("%s: the distributor does not answer (GICD_CTLR.RWP)",
			gic->chip.node->name);
		return -ETIMEDOUT;
	}
	gic_init_lines(gic->dist, GIC_FIRST_SPI, lines, UINT32_MAX);
	/* routes are there to be written once ARE is on */
	write32(gic->dist + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_G1A);
	wait_dist(gic);
	for (unsigned int hw = GIC_FIRST_SPI; hw < lines; hw++)
		write64(routes + 8UL * hw, affinity);
	return 0;
}

static int gic_probe(struct device *dev)
{
	struct gic_v3 *gic = dev->priv;
	size_t size;
	int err;

	gic->dist = device_map(dev, 0, &size);
	if (!gic->dist)
		return -ENXIO;
	gic->chip.ops = &gic_ops;
	gic->chip.node = dev->node;
	gic->chip.percpu = GIC_FIRST_SPI;
	gic->chip.lines = gic_line_count(gic->dist);
	if (size < GICD_IROUTER + 8UL * gic->chip.lines) {
		dev_err(dev, "%#zx bytes are too few for a distributor of %u lines", size,
			gic->chip.lines);
		return -EINVAL;
	}
	err = gic_dist_init(gic);
	if (err)
		return err;
	err = gic_cpu_init(gic);
	if (err)
		return err;
	return irqchip_register(&gic->chip);
}

static const char *const gic_ids[] = { "arm,gic-v3", NULL };

static const struct driver gic_v3_driver = {
	.name = "gic_v3",
	.phase = PHASE_IRQCHIP,
	.compatible = gic_ids,
	.probe = gic_probe,
	.priv_size = sizeof(struct gic_v3),
};
DRIVER(gic_v3_driver);
