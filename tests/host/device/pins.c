/* SPDX-License-Identifier: MIT */
/*
 * Pins of a Raspberry Pi against a model of their registers: states of pins from the tree, and
 * GPIOs.
 */
#include <device/gpio.h>
#include <device/pinctrl.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/bus.h"
#include "host.h"

/* Chips stay for good; here each machine begins anew. */
#include "../../../drivers/gpio/gpio.c"
#include "../../../drivers/pinctrl/pinctrl.c"

#define BASE	0xfe200000UL

/* --- The model --- */

static struct {
	u32 function[6], level[2], pull[4];
	u32 pud, clock[2];
	u64 changed;		/* when pud or clock was written */
	unsigned int pulled;	/* how often the older sequence came to its end */
	u32 pulled_to, pulled_pins[2];
	u8 last[58];		/* the last function but the present one */
} gp;

static unsigned int function_of(unsigned int pin)
{
	return gp.function[pin / 10] >> pin % 10 * 3 & 7;
}

static u32 gp_read(struct model *m __unused, unsigned int offset)
{
	if (offset < 0x18)
		return gp.function[offset / 4];
	if (offset == 0x34 || offset == 0x38)
		return gp.level[(offset - 0x34) / 4];
	if (offset >= 0xe4 && offset <= 0xf0)
		return gp.pull[(offset - 0xe4) / 4];
	TEST(!"a register that the driver should not read");
	return 0;
}

static void gp_write(struct model *m __unused, unsigned int offset, u32 value)
{
	bool waited = bus_now - gp.changed >= 600;	/* 150 cycles of 250 MHz */

	if (offset < 0x18) {
		for (unsigned int i = 0; i < 10 && offset / 4 * 10 + i < 58; i++)
			if ((value >> i * 3 & 7) != function_of(offset / 4 * 10 + i))
				gp.last[offset / 4 * 10 + i] =
					(u8)function_of(offset / 4 * 10 + i);
		gp.function[offset / 4] = value;
	} else if (offset == 0x1c || offset == 0x20) {
		gp.level[(offset - 0x1c) / 4] |= value;
	} else if (offset == 0x28 || offset == 0x2c) {
		gp.level[(offset - 0x28) / 4] &= ~value;
	} else if (offset == 0x94) {
		if (!value && (gp.clock[0] | gp.clock[1])) {
			TEST(waited);
			gp.pulled++;
			memcpy(gp.pulled_pins, gp.clock, sizeof(gp.clock));
			gp.pulled_to = gp.pud;
		}
		gp.pud = value;
		gp.changed = bus_now;
	} else if (offset == 0x98 || offset == 0x9c) {
		TEST(waited || !value);
		gp.clock[(offset - 0x98) / 4] = value;
		gp.changed = bus_now;
	} else if (offset >= 0xe4 && offset <= 0xf0) {
		gp.pull[(offset - 0xe4) / 4] = value;
	} else {
		TEST(!"a register that the driver should not write");
	}
}

static struct model model = { .base = BASE, .size = 0x1000, .read = gp_read, .write = gp_write };

/* --- The tree --- */

static struct bus_prop gpio_prop[] = {
	PROP_TEXT("compatible", "brcm,bcm2711-gpio"), PROP_CELLS("#gpio-cells", 2), { 0 }
};
static struct bus_node gpio_node = {
	.node = { .name = "gpio@7e200000", .enabled = true }, .prop = gpio_prop,
	.reg = { { BASE, 0xb4 } }, .regs = 1,
};
static struct bus_prop state_prop[6];
static struct bus_node state = {
	.node = { .name = "uart1-gpio14", .parent = &gpio_node.node }, .prop = state_prop
};
static struct bus_prop pin_prop[6];
static struct bus_node pin = {
	.node = { .name = "pin-tx", .parent = &state.node }, .prop = pin_prop
};
static struct bus_prop user_prop[] = { PROP_CELLS("pinctrl-0", 2), { 0 } };
static struct bus_node user = {
	.node = { .name = "serial@7e215040", .enabled = true }, .prop = user_prop
};
static struct bus_node other = {
	.node = { .name = "serial@7e201000", .enabled = true }, .prop = user_prop
};

