/* SPDX-License-Identifier: MIT */
/*
 * The small drivers against models: PSCI, the Raspberry Pi's power management, PL031, the generic
 * timer.
 */
#include <arch/cpu.h>
#include <arch/firmware.h>
#include <device/rtc.h>
#include <device/timer.h>
#include <device/watchdog.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/bus.h"
#include "host.h"

/* The first driver that can is the one that is used; here each machine chooses anew. */
#include "../../../drivers/power/power.c"

#define BASE	0xfe100000UL

/* --- PSCI --- */

static s64 psci_version;
static u64 hvc_call, smc_call;

s64 arch_hvc(u64 function, u64 a1 __unused, u64 a2 __unused, u64 a3 __unused)
{
	hvc_call = function;
	return psci_version;
}

s64 arch_smc(u64 function, u64 a1 __unused, u64 a2 __unused, u64 a3 __unused)
{
	smc_call = function;
	return psci_version;
}

static unsigned int boot_el = 1;

unsigned int arch_boot_el(void)
{
	return boot_el;
}

static void machine(void)
{
	bus_reset();
	off_ops = reset_ops = NULL;
}

static int psci(const char *method, unsigned int len, s64 version)
{
	struct bus_prop prop[] = { { .name = "method", .text = method, .count = len }, { 0 } };
	struct bus_node node = { .node = { .name = "psci" }, .prop = prop };

	machine();
	hvc_call = smc_call = 0;
	psci_version = version;
	return bus_probe("psci", &node)->error;
}

static void psci_calls_as_the_tree_says(void)
{
	TEST_EQ(psci("hvc", 4, 0x10001), 0);
	TEST_EQ(hvc_call, 0x84000000);
	TEST_EQ(smc_call, 0);
	TEST(power_can_off() && power_can_reset());
	TEST_EQ(psci("smc", 4, 2), 0);
	TEST_EQ(smc_call, 0x84000000);
	power_off_now();
	TEST_EQ(smc_call, 0x84000008);
	power_reset_now();
	TEST_EQ(smc_call, 0x84000009);
	TEST_EQ(hvc_call, 0);
}

static void psci_refuses(void)
{
	/* entered at EL3: an SMC would come back as an exception */
	boot_el = 3;
	TEST_EQ(psci("smc", 4, 2), -ENODEV);
	TEST_EQ(psci("hvc", 4, 2), -ENODEV);
	TEST_EQ(hvc_call | smc_call, 0);
	boot_el = 2;
	TEST_EQ(psci("hvc", 4, 2), -ENODEV);
	TEST_EQ(hvc_call | smc_call, 0);
	boot_el = 1;
	TEST_EQ(psci("fax", 4, 2), -ENODEV);
	TEST_EQ(hvc_call | smc_call, 0);
	TEST_EQ(psci(NULL, 0, 2), -ENODEV);
	TEST_EQ(hvc_call | smc_call, 0);
	/* 0.1, and firmware that does not know the call: 32 bits of it are the answer */
	TEST_EQ(psci("hvc", 4, 1), -EOPNOTSUPP);
	TEST_EQ(psci("hvc", 4, 0xffffffff), -EOPNOTSUPP);
	TEST_EQ(psci("hvc", 4, -1), -EOPNOTSUPP);
}

/* --- BCM2835 PM --- */

static u32 pm_reg[0x40];
static u32 pm_order;	/* the low byte of the offsets written, the latest last */

static void pm_write(struct model *m, unsigned int offset, u32 value)
{
	TEST_EQ(value >> 24, 0x5a);
	m->reg[offset / 4] = value & 0xffffff;
	pm_order = pm_order << 8 | offset;
}

static struct model pm = { .base = BASE, .size = 0x100, .reg = pm_reg, .write = pm_write };

