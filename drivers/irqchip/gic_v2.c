/* SPDX-License-Identifier: MIT */
/*
 * Arm GICv2 (GIC-400 and its older kin, GICv1 included): a distributor for all CPUs, and a CPU
 * interface whose registers, like the distributor's first 32 lines, each CPU sees as its own.
 * Whether the kernel sees the controller from the non-secure side or from the only one there is
 * makes no difference to what is written: all lines go to group 0 where groups are ours to
 * choose, and the writes are ignored where they are not, since firmware then has put our lines
 * into group 1; bit 0 of both CTLRs switches on just that group, and without FIQEn it comes as an
 * IRQ. Interrupts go to the CPU that ran the probe, until set_cpu() says otherwise. Does not do the
 * GICv2m frame, virtualisation, the banks by `cpu-offset`, or controllers cascaded below another.
 * Registers: Arm IHI 0048.
 */
#include <arch/io.h>
#include <device/driver.h>
#include <kernel/cpu.h>
#include <lib/log.h>
#include <uapi/errno.h>

#include "gic_common.h"

#define GICD_CTLR_ENABLE	BIT(0)
#define GICD_ITARGETSR		0x800	/* a byte a line: the CPU interfaces that may take it */

#define GICD_SGIR		0xf00
#define GICD_SGIR_TARGETS(v)	((u32)(v) << 16)

#define GICC_CTLR		0x00
#define GICC_CTLR_ENABLE	BIT(0)
#define GICC_CTLR_BYPASS_MASK	0x1e0	/* lines past an interface that is off: firmware's choice */
#define GICC_PMR		0x04
#define GICC_BPR		0x08
#define GICC_IAR		0x0c
#define GICC_IAR_INTID(v)	((v) & 0x3ff)
#define GICC_EOIR		0x10
#define GICC_END		0x14	/* bytes of the interface that are used here */

struct gic_v2 {
	struct irqchip chip;
	void *dist;
	void *cpu;
};

static struct gic_v2 *to_gic(struct irqchip *chip)
{
	return container_of(chip, struct gic_v2, chip);
}

static void gic_mask(struct irqchip *chip, unsigned int hw)
{
	void *regs = to_gic(chip)->dist + GICD_ICENABLER;

	gic_set_bit(regs, hw);
	gic_bit(regs, hw);	/* the write has arrived when the read is answered */
}

static void gic_unmask(struct irqchip *chip, unsigned int hw)
{
	gic_set_bit(to_gic(chip)->dist + GICD_ISENABLER, hw);
}

static int gic_trigger(struct irqchip *chip, unsigned int hw, enum irq_trigger trigger)
{
	return gic_set_trigger(to_gic(chip)->dist, hw, trigger);
}

/*
 * The EOI of an SGI has to name the sender, which the number that end() gets back does not hold.
 * So an SGI, which is an edge, ends here; interrupts stay off until its handler is done.
 */
static unsigned int gic_acknowledge(struct irqchip *chip)
{
	void *cpu = to_gic(chip)->cpu;
	u32 iar = read32(cpu + GICC_IAR);
	u32 intid = GICC_IAR_INTID(iar);

	if (intid < GIC_FIRST_PPI)
		write32(cpu + GICC_EOIR, iar);
	return intid;
}

static void gic_end(struct irqchip *chip, unsigned long hw)
{
	if (hw >= GIC_FIRST_PPI)
		write32(to_gic(chip)->cpu + GICC_EOIR, (u32)hw);
}

static bool gic_is_active(struct irqchip *chip, unsigned int hw)
{
	return gic_bit(to_gic(chip)->dist + GICD_ISACTIVER, hw);
}

static void gic_raise(struct irqchip *chip, unsigned int hw)
{
	gic_set_bit(to_gic(chip)->dist + GICD_ISPENDR, hw);
}

/* The part of each CPU: its own 32 lines and its interface. On that CPU, interrupts off. */
static void gic_cpu_init(struct gic_v2 *gic)
{
	u32 bypass = read32(gic->cpu + GICC_CTLR) & GICC_CTLR_BYPASS_MASK;

	gic_init_lines(gic->dist, 0, GIC_FIRST_SPI, 0);
	write32(gic->cpu + GICC_PMR, GIC_PRIORITY_MASK);
	write32(gic->cpu + GICC_BPR, 0);
	write32(gic->cpu + GICC_CTLR, bypass | GICC_CTLR_ENABLE);
}

