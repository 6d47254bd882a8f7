/* SPDX-License-Identifier: MIT */
/*
 * Arm GICv3 and GICv4: a distributor for the shared lines, a redistributor for each CPU's own 32,
 * and a CPU interface in system registers (<arch/gicv3.h>). The redistributors lie one behind the
 * other in one or more regions of the tree; which is whose stands in GICR_TYPER. Only the two
 * pages of each that are used get mapped, since QEMU's region alone takes 15 MiB. All lines go to
 * group 1: where the security state is ours to choose by writing so, elsewhere firmware has done
 * it. Interrupts go to the CPU that ran the probe, until set_cpu() says otherwise. With one
 * security state group 0 is ours too: one SGI of it reaches CPUs that mask interrupts. Does not do
 * LPIs and the ITS, the extended ranges, nor ppi-partitions. Registers: Arm IHI 0069, chapter 12.
 */
#include <arch/cpu.h>
#include <arch/gicv3.h>
#include <arch/io.h>
#include <arch/sections.h>
#include <device/driver.h>
#include <kernel/cpu.h>
#include <lib/endian.h>
#include <mm/map.h>
#include <uapi/errno.h>

#include "gic_common.h"

#define GICD_CTLR_ENABLE_G0	BIT(0)	/* with one security state */
#define GICD_CTLR_ENABLE_G1A	BIT(1)	/* group 1 of our security state, in either view */
#define GICD_CTLR_ARE		BIT(4)	/* affinity routing, in either view */
#define GICD_CTLR_DS		BIT(6)	/* there is one security state */
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
	bool has_fiq;		/* group 0 is ours: it comes as FIQ */
};

/* A CPU's own part. */
struct redist {
	void *base;
	void *private;		/* SGI_base: lines 0 to 31 */
	u64 sgi;		/* who it is, in the words of ICC_SGI1R_EL1 */
};

static struct redist redist PER_CPU;

static struct gic_v3 *to_gic(struct irqchip *chip)
{
	return container_of(chip, struct gic_v3, chip);
}