static void machine(const char *compatible, unsigned int len)
{
	bus_reset();
	chips = NULL;
	controllers = NULL;
	memset(&gp, 0, sizeof(gp));
	memset(gp.last, 0xff, sizeof(gp.last));
	memset(state_prop, 0, sizeof(state_prop));
	memset(pin_prop, 0, sizeof(pin_prop));
	gpio_prop[0] = (struct bus_prop){ .name = "compatible", .text = compatible, .count = len };
	bus_known(&gpio_node);
	bus_known(&state);
	bus_known(&pin);
	bus_attach(&model);
}

#define MACHINE(compatible)	machine(compatible, sizeof(compatible))
#define BCM2711			"brcm,bcm2711-gpio"
#define BCM2835			"brcm,bcm2835-gpio"

static void probe(void)
{
	TEST_EQ(bus_probe("bcm2835_gpio", &gpio_node)->error, 0);
}

/* Applies what state_prop and pin_prop say; how many lines the driver says. */
static unsigned int apply(struct bus_node *node)
{
	probe();
	host_log_lines();
	TEST_EQ(pinctrl_apply(bus_match("bcm2835_gpio", node)), 0);
	return host_log_lines();
}

static void pins_by_number(void)
{
	MACHINE(BCM2711);
	gp.function[1] = 0x7 << 12 | 0x1 << 27;
	gp.pull[0] = 0xaaaaaaaa;
	state_prop[0] = (struct bus_prop)PROP_CELLS("brcm,pins", 14, 15);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,function", 2);
	state_prop[2] = (struct bus_prop)PROP_CELLS("brcm,pull", 0, 2);
	TEST_EQ(apply(&user), 0);
	TEST_EQ(gp.function[1], 0x2 << 12 | 0x2 << 15 | 0x1 << 27);
	/* one that was another device's was an input on the way */
	TEST_EQ(gp.last[14], 0);
	TEST_EQ(gp.last[13], 0xff);
	TEST_EQ(gp.pull[0], 0x4aaaaaaa);	/* none, and up */

	/* a function each, the last of all pins, and down */
	MACHINE(BCM2711);
	state_prop[0] = (struct bus_prop)PROP_CELLS("brcm,pins", 0, 57);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,function", 4, 7);
	state_prop[2] = (struct bus_prop)PROP_CELLS("brcm,pull", 1);
	TEST_EQ(apply(&user), 0);
	TEST_EQ(function_of(0), 4);
	TEST_EQ(function_of(57), 7);
	TEST_EQ(gp.pull[0], 2);
	TEST_EQ(gp.pull[3], 2 << 18);

	/* firmware's trees have states with nothing in them */
	MACHINE(BCM2711);
	state_prop[0] = (struct bus_prop){ .name = "brcm,pins" };
	state_prop[1] = (struct bus_prop){ .name = "brcm,function" };
	TEST_EQ(apply(&user), 0);
	TEST_EQ(gp.function[1], 0);

	/* the pull alone */
	MACHINE(BCM2711);
	gp.function[1] = 0x1 << 12;
	state_prop[0] = (struct bus_prop)PROP_CELLS("brcm,pins", 14);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,pull", 2);
	TEST_EQ(apply(&user), 0);
	TEST_EQ(function_of(14), 1);
	TEST_EQ(gp.pull[0], 1 << 28);
}

