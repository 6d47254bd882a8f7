/* SPDX-License-Identifier: MIT */
/*
 * LEDs on GPIOs. Each begins as `default-state` says, or with `linux,default-trigger`:
 * "default-on", or "heartbeat", which shows that the kernel takes its interrupts: two flashes of 70
 * ms and a pause, 1.26 s in all, as an idle Linux does it. Each change is one timer, which may be
 * late by what no eye sees, so that it goes along with another one. Other triggers are not known:
 * those LEDs are as their state says, off without one. Binding: "gpio-leds", and leds/common.yaml
 * of Linux.
 */
#include <device/driver.h>
#include <device/gpio.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

/* How long each step of a beat lasts; it is on in every other one, in the first too. */
static const u16 beat_ms[] = { 70, 245, 70, 875 };

#define SLACK	(10 * NS_PER_MS)

struct led {
	struct gpio gpio;
	struct timer timer;
	unsigned int step;
};

static void beat(struct timer *timer, void *arg)
{
	struct led *led = arg;

	gpio_set(&led->gpio, !(led->step % 2));
	timer_start(timer, time_now() + beat_ms[led->step] * NS_PER_MS, SLACK, 0);
	led->step = (led->step + 1) % ARRAY_SIZE(beat_ms);
}

static bool text_is(const struct dt_node *node, const char *name, const char *text)
{
	const char *value = dt_string(node, name, 0);

	return value && !strcmp(value, text);
}

static void start(const struct dt_node *node, const struct gpio *gpio)
{
	struct led *led;

	if (text_is(node, "default-state", "keep"))
		gpio_output(gpio, gpio_get(gpio));
	else
		gpio_output(gpio, text_is(node, "default-state", "on") ||
				  text_is(node, "linux,default-trigger", "default-on"));
	if (!text_is(node, "linux,default-trigger", "heartbeat"))
		return;
	led = kzalloc(sizeof(*led));
	if (!led) {
		log_err("%s: no heartbeat: no memory", node->name);
		return;
	}
	led->gpio = *gpio;
	timer_init(&led->timer, beat, led);
	timer_start(&led->timer, time_now(), SLACK, 0);
}

/* What the LED is called on its GPIO. */
static const char *label_of(const struct dt_node *node)
{
	const char *label = dt_string(node, "label", 0);

	return label ? label : node->name;
}

/* Whether what has the LED's GPIO is not there yet. */
static bool must_wait(const struct dt_node *node)
{
	const struct dt_node *chip;
	u32 phandle;

	if (!node->enabled || dt_u32(node, "gpios", 0, &phandle))
		return false;
	chip = dt_by_phandle(phandle);
	return chip && device_supplier(chip) == -EPROBE_DEFER;
}

/* First all are looked at, so that one that has to wait has not been half of a start. */
static int gpio_leds_probe(struct device *dev)
{
	const struct dt_node *node;
	struct gpio gpio;

	for (node = dt_child(dev->node); node; node = dt_sibling(node))
		if (must_wait(node))
			return -EPROBE_DEFER;
	for (node = dt_child(dev->node); node; node = dt_sibling(node)) {
		int err = node->enabled ? gpio_find(node, "gpios", 0, &gpio) : -ENOENT;

		if (err == -ENODEV)
			dev_info(dev, "%s: nothing drives its GPIO", node->name);
		else if (!err && gpio_claim(&gpio, label_of(node)))
			dev_err(dev, "%s: somebody else has its GPIO %u", node->name, gpio.line);
		else if (!err)
			start(node, &gpio);
	}
	return 0;
}

static const char *const gpio_leds_ids[] = { "gpio-leds", NULL };

static const struct driver gpio_leds_driver = {
	.name = "gpio_leds",
	.phase = PHASE_DEVICE,
	.compatible = gpio_leds_ids,
	.probe = gpio_leds_probe,
};
DRIVER(gpio_leds_driver);