/*
 * The bit of this CPU's interface, four times: banked ITARGETSR0 to 7 hold nothing else. 0 with
 * one CPU only.
 */
static u32 gic_this_cpu(struct gic_v2 *gic)
{
	for (unsigned int hw = 0; hw < GIC_FIRST_SPI; hw += 4) {
		u32 targets = read32(gic->dist + GICD_ITARGETSR + hw);

		if (targets)
			return targets;
	}
	return 0;
}

#ifdef CONFIG_SMP
/* The CPU interface that a CPU has is known once it runs; there are eight at most. */
static u8 interface PER_CPU;

static int gic_prepare_cpu(struct irqchip *chip, unsigned int cpu, u64 affinity)
{
	unsigned int cpus = GICD_TYPER_CPUS(read32(to_gic(chip)->dist + GICD_TYPER));

	if (cpu == 0)
		interface = (u8)gic_this_cpu(to_gic(chip));
	if (cpu < cpus && (cpu || interface))
		return 0;
	log_err("%s: no CPU interface for the CPU with affinity %#lx: it has %u", chip->node->name,
		affinity, cpus);
	return -ENODEV;
}

static int gic_begin_cpu(struct irqchip *chip)
{
	*this_cpu(interface) = (u8)gic_this_cpu(to_gic(chip));
	gic_cpu_init(to_gic(chip));
	return 0;
}

static void gic_send_ipi(struct irqchip *chip, unsigned int hw, unsigned int cpu)
{
	io_write_barrier();	/* what the receiver is to see is written first */
	write32(to_gic(chip)->dist + GICD_SGIR, GICD_SGIR_TARGETS(*per_cpu(interface, cpu)) | hw);
}

/* Whether group 0 is ours, and comes as FIQ, cannot be told from here. */
static bool gic_send_fiq(struct irqchip *chip __unused, unsigned int cpu __unused)
{
	return false;
}

static bool gic_take_fiq(struct irqchip *chip __unused)
{
	return false;
}

static int gic_set_cpu(struct irqchip *chip, unsigned int hw, unsigned int cpu)
{
	write8(to_gic(chip)->dist + GICD_ITARGETSR + hw, *per_cpu(interface, cpu));
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
	.begin_cpu = gic_begin_cpu,
	.send_ipi = gic_send_ipi,
	.send_fiq = gic_send_fiq,
	.take_fiq = gic_take_fiq,
	.set_cpu = gic_set_cpu,
#endif
};

static void gic_dist_init(struct gic_v2 *gic)
{
	void *targets = gic->dist + GICD_ITARGETSR;
	unsigned int lines = gic->chip.lines;
	u32 self = gic_this_cpu(gic);

	write32(gic->dist + GICD_CTLR, 0);
	gic_init_lines(gic->dist, GIC_FIRST_SPI, lines, 0);
	for (unsigned int hw = GIC_FIRST_SPI; self && hw < lines; hw += 4)
		write32(targets + hw, self);
	write32(gic->dist + GICD_CTLR, GICD_CTLR_ENABLE);
}

static int gic_probe(struct device *dev)
{
	struct gic_v2 *gic = dev->priv;
	size_t size;

	gic->dist = device_map(dev, 0, NULL);
	gic->cpu = device_map(dev, 1, &size);
	if (!gic->dist || !gic->cpu)
		return -ENXIO;
	if (size < GICC_END) {
		dev_err(dev, "the second `reg` entry, %zu bytes, is too small for a CPU interface",
			size);
		return -EINVAL;
	}
	gic->chip.ops = &gic_ops;
	gic->chip.node = dev->node;
	gic->chip.percpu = GIC_FIRST_SPI;
	gic->chip.lines = gic_line_count(gic->dist);
	gic_dist_init(gic);
	gic_cpu_init(gic);
	return irqchip_register(&gic->chip);
}

static const char *const gic_ids[] = {
	"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a9-gic", "arm,cortex-a7-gic",
	"arm,cortex-a5-gic", "arm,pl390", NULL
};

static const struct driver gic_v2_driver = {
	.name = "gic_v2",
	.phase = PHASE_IRQCHIP,
	.compatible = gic_ids,
	.probe = gic_probe,
	.priv_size = sizeof(struct gic_v2),
};
DRIVER(gic_v2_driver);