static void pins_by_name(void)
{
	MACHINE(BCM2711);
	pin_prop[0] = (struct bus_prop)PROP_TEXT("pins", "gpio14\0gpio40");
	pin_prop[1] = (struct bus_prop)PROP_TEXT("function", "alt5");
	pin_prop[2] = (struct bus_prop){ .name = "bias-pull-up" };
	state_prop[0] = (struct bus_prop)PROP_TEXT("pins", "gpio1");
	state_prop[1] = (struct bus_prop)PROP_TEXT("function", "gpio_out");
	state_prop[2] = (struct bus_prop){ .name = "bias-pull-down" };
	gp.pull[2] = 3 << 16;
	TEST_EQ(apply(&user), 0);
	TEST_EQ(function_of(14), 2);
	TEST_EQ(function_of(40), 2);
	TEST_EQ(function_of(1), 1);
	TEST_EQ(gp.pull[0], 1 << 28 | 2 << 2);
	TEST_EQ(gp.pull[2], 1 << 16);

	MACHINE(BCM2711);
	gp.function[0] = 1;
	gp.pull[0] = 1;
	state_prop[0] = (struct bus_prop)PROP_TEXT("pins", "gpio0");
	state_prop[1] = (struct bus_prop)PROP_TEXT("function", "gpio_in");
	state_prop[2] = (struct bus_prop){ .name = "bias-disable" };
	TEST_EQ(apply(&user), 0);
	TEST_EQ(function_of(0), 0);
	TEST_EQ(gp.pull[0], 0);
}

static void the_older_pulls_by_a_sequence(void)
{
	MACHINE(BCM2835);
	state_prop[0] = (struct bus_prop)PROP_CELLS("brcm,pins", 40);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,function", 4);
	state_prop[2] = (struct bus_prop)PROP_CELLS("brcm,pull", 2);
	TEST_EQ(apply(&user), 0);
	TEST_EQ(gp.pulled, 1);
	TEST_EQ(gp.pulled_to, 2);
	TEST_EQ(gp.pulled_pins[0], 0);
	TEST_EQ(gp.pulled_pins[1], 1 << 8);
	TEST_EQ(gp.clock[1] | gp.pud, 0);
	TEST_EQ(gpio_count(), 54);
}

