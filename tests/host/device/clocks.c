/* SPDX-License-Identifier: MIT */
/*
 * Clocks: the class, and the drivers of a Raspberry Pi's, against registers as its firmware leaves
 * them. Rates in here are worked out by hand from the formulas in the driver's head.
 */
#include <device/clock.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/bus.h"
#include "host.h"

/* Providers stay for good; here each machine begins anew. */
#include "../../../drivers/clock/clock.c"

#define CPRMAN	0xfe101000UL
#define AUX	0xfe215000UL
#define UART	19
#define VPU	20

static u32 cm[0x2000 / 4];
static unsigned int cm_writes;

static void cm_write(struct model *m, unsigned int offset, u32 value)
{
	TEST_EQ(value >> 24, 0x5a);
	m->reg[offset / 4] = value & 0xffffff;
	cm_writes++;
}

static u32 aux_reg[0x100 / 4];

static struct model cm_model = {
	.base = CPRMAN, .size = sizeof(cm), .reg = cm, .write = cm_write
};
static struct model aux_model = { .base = AUX, .size = sizeof(aux_reg), .reg = aux_reg };

static struct bus_prop osc_prop[] = {
	PROP_TEXT("compatible", "fixed-clock"), PROP_CELLS("clock-frequency", 54000000), { 0 }
};
static struct bus_prop cm_prop[] = {
	PROP_TEXT("compatible", "brcm,bcm2711-cprman"), PROP_CELLS("#clock-cells", 1),
	PROP_CELLS("clocks", 1), { 0 }
};
static struct bus_prop aux_prop[] = {
	PROP_TEXT("compatible", "brcm,bcm2835-aux"), PROP_CELLS("#clock-cells", 1),
	PROP_CELLS("clocks", 2, VPU), { 0 }
};
static struct bus_prop user_prop[] = { PROP_CELLS("clocks", 2, UART, 3, 0, 1, 2, 99), { 0 } };

static struct bus_node osc = { .node = { .name = "osc" }, .prop = osc_prop };
static struct bus_node cm_node = {
	.node = { .name = "clock-controller" }, .prop = cm_prop, .reg = { { CPRMAN, 0x2000 } },
	.regs = 1,
};
static struct bus_node aux_node = {
	.node = { .name = "aux" }, .prop = aux_prop, .reg = { { AUX, 8 } }, .regs = 1,
};
static struct bus_node user = { .node = { .name = "user" }, .prop = user_prop };

/* What BCM2711's firmware leaves: UART from PLLD by 3000 MHz / 5 / 12.5, VPU from PLLC. */
static void machine(const char *compatible, unsigned int len)
{
	bus_reset();
	providers = NULL;
	memset(cm, 0, sizeof(cm));
	memset(aux_reg, 0, sizeof(aux_reg));
	cm_writes = 0;
	cm_prop[0] = (struct bus_prop){ .name = "compatible", .text = compatible, .count = len };
	cm_prop[2] = (struct bus_prop)PROP_CELLS("clocks", 1);
	osc_prop[1] = (struct bus_prop)PROP_CELLS("clock-frequency", 54000000);
	cm[0x0f0 / 4] = 0x296;
	cm[0x0f4 / 4] = 12 << 12 | 0x800;
	cm[0x008 / 4] = 0x245;
	cm[0x00c / 4] = 1 << 12;
	cm[0x1140 / 4] = 0x21000 | 55;		/* PLLD: 54 * 55.555... = 3000 */
	cm[0x1240 / 4] = 0x8e38e;
	cm[0x1540 / 4] = 5;			/* PLLD_PER: 600 */
	cm[0x1120 / 4] = 0x21000 | 37;		/* PLLC: 54 * 37 = 1998 */
	cm[0x1620 / 4] = 4;			/* PLLC_CORE0: 499.5 */
	bus_known(&osc);
	bus_known(&cm_node);
	bus_known(&aux_node);
	bus_attach(&cm_model);
	bus_attach(&aux_model);
}

#define MACHINE(compatible)	machine(compatible, sizeof(compatible))
#define BCM2711			"brcm,bcm2711-cprman"
#define BCM2835			"brcm,bcm2835-cprman"

static void probe(void)
{
	TEST_EQ(bus_probe("bcm2835_cprman", &cm_node)->error, 0);
	TEST_EQ(bus_probe("bcm2835_aux_clock", &aux_node)->error, 0);
}

static u32 rate(unsigned int index)
{
	u32 hz = 1;

	TEST_EQ(clock_enable(&user.node, index, &hz), 0);
	return hz;
}

static void rates_are_computed(void)
{
	MACHINE(BCM2711);
	probe();
	TEST(rate(0) > 47999000 && rate(0) <= 48000000);
	TEST_EQ(rate(1), 499500000);
	TEST_EQ(rate(2), 54000000);
	/* firmware changes the VPU's: each question is a new one */
	cm[0x1620 / 4] = 8;
	TEST_EQ(rate(1), 249750000);
	cm[0x00c / 4] = 2 << 12 | 0x80f;	/* the last four bits are not there */
	TEST_EQ(rate(1), 99900000);
	/* a channel of 0 divides by 256 */
	cm[0x1540 / 4] = 0;
	TEST_EQ(rate(0), 937499);
	/* from the oscillator itself, and from PLLC's other channels */
	cm[0x0f0 / 4] = 0x291;
	TEST_EQ(rate(0), 4320000);
	cm[0x008 / 4] = 0x248;
	cm[0x1420 / 4] = 2;
	TEST_EQ(rate(1), 399600000);
}

