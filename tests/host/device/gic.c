/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controllers' drivers against models of the distributor and the redistributors:
 * which lines they touch, how a redistributor is found, and what they make of the tree's cells.
 */
#include <device/irqchip.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/bus.h"
#include "host.h"

#define DIST		0x08000000UL
#define CPU		0x08010000UL
#define REDIST		0x080a0000UL
#define LINES		96
#define TYPER		((LINES / 32) - 1)
#define FRAME		0x10000UL

static struct irqchip *chip;

int irqchip_register(struct irqchip *c)
{
	chip = c;
	return 0;
}

/* --- A distributor: enable bits are set and cleared by two registers --- */

static u32 dist_reg[FRAME / 4];
static bool groups_hidden;

static u32 dist_read(struct model *m, unsigned int offset)
{
	if (offset == 0x004)
		return TYPER;
	if (offset >= 0x180 && offset < 0x200)
		return m->reg[(offset - 0x80) / 4];
	if (offset >= 0x800 && offset < 0x820)
		return offset >= 0x804 ? 0x04040404 : 0;	/* we are CPU 2 */
	return m->reg[offset / 4];
}

static void dist_write(struct model *m, unsigned int offset, u32 value)
{
	if (offset >= 0x080 && offset < 0x100 && groups_hidden)
		return;
	if (offset >= 0x100 && offset < 0x180)
		m->reg[offset / 4] |= value;
	else if (offset >= 0x180 && offset < 0x200)
		m->reg[(offset - 0x80) / 4] &= ~value;
	else if (offset >= 0x380 && offset < 0x400)
		m->reg[(offset - 0x80) / 4] &= ~value;
	else
		m->reg[offset / 4] = value;
}

static struct model dist = {
	.base = DIST, .size = FRAME, .reg = dist_reg, .read = dist_read, .write = dist_write,
};

static u32 enabled(unsigned int hw)
{
	return dist_reg[(0x100 + hw / 32 * 4) / 4] >> hw % 32 & 1;
}

static void dist_fill(void)
{
	memset(dist_reg, 0, sizeof(dist_reg));
	for (unsigned int i = 0x100; i < 0x100 + LINES / 8; i += 4)
		dist_reg[i / 4] = UINT32_MAX;	/* a boot loader left all enabled */
}

/* --- GICv2 --- */

static u32 cpu_reg[0x2000 / 4];
static u32 pending_iar;

static u32 cpu_read(struct model *m, unsigned int offset)
{
	return offset == 0x0c ? pending_iar : m->reg[offset / 4];
}

static struct model cpu = { .base = CPU, .size = 0x2000, .reg = cpu_reg, .read = cpu_read };

static struct bus_node v2_node = {
	.node = { .name = "intc@8000000" },
	.reg = { { DIST, FRAME }, { CPU, 0x2000 } }, .regs = 2,
};

static struct device *v2(void)
{
	bus_reset();
	dist_fill();
	memset(cpu_reg, 0, sizeof(cpu_reg));
	bus_attach(&dist);
	bus_attach(&cpu);
	return bus_probe("gic_v2", &v2_node);
}

static void v2_starts_with_all_lines_off(void)
{
	TEST_EQ(v2()->error, 0);
	TEST_EQ(chip->lines, LINES);
	for (unsigned int hw = 0; hw < LINES; hw++)
		TEST_EQ(enabled(hw), 0);
	for (unsigned int hw = 0; hw < LINES; hw += 4)
		TEST_EQ(dist_reg[(0x400 + hw) / 4], 0xa0a0a0a0);
	TEST_EQ(dist_reg[(0x400 + LINES) / 4], 0);
	TEST_EQ(dist_reg[0], 1);
	TEST_EQ(cpu_reg[0], 1);
	TEST_EQ(cpu_reg[1], 0xf0);
}