/* Where the bits of @hw are. */
static void *line_base(struct gic_v3 *gic, unsigned int hw)
{
	return hw < GIC_FIRST_SPI ? this_cpu(redist)->private : gic->dist;
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

static bool wait_redist(void)
{
	return wait_clear(this_cpu(redist)->base + GICR_CTLR, GICR_CTLR_RWP);
}

/* Masking takes time to reach the CPU interface; the caller relies on it. */
static void gic_mask(struct irqchip *chip, unsigned int hw)
{
	struct gic_v3 *gic = to_gic(chip);

	gic_set_bit(line_base(gic, hw) + GICD_ICENABLER, hw);
	if (hw < GIC_FIRST_SPI)
		wait_redist();
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

/* The affinity fields of an MPIDR, as GICR_TYPER has them. */
static u32 packed(u64 affinity)
{
	return (u32)(affinity >> 8 & 0xff000000) | (u32)(affinity & 0xffffff);
}

/*
 * Maps the redistributor at @base for @r when it is that of @affinity, packed: 1; 0 when it is
 * another's, with *@typer; -ENOMEM.
 */
static int redist_try(struct redist *r, paddr_t base, u32 affinity, u64 *typer)
{
	void *regs = ioremap(base, GICR_USED);

	if (!regs)
		return -ENOMEM;
	*typer = read64(regs + GICR_TYPER);
	if (GICR_TYPER_AFFINITY(*typer) != affinity) {
		iounmap(regs);
		return 0;
	}
	r->private = ioremap(base + GICR_FRAME, GICR_USED);
	if (!r->private) {
		iounmap(regs);
		return -ENOMEM;
	}
	r->base = regs;
	return 1;
}

/* Finds the redistributor of the CPU with @mpidr: 0, -ENODEV when there is none, -ENOMEM. */
static int redist_find(struct gic_v3 *gic, struct redist *r, u64 mpidr)
{
	u32 affinity = packed(mpidr);
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
			int found = redist_try(r, region.base + offset, affinity, &typer);

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
	const struct redist *r = this_cpu(redist);
	u32 waker;

	if (!arch_gicv3_enable_sre()) {
		log_err("%s: firmware keeps the GICv3 system registers from the kernel (ICC_SRE)",
			gic->chip.node->name);
		return -EACCES;
	}
	waker = read32(r->base + GICR_WAKER);
	write32(r->base + GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
	if (!wait_clear(r->base + GICR_WAKER, GICR_WAKER_ASLEEP)) {
		log_err("%s: the redistributor does not wake up", gic->chip.node->name);
		return -ETIMEDOUT;
	}
	gic_init_lines(r->private, 0, GIC_FIRST_SPI,
		       gic->has_fiq ? ~(u32)BIT(IPI_FIQ) : UINT32_MAX);
	wait_redist();
	arch_gicv3_cpu_init(GIC_PRIORITY_MASK);
	return 0;
}

#ifdef CONFIG_SMP
/* Lets this CPU's FIQ in, also while an interrupt is served. */
static void gic_fiq_init(void)
{
	void *private = this_cpu(redist)->private;

	write8(private + GICD_IPRIORITYR + IPI_FIQ, GIC_PRIORITY_FIQ);
	gic_set_bit(private + GICD_ISENABLER, IPI_FIQ);
	arch_gicv3_fiq_init();
}

static int gic_prepare_cpu(struct irqchip *chip, unsigned int cpu, u64 affinity)
{
	struct redist *r = per_cpu(redist, cpu);
	u64 aff0 = affinity & 0xff;

	r->sgi = (affinity >> 32 & 0xff) << 48 | (affinity >> 16 & 0xff) << 32 | aff0 / 16 << 44 |
		 (affinity >> 8 & 0xff) << 16 | BIT(aff0 % 16);
	return r->base ? 0 : redist_find(to_gic(chip), r, affinity);
}

static void gic_forget_cpu(struct irqchip *chip __unused, unsigned int cpu)
{
	struct redist *r = per_cpu(redist, cpu);

	iounmap(r->private);
	iounmap(r->base);
}

static int gic_begin_cpu(struct irqchip *chip)
{
	struct gic_v3 *gic = to_gic(chip);
	int err = gic_cpu_init(gic);

	if (!err && gic->has_fiq)
		gic_fiq_init();
	return err;
}

static void gic_send_ipi(struct irqchip *chip __unused, unsigned int hw, unsigned int cpu)
{
	arch_gicv3_send_sgi(per_cpu(redist, cpu)->sgi | (u64)hw << 24);
}

static bool gic_send_fiq(struct irqchip *chip, unsigned int cpu)
{
	if (to_gic(chip)->has_fiq)
		arch_gicv3_send_fiq(per_cpu(redist, cpu)->sgi | (u64)IPI_FIQ << 24);
	return to_gic(chip)->has_fiq;
}

static bool gic_take_fiq(struct irqchip *chip)
{
	return to_gic(chip)->has_fiq && arch_gicv3_take_fiq() == IPI_FIQ;
}

static int gic_set_cpu(struct irqchip *chip, unsigned int hw, unsigned int cpu)
{
	write64(to_gic(chip)->dist + GICD_IROUTER + 8UL * hw, cpu_affinity(cpu));
	return 0;
}
#endif

static const struct irqchip_ops gic_ops = {
	.mask = gic_mask,
	.unmask = gic_unmask,
	.set_trigger = gic_trigger,
	.translate = gic_translate,
	.acknowledge = gic_acknowledge,
	.end = gic_end,
	.is_active = gic_is_active,
	.raise = gic_raise,
#ifdef CONFIG_SMP
	.prepare_cpu = gic_prepare_cpu,
	.forget_cpu = gic_forget_cpu,
	.begin_cpu = gic_begin_cpu,
	.send_ipi = gic_send_ipi,
	.send_fiq = gic_send_fiq,
	.take_fiq = gic_take_fiq,
	.set_cpu = gic_set_cpu,
#endif
};

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
	/* with one security state only, group 0 is nobody else's */
	gic->has_fiq = IS_ENABLED(CONFIG_SMP) && read32(gic->dist + GICD_CTLR) & GICD_CTLR_DS;
	/* routes are there to be written once ARE is on */
	write32(gic->dist + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_G1A |
					       (gic->has_fiq ? GICD_CTLR_ENABLE_G0 : 0));
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
	err = redist_find(gic, this_cpu(redist), arch_cpu_affinity());
	if (err)
		return err;
	err = gic_cpu_init(gic);
	if (err)
		return err;
#ifdef CONFIG_SMP
	if (gic->has_fiq)
		gic_fiq_init();
#endif
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