static void the_older_has_a_predivider(void)
{
	MACHINE(BCM2711);
	probe();
	cm[0x1034 / 4] = 1 << 14;
	TEST_EQ(rate(1), 499500000);
	MACHINE(BCM2835);
	probe();
	cm[0x1034 / 4] = 1 << 14;
	TEST_EQ(rate(1), 999000000);
	/* and PLLH, whose bit is another one */
	cm[0x0f0 / 4] = 0x297;
	cm[0x1160 / 4] = 0x21000 | 20;
	cm[0x1360 / 4] = 2;
	TEST_EQ(rate(0), 43200000);
	cm[0x1074 / 4] = 1 << 11;
	TEST_EQ(rate(0), 86400000);
	MACHINE(BCM2711);
	probe();
	cm[0x0f0 / 4] = 0x297;
	cm[0x1160 / 4] = 0x21000 | 20;
	cm[0x1360 / 4] = 2;
	TEST_EQ(rate(0), 0);
}

static void what_is_not_known_is_0(void)
{
	static const struct {
		unsigned int reg;
		u32 value;
	} broken[] = {
		{ 0x0f0, 0x290 },	/* ground */
		{ 0x0f0, 0x292 },	/* a test output */
		{ 0x0f0, 0x298 },	/* nothing there */
		{ 0x0f0, 0x29f },
		{ 0x0f4, 0 },		/* divided by nothing */
		{ 0x1140, 55 },		/* the PLL too */
		{ 0x1540, 0x105 },	/* a channel that is off */
		{ 0x1140, 0x213ff },	/* and one that is beyond 32 bits */
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(broken); i++) {
		MACHINE(BCM2711);
		probe();
		cm[broken[i].reg / 4] = broken[i].value;
		if (i == ARRAY_SIZE(broken) - 1) {
			cm[0x0f4 / 4] = 1 << 12;
			cm[0x1540 / 4] = 1;
		}
		if (!TEST_EQ(rate(0), 0))
			TEST_EQ(broken[i].reg, broken[i].value);
	}
	/* no oscillator: only the controller knows */
	MACHINE(BCM2711);
	probe();
	cm_prop[2] = (struct bus_prop)PROP_CELLS("nothing", 1);
	TEST_EQ(rate(0), 0);
}

static void clocks_are_switched_on(void)
{
	MACHINE(BCM2711);
	probe();
	rate(0);
	TEST_EQ(cm_writes, 0);		/* it was on */
	cm[0x0f0 / 4] = 0x206;
	rate(0);
	TEST_EQ(cm[0x0f0 / 4], 0x256);
	TEST_EQ(cm_writes, 1);
	/* the mini UART's, and none of the others; the VPU's has no switch */
	TEST_EQ(aux_reg[1], 0);
	rate(1);
	TEST_EQ(aux_reg[1], 1);
	aux_reg[1] = 6;
	rate(1);
	TEST_EQ(aux_reg[1], 7);
	TEST_EQ(cm_writes, 1);
}

static void clocks_that_do_not_exist(void)
{
	static struct bus_prop wrong[] = { PROP_CELLS("clocks", 3, 3, 3, 2, 9), { 0 } };
	struct bus_node node = { .node = { .name = "wrong" }, .prop = wrong };
	u32 hz = 1;

	MACHINE(BCM2711);
	probe();
	TEST_EQ(clock_enable(&user.node, 3, &hz), -ENOENT);
	TEST_EQ(hz, 0);
	TEST(strstr(host_log_last(), "clock 99 is not one"));
	hz = 1;
	TEST_EQ(clock_enable(&node.node, 0, &hz), -ENOENT);
	TEST_EQ(hz, 0);
	TEST(strstr(host_log_last(), "clock 3 is not one"));
	TEST_EQ(aux_reg[1], 0);
	TEST_EQ(clock_enable(&user.node, 4, &hz), -ENOENT);
	TEST_EQ(clock_enable(&node.node, 2, &hz), -EINVAL);	/* leads nowhere */
}

static void suppliers_come_later_or_never(void)
{
	struct device *later;
	u32 hz = 1;

	MACHINE(BCM2711);
	later = bus_match("bcm2835_cprman", &cm_node);
	TEST_EQ(clock_enable(&user.node, 0, &hz), -EPROBE_DEFER);
	later->state = DEVICE_FAILED;
	TEST_EQ(clock_enable(&user.node, 0, &hz), -ENODEV);
	TEST_EQ(hz, 0);
	/* the aux block's parent has no driver: it is switched on all the same */
	TEST_EQ(bus_probe("bcm2835_aux_clock", &aux_node)->error, 0);
	TEST_EQ(rate(1), 0);
	TEST_EQ(aux_reg[1], 1);

	/* a controller that is its own parent */
	MACHINE(BCM2711);
	probe();
	cm_prop[2] = (struct bus_prop)PROP_CELLS("clocks", 2, UART);
	host_log_lines();
	TEST_EQ(rate(0), 0);
	TEST_EQ(host_log_lines(), 1);
	TEST(strstr(host_log_last(), "leads back to itself"));
}

static const struct test_case cases[] = {
	TEST_CASE(rates_are_computed), TEST_CASE(the_older_has_a_predivider),
	TEST_CASE(what_is_not_known_is_0), TEST_CASE(clocks_are_switched_on),
	TEST_CASE(clocks_that_do_not_exist), TEST_CASE(suppliers_come_later_or_never),
};
static const struct test_suite clocks_suite = TEST_SUITE_OF("clocks", cases);
TEST_SUITE(clocks_suite);