static void v2_routes_to_this_cpu(void)
{
	v2();
	for (unsigned int hw = 32; hw < LINES; hw += 4)
		TEST_EQ(dist_reg[(0x800 + hw) / 4], 0x04040404);
	TEST_EQ(dist_reg[(0x800 + LINES) / 4], 0);
}

static void v2_keeps_the_bypass_bits(void)
{
	v2();
	cpu_reg[0] = 0x1e1 | 0x0a;
	bus_probe("gic_v2", &v2_node);
	TEST_EQ(cpu_reg[0], 0x1e1);
}

static void v2_masks_one_line(void)
{
	v2();
	chip->ops->unmask(chip, 33);
	chip->ops->unmask(chip, 95);
	chip->ops->mask(chip, 33);
	chip->ops->raise(chip, 34);
	TEST_EQ(dist_reg[0x204 / 4], 1 << 2);
	dist_reg[0x304 / 4] = 1 << 1;
	TEST(chip->ops->is_active(chip, 33));
	TEST(!chip->ops->is_active(chip, 34));
	TEST_EQ(enabled(33), 0);
	TEST_EQ(enabled(34), 0);
	TEST_EQ(enabled(95), 1);
}

static void v2_acknowledges(void)
{
	v2();
	pending_iar = 1023;
	TEST(chip->ops->acknowledge(chip) >= chip->lines);
	pending_iar = 1022;
	TEST(chip->ops->acknowledge(chip) >= chip->lines);
	pending_iar = 33;
	TEST_EQ(chip->ops->acknowledge(chip), 33);
	TEST_EQ(cpu_reg[4], 0);
	chip->ops->end(chip, 33);
	TEST_EQ(cpu_reg[4], 33);
	/* an SGI from CPU 3: the end names the sender */
	pending_iar = 3 << 10 | 5;
	TEST_EQ(chip->ops->acknowledge(chip), 5);
	chip->ops->end(chip, 5);
	TEST_EQ(cpu_reg[4], 3 << 10 | 5);
}

static void v2_refuses_a_small_cpu_interface(void)
{
	struct bus_node small = v2_node;

	v2();
	small.reg[1].size = 8;
	TEST_EQ(bus_probe("gic_v2", &small)->error, -EINVAL);
	small.regs = 1;
	TEST_EQ(bus_probe("gic_v2", &small)->error, -ENXIO);
}

static void triggers(void)
{
	const struct irqchip_ops *ops;

	v2();
	ops = chip->ops;
	TEST_EQ(ops->set_trigger(chip, 33, IRQ_TRIGGER_EDGE_RISING), 0);
	TEST_EQ(dist_reg[(0xc00 + 8) / 4], 1 << 3);
	TEST_EQ(ops->set_trigger(chip, 33, IRQ_TRIGGER_LEVEL_HIGH), 0);
	TEST_EQ(dist_reg[(0xc00 + 8) / 4], 0);
	TEST_EQ(ops->set_trigger(chip, 33, IRQ_TRIGGER_LEVEL_LOW), -EINVAL);
	TEST_EQ(ops->set_trigger(chip, 33, IRQ_TRIGGER_EDGE_FALLING), -EINVAL);
	TEST_EQ(ops->set_trigger(chip, 27, IRQ_TRIGGER_LEVEL_LOW), 0);
	TEST_EQ(ops->set_trigger(chip, 3, IRQ_TRIGGER_EDGE_RISING), 0);
	TEST_EQ(ops->set_trigger(chip, 3, IRQ_TRIGGER_LEVEL_HIGH), -EINVAL);
	TEST_EQ(chip->percpu, 32);
}

