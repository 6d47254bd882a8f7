/* SPDX-License-Identifier: MIT */
/* LEDs on a chip that has GPIOs and nothing else. */
#include <device/gpio.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "device/bus.h"
#include "host.h"

/* Chips stay for good; here each machine begins anew. */
#include "../../../drivers/gpio/gpio.c"

#define LINES	58

/* --- The chip --- */

static bool high[LINES], output[LINES];
static const char *user[LINES];

static bool level(const struct gpio_chip *chip __unused, unsigned int line)
{
	return high[line];
}

static void set_level(const struct gpio_chip *chip __unused, unsigned int line, bool on)
{
	high[line] = on;
}

static void set_direction(const struct gpio_chip *chip __unused, unsigned int line, bool out)
{
	output[line] = out;
}

static const struct gpio_ops ops = {
	.level = level, .set_level = set_level, .set_direction = set_direction
};
static struct gpio_chip the_chip = { .ops = &ops, .count = LINES, .user = user };

static int chip_probe(struct device *dev)
{
	the_chip.dev = dev;
	gpio_register(&the_chip);
	return 0;
}

static const char *const chip_ids[] = { NULL };
static const struct driver chip_driver = {
	.name = "chip", .phase = PHASE_SUPPLIER, .compatible = chip_ids, .probe = chip_probe,
};
DRIVER(chip_driver);

static const struct bus_prop chip_prop[] = { PROP_CELLS("#gpio-cells", 2), { 0 } };
static struct bus_node chip_node = {
	.node = { .name = "gpio-chip", .enabled = true }, .prop = chip_prop
};

static void machine(void)
{
	bus_reset();
	chips = NULL;
	the_chip = (struct gpio_chip){ .ops = &ops, .count = LINES, .user = user };
	memset(high, 0, sizeof(high));
	memset(output, 0, sizeof(output));
	memset(user, 0, sizeof(user));
	bus_known(&chip_node);
}

static void probe(void)
{
	TEST_EQ(bus_probe("chip", &chip_node)->error, 0);
}

/* --- The LEDs --- */

static struct timer *beating;
static u64 next_beat, beat_slack;
static unsigned int starts;

void timer_init(struct timer *timer, timer_function *function, void *arg)
{
	timer->function = function;
	timer->arg = arg;
}

void timer_start(struct timer *timer, u64 deadline, u64 slack, u64 period)
{
	TEST_EQ(period, 0);
	beating = timer;
	next_beat = deadline;
	beat_slack = slack;
	starts++;
}

/* What an LED beats with: there is one. */
static bool no_memory;

void *kzalloc(size_t size)
{
	static u64 memory[64];

	if (no_memory)
		return NULL;
	TEST(size <= sizeof(memory));
	return memset(memory, 0, sizeof(memory));
}

static struct bus_prop led_prop[2][5];
static struct bus_node leds = { .node = { .name = "leds", .enabled = true } };
static struct bus_node led[2] = {
	{ .node = { .name = "led-act", .parent = &leds.node, .enabled = true },
	  .prop = led_prop[0] },
	{ .node = { .name = "led-pwr", .parent = &leds.node, .enabled = true },
	  .prop = led_prop[1] },
};

static void lights(void)
{
	machine();
	bus_known(&led[0]);
	bus_known(&led[1]);
	memset(led_prop, 0, sizeof(led_prop));
	beating = NULL;
	starts = 0;
	led_prop[0][0] = (struct bus_prop)PROP_CELLS("gpios", 1, 42, 0);
	led_prop[0][1] = (struct bus_prop)PROP_TEXT("linux,default-trigger", "heartbeat");
	led_prop[1][0] = (struct bus_prop)PROP_CELLS("gpios", 1, 2, 1);
	led_prop[1][1] = (struct bus_prop)PROP_TEXT("linux,default-trigger", "default-on");
}


static void leds_beat_or_stay(void)
{
	static const unsigned int ms[] = { 70, 245, 70, 875 };

	lights();
	probe();
	led_prop[0][2] = (struct bus_prop)PROP_TEXT("label", "ACT");
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST_EQ(output[42], true);
	TEST_EQ(output[2], true);
	TEST(!high[2]);		/* on: low */
	TEST_STR(chips->user[42], "ACT");
	TEST_STR(chips->user[2], "led-pwr");
	/* two flashes in 1.26 s, by four timers */
	for (unsigned int i = 0; i < 8 && beating; i++) {
		u64 before = bus_now = next_beat;

		beating->function(beating, beating->arg);
		TEST_EQ(high[42], i % 2 == 0);
		TEST(next_beat - before >= ms[i % 4] * NS_PER_MS);
		TEST(next_beat - before < (ms[i % 4] + 1) * NS_PER_MS);
		TEST(beat_slack >= 5 * NS_PER_MS);
	}
	TEST_EQ(starts, 9);

	lights();
	probe();
	no_memory = true;
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	no_memory = false;
	TEST(strstr(host_log_last(), "led-act: no heartbeat: no memory"));
	TEST_EQ(starts, 0);
	TEST(!high[2]);

	/* states without a trigger, and a trigger that nobody knows */
	lights();
	probe();
	high[42] = true;
	led_prop[0][1] = (struct bus_prop)PROP_TEXT("default-state", "keep");
	led_prop[1][1] = (struct bus_prop)PROP_TEXT("linux,default-trigger", "mmc0");
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST(high[42]);
	TEST(high[2]);		/* off: high */
	TEST_EQ(starts, 0);
	lights();
	probe();
	led_prop[0][1] = (struct bus_prop)PROP_TEXT("default-state", "on");
	led[1].node.enabled = false;
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	led[1].node.enabled = true;
	TEST(high[42]);
	TEST_EQ(output[2], false);
	TEST(!chips->user[2]);
}

static void leds_without_a_gpio(void)
{
	static struct bus_node expander = { .node = { .name = "expander" } };
	struct device *chip;

	/* none that exists: a line, and the other one is lit */
	lights();
	probe();
	led_prop[0][0] = (struct bus_prop)PROP_CELLS("gpios", 1, 58, 0);
	host_log_lines();
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST(strstr(host_log_last(), "led-act: gpio-chip has no GPIO 58, only 58 of them"));
	TEST_EQ(output[2], true);

	/* somebody else's */
	lights();
	probe();
	chips->user[42] = "somebody";
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST(strstr(host_log_last(), "somebody else has its GPIO 42"));
	TEST_EQ(output[42], false);

	/* its chip comes later, or never */
	lights();
	chip = bus_match("chip", &chip_node);
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, -EPROBE_DEFER);
	chip->state = DEVICE_FAILED;
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST(strstr(host_log_last(), "nothing drives its GPIO"));
	lights();
	probe();
	bus_known(&expander);
	led_prop[0][0] = (struct bus_prop)PROP_CELLS("gpios", 4);
	TEST_EQ(bus_probe("gpio_leds", &leds)->error, 0);
	TEST(strstr(host_log_last(), "led-act: nothing drives its GPIO"));
	TEST_EQ(output[2], true);
}

static const struct test_case cases[] = {
	TEST_CASE(leds_beat_or_stay), TEST_CASE(leds_without_a_gpio),
};
static const struct test_suite leds_suite = TEST_SUITE_OF("leds", cases);
TEST_SUITE(leds_suite);