static void pins_that_do_not_exist(void)
{
	static const struct {
		struct bus_prop prop[2];
	} wrong[] = {
		{ { PROP_CELLS("brcm,pins", 58, 14), PROP_CELLS("brcm,function", 4) } },
		{ { PROP_CELLS("brcm,pins", UINT32_MAX, 14), PROP_CELLS("brcm,function", 4) } },
		{ { PROP_CELLS("brcm,pins", 13, 14), PROP_CELLS("brcm,function", 8, 4) } },
		{ { PROP_TEXT("pins", "gpio58\0gpio14"), PROP_TEXT("function", "alt0") } },
		{ { PROP_TEXT("pins", "gpio\0gpio14"), PROP_TEXT("function", "alt0") } },
		{ { PROP_TEXT("pins", "gpio4x\0gpio14"), PROP_TEXT("function", "alt0") } },
		{ { PROP_TEXT("pins", "gpio99999999999\0gpio14"), PROP_TEXT("function", "alt0") } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		MACHINE(BCM2711);
		memcpy(state_prop, wrong[i].prop, sizeof(wrong[i].prop));
		/* one line, and the rest is done */
		TEST_EQ(apply(&user), 1);
		TEST(strstr(host_log_last(), "there is no GPIO"));
		TEST_EQ(function_of(14), 4);
		TEST_EQ(function_of(13), 0);
		TEST_EQ(gp.function[5], 0);
	}
	MACHINE(BCM2711);
	state_prop[0] = (struct bus_prop)PROP_TEXT("pins", "gpio14");
	state_prop[1] = (struct bus_prop)PROP_TEXT("function", "alt9");
	TEST_EQ(apply(&user), 1);
	TEST_EQ(function_of(14), 0);
}

static void two_want_one_pin(void)
{
	MACHINE(BCM2711);
	state_prop[0] = (struct bus_prop)PROP_CELLS("brcm,pins", 14);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,function", 2);
	TEST_EQ(apply(&user), 0);
	state_prop[1] = (struct bus_prop)PROP_CELLS("brcm,function", 4);
	TEST_EQ(pinctrl_apply(bus_match("bcm2835_gpio", &other)), 0);
	TEST(strstr(host_log_last(),
		    "serial@7e201000 goes without GPIO 14, which serial@7e215040 has"));
	TEST_EQ(function_of(14), 2);
	/* who waits for something else meets its own pin when it is probed again */
	host_log_lines();
	TEST_EQ(pinctrl_apply(bus_match("bcm2835_gpio", &user)), 0);
	TEST_EQ(host_log_lines(), 0);
	TEST_EQ(function_of(14), 4);
}

static int no_probe(struct device *dev __unused)
{
	return 0;
}

static const char *const no_ids[] = { NULL };
static const struct driver console_driver = {
	.name = "console", .phase = PHASE_CONSOLE, .compatible = no_ids, .probe = no_probe,
};
DRIVER(console_driver);

static void who_has_to_wait_for_pins(void)
{
	static const struct bus_prop lost[] = { PROP_CELLS("pinctrl-0", 77), { 0 } };
	struct bus_node nowhere = { .node = { .name = "lost" }, .prop = lost };
	struct device *chip, *console;

	/* for the chip's driver, but not for one that has failed, or that nobody has */
	MACHINE(BCM2711);
	TEST_EQ(pinctrl_apply(bus_match("console", &user)), 0);
	chip = bus_match("bcm2835_gpio", &gpio_node);
	TEST_EQ(pinctrl_apply(bus_match("console", &user)), -EPROBE_DEFER);
	chip->state = DEVICE_FAILED;
	TEST_EQ(pinctrl_apply(bus_match("console", &user)), 0);

	/* a UART for the one that stdout-path names */
	MACHINE(BCM2711);
	probe();
	bus_stdout = &user;
	TEST_EQ(pinctrl_apply(bus_match("console", &other)), 0);
	console = bus_match("console", &user);
	TEST_EQ(pinctrl_apply(bus_match("console", &other)), -EPROBE_DEFER);
	TEST_EQ(pinctrl_apply(console), 0);
	console->state = DEVICE_READY;
	TEST_EQ(pinctrl_apply(bus_match("console", &other)), 0);

	TEST_EQ(pinctrl_apply(bus_match("console", &nowhere)), 0);
	TEST(strstr(host_log_last(), "pinctrl-0 leads nowhere"));
}

static void gpios_are_set_and_read(void)
{
	struct gpio gpio;

	MACHINE(BCM2711);
	TEST_EQ(gpio_count(), 0);
	TEST_EQ(gpio_numbered(0, &gpio), -ENOENT);
	probe();
	TEST_EQ(gpio_count(), 58);
	TEST_EQ(gpio_numbered(58, &gpio), -ENOENT);
	TEST_EQ(gpio_numbered(UINT64_MAX, &gpio), -ENOENT);
	TEST_EQ(gpio_numbered(42, &gpio), 0);
	gp.function[4] = 0x7 << 9;
	gpio_output(&gpio, true);
	TEST_EQ(gp.function[4], 0x7 << 9 | 0x1 << 6);
	TEST_EQ(gp.level[1], 1 << 10);
	TEST(gpio_get(&gpio));
	gpio_set(&gpio, false);
	TEST_EQ(gp.level[1], 0);
	TEST(!gpio_get(&gpio));
	TEST_STR(gpio.chip->ops->function(gpio.chip, 43), "alt3");
	gpio_input(&gpio);
	TEST_STR(gpio.chip->ops->function(gpio.chip, 42), "input");
	gp.level[1] = 1 << 10;
	TEST(gpio_get(&gpio));
	TEST_EQ(gpio_claim(&gpio, "one"), 0);
	TEST_EQ(gpio_claim(&gpio, "two"), -EBUSY);
	TEST_EQ(gpio_claim(&gpio, "one"), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(pins_by_number), TEST_CASE(pins_by_name),
	TEST_CASE(the_older_pulls_by_a_sequence), TEST_CASE(pins_that_do_not_exist),
	TEST_CASE(two_want_one_pin), TEST_CASE(who_has_to_wait_for_pins),
	TEST_CASE(gpios_are_set_and_read),
};
static const struct test_suite pins_suite = TEST_SUITE_OF("pins", cases);
TEST_SUITE(pins_suite);