static void cells(void)
{
	static const struct {
		u32 cell[4];
		unsigned int count;
		int err;
		unsigned int hw;
		enum irq_trigger trigger;
	} table[] = {
		{ { 0, 1, 4 }, 3, 0, 33, IRQ_TRIGGER_LEVEL_HIGH },
		{ { 0, 63, 1 }, 3, 0, 95, IRQ_TRIGGER_EDGE_RISING },
		{ { 1, 11, 0xf08 }, 3, 0, 27, IRQ_TRIGGER_LEVEL_LOW },
		{ { 1, 15, 2 }, 3, 0, 31, IRQ_TRIGGER_EDGE_FALLING },
		{ { 0, 5, 0 }, 3, 0, 37, IRQ_TRIGGER_LEVEL_HIGH },
		{ { 0, 5, 4, 0 }, 4, 0, 37, IRQ_TRIGGER_LEVEL_HIGH },
		{ { 0, 64, 4 }, 3, -EINVAL, 0, 0 },
		{ { 0, UINT32_MAX, 4 }, 3, -EINVAL, 0, 0 },
		{ { 1, 16, 4 }, 3, -EINVAL, 0, 0 },
		{ { 1, UINT32_MAX, 4 }, 3, -EINVAL, 0, 0 },
		{ { 2, 1, 4 }, 3, -EINVAL, 0, 0 },
		{ { 3, 1, 4 }, 3, -EINVAL, 0, 0 },
		{ { 9, 1, 4 }, 3, -EINVAL, 0, 0 },
		{ { 0, 1, 3 }, 3, -EINVAL, 0, 0 },
		{ { 1, 5, 4, 7 }, 4, -EINVAL, 0, 0 },
		{ { 0, 1 }, 2, -EINVAL, 0, 0 },
	};

	v2();
	host_log_lines();
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		unsigned int hw = 0;
		enum irq_trigger trigger = 0;
		int err = chip->ops->translate(chip, table[i].cell, table[i].count, &hw, &trigger);

		TEST_EQ(err, table[i].err);
		TEST_EQ(host_log_lines(), err ? 1 : 0);
		if (err)
			continue;
		TEST_EQ(hw, table[i].hw);
		TEST_EQ(trigger, table[i].trigger);
	}
}

/* --- GICv3: redistributors of four CPUs, in one region or two --- */

#define REDISTS		4

struct redist {
	struct model rd;
	struct model sgi;
	u32 rd_reg[FRAME / 4];
	u32 sgi_reg[FRAME / 4];
	unsigned int asleep;	/* reads of WAKER until it has woken up */
};
static struct redist redists[REDISTS];

static u32 rd_read(struct model *m, unsigned int offset)
{
	struct redist *r = m->state;

	if (offset == 0x14 && !(m->reg[5] & 2) && r->asleep && !--r->asleep)
		m->reg[5] &= ~4U;
	return m->reg[offset / 4];
}

/* A redistributor at @base, of the CPU with @affinity, whose TYPER has @flags. */
static void add_redist(unsigned int n, u64 base, u32 affinity, u32 flags)
{
	struct redist *r = &redists[n];

	memset(r, 0, sizeof(*r));
	r->rd = (struct model){ .base = base, .size = FRAME, .reg = r->rd_reg,
				.read = rd_read, .state = r };
	r->sgi = (struct model){ .base = base + FRAME, .size = FRAME, .reg = r->sgi_reg,
				 .read = dist_read, .write = dist_write };
	r->rd_reg[2] = flags;
	r->rd_reg[3] = affinity;
	r->rd_reg[5] = 6;
	r->asleep = 3;
	bus_attach(&r->rd);
	bus_attach(&r->sgi);
}

static void v3_machine(void)
{
	bus_reset();
	dist_fill();
	bus_attach(&dist);
}