/* The block is there for good, so this is one case. */
static void pm_resets_halts_and_watches(void)
{
	struct bus_node node = { .node = { .name = "pm" }, .reg = { { BASE, 0x100 } }, .regs = 1 };
	u64 left;

	machine();
	TEST_EQ(wdt_max(), 0);
	TEST_EQ(wdt_start(NS_PER_SEC), -ENODEV);
	TEST_EQ(wdt_keep_alive(), -ENODEV);
	TEST_EQ(wdt_stop(), -ENODEV);
	TEST(!wdt_running(&left));
	bus_attach(&pm);
	pm_reg[0x1c / 4] = 0x112;
	pm_reg[0x20 / 4] = 0x1000;
	TEST_EQ(bus_probe("bcm2835_pm", &node)->error, 0);
	TEST_EQ(pm_order, 0);
	power_reset_now();
	TEST_EQ(pm_order, 0x241c);
	TEST_EQ(pm_reg[0x1c / 4], 0x122);
	TEST_EQ(pm_reg[0x20 / 4], 0x1000);
	TEST(pm_reg[0x24 / 4] > 0);
	pm_order = 0;
	power_off_now();
	TEST_EQ(pm_order, 0x20241c);
	TEST_EQ(pm_reg[0x20 / 4], 0x1555);
	TEST_EQ(bus_probe("bcm2835_pm", &node)->error, -EBUSY);

	/* and it is a watchdog: 20 bits at 65,536 Hz */
	TEST(wdt_max() / NS_PER_MS == 15999);
	pm_reg[0x1c / 4] = 0x102;
	TEST(!wdt_running(&left));
	TEST_EQ(wdt_keep_alive(), -EINVAL);
	pm_order = 0;
	TEST_EQ(wdt_start(wdt_max() + 1), -ERANGE);
	TEST_EQ(wdt_start(0), -ERANGE);
	TEST_EQ(pm_order, 0);
	TEST_EQ(wdt_start(10 * NS_PER_SEC), 0);
	TEST_EQ(pm_order, 0x241c);
	TEST_EQ(pm_reg[0x24 / 4], 655360);
	TEST_EQ(pm_reg[0x1c / 4], 0x122);
	pm_reg[0x24 / 4] = 65536 * 3;
	TEST(wdt_running(&left));
	TEST_EQ(left, 3 * NS_PER_SEC);
	TEST_EQ(wdt_keep_alive(), 0);
	TEST_EQ(pm_reg[0x24 / 4], 655360);
	TEST_EQ(wdt_start(1), 0);
	TEST_EQ(pm_reg[0x24 / 4], 1);
	TEST_EQ(wdt_start(wdt_max()), 0);
	TEST_EQ(pm_reg[0x24 / 4], 0xfffff);
	TEST_EQ(wdt_stop(), 0);
	TEST_EQ(pm_reg[0x1c / 4], 0x102);
	TEST(!wdt_running(&left));
}

/* --- PL031 --- */

static u64 real_time;

void time_set_real(u64 ns)
{
	real_time = ns;
}

static void pl031_gives_the_date_and_takes_it(void)
{
	static u32 reg[0x400];
	struct model rtc = { .base = BASE, .size = sizeof(reg), .reg = reg };
	struct bus_node node = {
		.node = { .name = "rtc" }, .reg = { { BASE, sizeof(reg) } }, .regs = 1,
	};

	bus_reset();
	TEST_EQ(rtc_set(5), -ENODEV);
	bus_attach(&rtc);
	reg[0] = 0xf0000000;
	reg[4] = 1;
	TEST_EQ(bus_probe("pl031", &node)->error, 0);
	TEST_EQ(reg[3], 1);
	TEST_EQ(reg[4], 0);
	TEST_EQ(real_time, 0xf0000000 * NS_PER_SEC);
	TEST_EQ(rtc_set(5), 0);
	TEST_EQ(reg[2], 5);
	TEST_EQ(rtc_set(1UL << 32), -ERANGE);
	TEST_EQ(reg[2], 5);
	TEST_EQ(bus_probe("pl031", &node)->error, -EBUSY);
}

/* --- The generic timer --- */

static u32 timer_hz;
static unsigned int expired;

int timer_register(const struct dt_node *node __unused, u32 frequency)
{
	timer_hz = frequency;
	return 0;
}

void timer_expired(void)
{
	TEST(!bus_timer_on);
	expired++;
}

static bool timer_line(void)
{
	return bus_timer_on;
}

static int timer(const struct bus_prop *prop, u32 cntfrq)
{
	struct bus_node node = { .node = { .name = "timer" }, .prop = prop };
	int err;

	bus_reset();
	bus_cntfrq = cntfrq;
	bus_timer_on = true;
	bus_line = timer_line;
	timer_hz = 0;
	expired = 0;
	bus_irq_index = 99;
	err = bus_probe("arm_generic", &node)->error;
	TEST(err || !bus_timer_on);
	return err;
}

static void timer_frequency_and_interrupt(void)
{
	static const struct bus_prop names[] = {
		PROP_TEXT("interrupt-names", "phys\0virt"),
		PROP_CELLS("clock-frequency", 24000000), { 0 }
	};
	static const struct bus_prop zero[] = { PROP_CELLS("clock-frequency", 0), { 0 } };

	TEST_EQ(timer(NULL, 62500000), 0);
	TEST_EQ(timer_hz, 62500000);
	TEST_EQ(bus_irq_index, 2);
	TEST_EQ(timer(names, 62500000), 0);
	TEST_EQ(timer_hz, 62500000);
	TEST_EQ(bus_irq_index, 1);
	TEST_EQ(timer(names, 0), 0);
	TEST_EQ(timer_hz, 24000000);
	TEST_EQ(timer(NULL, 0), -EINVAL);
	TEST_EQ(timer(zero, 0), -EINVAL);
	TEST(!bus_interrupt_requested());
}

static void timer_expires_once(void)
{
	TEST_EQ(timer(NULL, 1000000), 0);
	bus_irqs_off = false;
	bus_timer_on = true;
	bus_deliver();
	TEST_EQ(expired, 1);
}

static const struct test_case misc_cases[] = {
	TEST_CASE(psci_calls_as_the_tree_says),
	TEST_CASE(psci_refuses),
	TEST_CASE(pm_resets_halts_and_watches),
	TEST_CASE(pl031_gives_the_date_and_takes_it),
	TEST_CASE(timer_frequency_and_interrupt),
	TEST_CASE(timer_expires_once),
};
static const struct test_suite misc_suite = TEST_SUITE_OF("misc", misc_cases);
TEST_SUITE(misc_suite);