static void v3_finds_its_redistributor(void)
{
	struct bus_node node = {
		.node = { .name = "intc@8000000" },
		.reg = { { DIST, FRAME }, { REDIST, 8 * FRAME } }, .regs = 2,
	};

	for (unsigned int self = 0; self < REDISTS; self++) {
		v3_machine();
		for (unsigned int i = 0; i < REDISTS; i++)
			add_redist(i, REDIST + i * 2 * FRAME, i | 0x01020300,
				   i == REDISTS - 1 ? 0x10 : 0);
		bus_affinity = 0x0100020300 + self;
		TEST_EQ(bus_probe("gic_v3", &node)->error, 0);
		TEST_EQ(bus_maps, 3);
		for (unsigned int i = 0; i < REDISTS; i++)
			TEST_EQ(redists[i].rd_reg[5] & 6, i == self ? 0 : 6);
		TEST_EQ(redists[self].sgi_reg[0x80 / 4], UINT32_MAX);
		TEST_EQ(redists[self].sgi_reg[0x41c / 4], 0xa0a0a0a0);
		TEST_EQ(bus_icc.mask, 0xf0);
		TEST_EQ(dist_reg[0], 0x12);
		TEST_EQ(dist_reg[0x6100 / 4], 0x00020300 + self);
		TEST_EQ(dist_reg[0x6104 / 4], 1);
		TEST_EQ(dist_reg[(0x6000 + 8 * (LINES - 1)) / 4], 0x00020300 + self);
		TEST_EQ(dist_reg[(0x6000 + 8 * LINES) / 4], 0);
	}
}

static void v3_walks_regions_strides_and_vlpis(void)
{
	static const struct bus_prop two[] = { PROP_CELLS("#redistributor-regions", 2), { 0 } };
	static const struct bus_prop stride[] = {
		PROP_CELLS("redistributor-stride", 0, 0x40000), { 0 }
	};
	static const struct bus_prop stride32[] = {
		PROP_CELLS("redistributor-stride", 0x40000), { 0 }
	};
	static const struct bus_prop odd[] = {
		PROP_CELLS("redistributor-stride", 0, 0x1001), { 0 }
	};
	struct bus_node node = {
		.node = { .name = "intc@8000000" }, .prop = two,
		.reg = { { DIST, FRAME }, { REDIST, 2 * FRAME }, { 2 * REDIST, 4 * FRAME } },
		.regs = 3,
	};

	/* the second region's second, after a first that is full */
	v3_machine();
	add_redist(0, REDIST, 0, 0);
	add_redist(1, 2 * REDIST, 1, 0);
	add_redist(2, 2 * REDIST + 2 * FRAME, 2, 0x10);
	bus_affinity = 2;
	TEST_EQ(bus_probe("gic_v3", &node)->error, 0);
	TEST_EQ(redists[2].rd_reg[5], 0);

	/* with VLPIs each has four frames */
	v3_machine();
	node.prop = NULL;
	node.reg[1].size = 8 * FRAME;
	add_redist(0, REDIST, 0, 2);
	add_redist(1, REDIST + 4 * FRAME, 1, 0x12);
	bus_affinity = 1;
	TEST_EQ(bus_probe("gic_v3", &node)->error, 0);

	/* nonsense in the tree is ignored */
	node.prop = odd;
	TEST_EQ(bus_probe("gic_v3", &node)->error, 0);
	TEST(strstr(host_log_last(), "redistributor-stride"));

	/* the same, because the tree says so */
	for (unsigned int i = 0; i < 2; i++) {
		v3_machine();
		node.prop = i ? stride : stride32;
		add_redist(0, REDIST, 0, 0);
		add_redist(1, REDIST + 4 * FRAME, 1, 0x10);
		bus_affinity = 1;
		TEST_EQ(bus_probe("gic_v3", &node)->error, 0);
	}
}

/* Nothing is read behind the last redistributor or the end of the region: the bus would panic. */
static void v3_says_when_there_is_none(void)
{
	struct bus_node node = {
		.node = { .name = "intc@8000000" },
		.reg = { { DIST, FRAME }, { REDIST, 8 * FRAME } }, .regs = 2,
	};

	v3_machine();
	add_redist(0, REDIST, 0, 0x10);
	bus_affinity = 1;
	TEST_EQ(bus_probe("gic_v3", &node)->error, -ENODEV);
	TEST(strstr(host_log_last(), "no redistributor"));
	TEST_EQ(bus_maps, 1);

	v3_machine();
	node.reg[1].size = 2 * FRAME;
	add_redist(0, REDIST, 0, 0);
	bus_affinity = 1;
	TEST_EQ(bus_probe("gic_v3", &node)->error, -ENODEV);
}

static void v3_says_what_does_not_answer(void)
{
	struct bus_node node = {
		.node = { .name = "intc@8000000" },
		.reg = { { DIST, FRAME }, { REDIST, 8 * FRAME } }, .regs = 2,
	};

	v3_machine();
	add_redist(0, REDIST, 0, 0x10);
	redists[0].asleep = 0;		/* for ever */
	TEST_EQ(bus_probe("gic_v3", &node)->error, -ETIMEDOUT);
	TEST(strstr(host_log_last(), "does not wake up"));

	v3_machine();
	add_redist(0, REDIST, 0, 0x10);
	bus_icc.sre_allowed = false;
	TEST_EQ(bus_probe("gic_v3", &node)->error, -EACCES);
}

static void v3_masks_in_the_right_place(void)
{
	struct bus_node node = {
		.node = { .name = "intc@8000000" },
		.reg = { { DIST, FRAME }, { REDIST, 8 * FRAME } }, .regs = 2,
	};

	v3_machine();
	add_redist(0, REDIST, 0, 0x10);
	TEST_EQ(bus_probe("gic_v3", &node)->error, 0);
	dist_reg[0x100 / 4] = 0;
	chip->ops->unmask(chip, 27);
	chip->ops->unmask(chip, 33);
	TEST_EQ(redists[0].sgi_reg[0x100 / 4], 1 << 27);
	TEST_EQ(dist_reg[0x100 / 4], 0);
	TEST_EQ(dist_reg[0x104 / 4], 2);
	chip->ops->mask(chip, 27);
	TEST_EQ(redists[0].sgi_reg[0x100 / 4], 0);
	TEST_EQ(chip->ops->set_trigger(chip, 27, IRQ_TRIGGER_EDGE_RISING), 0);
	TEST_EQ(redists[0].sgi_reg[0xc04 / 4], 1U << 23);
	chip->ops->raise(chip, 5);
	TEST_EQ(redists[0].sgi_reg[0x200 / 4], 1 << 5);
	TEST(!chip->ops->is_active(chip, 27));
	redists[0].sgi_reg[0x300 / 4] = 1 << 27;
	TEST(chip->ops->is_active(chip, 27));
	TEST(!chip->ops->is_active(chip, 59));
	bus_icc.pending = 33;
	TEST_EQ(chip->ops->acknowledge(chip), 33);
	chip->ops->end(chip, 33);
	TEST_EQ(bus_icc.ended, 33);
	bus_icc.pending = 1023;
	TEST(chip->ops->acknowledge(chip) >= chip->lines);
}

static const struct test_case gic_cases[] = {
	TEST_CASE(v2_starts_with_all_lines_off),
	TEST_CASE(v2_routes_to_this_cpu),
	TEST_CASE(v2_keeps_the_bypass_bits),
	TEST_CASE(v2_masks_one_line),
	TEST_CASE(v2_acknowledges),
	TEST_CASE(v2_refuses_a_small_cpu_interface),
	TEST_CASE(triggers),
	TEST_CASE(cells),
	TEST_CASE(v3_finds_its_redistributor),
	TEST_CASE(v3_walks_regions_strides_and_vlpis),
	TEST_CASE(v3_says_when_there_is_none),
	TEST_CASE(v3_says_what_does_not_answer),
	TEST_CASE(v3_masks_in_the_right_place),
};
static const struct test_suite gic_suite = TEST_SUITE_OF("gic", gic_cases);
TEST_SUITE(gic_suite);
