/* SPDX-License-Identifier: MIT */
/*
 * The pins of Broadcom's BCM2835 and BCM2711: GPIOs, and pin control.
 *
 * Each pin has a function of three bits, which is input, output, or one of six devices; a pull
 * resistor; and for outputs a bit in a register that sets and one in another that clears, so that
 * levels need no lock. A function is changed by way of "input", as a pin that is two devices' on
 * the way is none's. The BCM2711 has pulls as two bits a pin; the BCM2835 takes one by a sequence:
 * the pull, 150 cycles, the pins it is for, 150 cycles, nothing; what it has cannot be read.
 *
 * States of pins come in two forms, the older with lists of numbers (brcm,pins, brcm,function,
 * brcm,pull: one for all pins, or one each), the newer with names (pins, function, bias-*), also in
 * nodes below. A pin that somebody has already is left to him. Does not do interrupts, drive
 * strength, or output-high and output-low in a state. Registers: BCM2711 ARM Peripherals, 5.2;
 * BCM2835 ARM Peripherals, 6.1. The pull registers lie behind what `reg` of all trees covers, in
 * the same page. Binding: "brcm,bcm2835-gpio".
 */
#include <arch/io.h>
#include <device/driver.h>
#include <device/gpio.h>
#include <device/pinctrl.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define GPFSEL(pin)	(0x00 + (pin) / 10 * 4)
#define GPFSEL_SHIFT(pin) ((pin) % 10 * 3)
#define GPSET(pin)	(0x1c + (pin) / 32 * 4)
#define GPCLR(pin)	(0x28 + (pin) / 32 * 4)
#define GPLEV(pin)	(0x34 + (pin) / 32 * 4)
#define GPPUD		0x94
#define GPPUDCLK(pin)	(0x98 + (pin) / 32 * 4)
#define PUP_PDN(pin)	(0xe4 + (pin) / 16 * 4)	/* BCM2711 */
#define PUP_PDN_SHIFT(pin) ((pin) % 16 * 2)

#define PINS_BCM2835	54U
#define PINS_BCM2711	58U

#define GPPUD_WAIT	1000UL	/* ns; 150 cycles of a clock of 250 MHz, or slower */

enum { INPUT, OUTPUT };

/* By the function's three bits; the first two have other names in trees. */
static const char functions[8][8] = { "input", "output", "alt5", "alt4",
				      "alt0",  "alt1",   "alt2", "alt3" };

/* As brcm,pull and GPPUD count. */
enum { PULL_NONE, PULL_DOWN, PULL_UP, PULLS };

#define KEEP		UINT32_MAX	/* a function or pull that a state does not give */

struct bcm2835_gpio {
	void *base;
	bool bcm2711;
	struct spinlock lock;		/* GPFSEL and pulls are read and written */
	struct gpio_chip chip;
	struct pin_controller pins;
	const char *user[PINS_BCM2711];
};

/* A state, as far as it has been read; who wants it, and the words for what is wrong. */
struct request {
	struct device *dev;
	const struct dt_node *state;
	const char *user;
};

static const struct bcm2835_gpio *to_gpio(const struct gpio_chip *chip)
{
	return chip->dev->priv;
}

static u32 function_of(const struct bcm2835_gpio *gpio, u32 pin)
{
	return read32(gpio->base + GPFSEL(pin)) >> GPFSEL_SHIFT(pin) & 7;
}

/* Replaces the bits of @mask, at @shift of the register. Lock held. */
static void change_locked(void *reg, u32 mask, unsigned int shift, u32 bits)
{
	write32(reg, (read32(reg) & ~(mask << shift)) | bits << shift);
}

static void set_function(struct bcm2835_gpio *gpio, u32 pin, u32 function)
{
	void *reg = gpio->base + GPFSEL(pin);
	unsigned long state = spin_lock_irqsave(&gpio->lock);
	u32 now = function_of(gpio, pin);

	if (now != function && now != INPUT && function != INPUT)
		change_locked(reg, 7, GPFSEL_SHIFT(pin), INPUT);
	if (now != function)
		change_locked(reg, 7, GPFSEL_SHIFT(pin), function);
	spin_unlock_irqrestore(&gpio->lock, state);
}

static void set_pull(struct bcm2835_gpio *gpio, u32 pin, u32 pull)
{
	static const u8 bcm2711_pull[PULLS] = { [PULL_NONE] = 0, [PULL_UP] = 1, [PULL_DOWN] = 2 };
	unsigned long state = spin_lock_irqsave(&gpio->lock);

	if (gpio->bcm2711) {
		change_locked(gpio->base + PUP_PDN(pin), 3, PUP_PDN_SHIFT(pin), bcm2711_pull[pull]);
	} else {
		write32(gpio->base + GPPUD, pull);
		time_busy_wait(GPPUD_WAIT);
		write32(gpio->base + GPPUDCLK(pin), (u32)BIT(pin % 32));
		time_busy_wait(GPPUD_WAIT);
		write32(gpio->base + GPPUD, 0);
		write32(gpio->base + GPPUDCLK(pin), 0);
	}
	spin_unlock_irqrestore(&gpio->lock, state);
}

/* --- Pin control --- */

static void set_pin(const struct request *r, u32 pin, u32 function, u32 pull)
{
	struct bcm2835_gpio *gpio = r->dev->priv;
	struct gpio line = { &gpio->chip, pin, false };

	if (pin >= gpio->chip.count || (function != KEEP && function >= ARRAY_SIZE(functions)) ||
	    (pull != KEEP && pull >= PULLS)) {
		dev_err(r->dev, "%s for %s: there is no GPIO %u, function %d or pull %d",
			r->state->name, r->user, pin, (int)function, (int)pull);
		return;
	}
	if (gpio_claim(&line, r->user)) {
		dev_info(r->dev, "%s goes without GPIO %u, which %s has", r->user, pin,
			 gpio->user[pin]);
		return;
	}
	if (pull != KEEP)
		set_pull(gpio, pin, pull);
	if (function != KEEP)
		set_function(gpio, pin, function);
}

/* What the @index-th of the pins is to have: of one value for all, or of one each. */
static u32 listed(const struct dt_node *state, const char *name, unsigned int index)
{
	u32 value, second;

	if (dt_u32(state, name, 1, &second))
		index = 0;
	return dt_u32(state, name, index, &value) ? KEEP : value;
}

static void apply_numbers(const struct request *r)
{
	u32 pin;

	for (unsigned int i = 0; !dt_u32(r->state, "brcm,pins", i, &pin); i++)
		set_pin(r, pin, listed(r->state, "brcm,function", i),
			listed(r->state, "brcm,pull", i));
}

/* The three bits for a function's name in a tree; ARRAY_SIZE(functions) for one that is none. */
static u32 function_named(const char *name)
{
	u32 function = 0;

	if (!name)
		return KEEP;
	if (!strncmp(name, "gpio_", 5))
		return !strcmp(name, "gpio_in") ? INPUT : OUTPUT;
	while (function < ARRAY_SIZE(functions) && strcmp(functions[function], name))
		function++;
	return function;
}

static u32 pull_named(const struct dt_node *state)
{
	if (dt_has(state, "bias-pull-up"))
		return PULL_UP;
	if (dt_has(state, "bias-pull-down"))
		return PULL_DOWN;
	return dt_has(state, "bias-disable") ? PULL_NONE : KEEP;
}

/* The number behind "gpio"; KEEP, which no pin has, for another name. */
static u32 pin_named(const char *name)
{
	u32 pin = 0;

	if (strncmp(name, "gpio", 4) || !name[4])
		return KEEP;
	for (name += 4; *name; name++) {
		if (*name < '0' || *name > '9' || pin >= PINS_BCM2711)
			return KEEP;
		pin = pin * 10 + (u32)(*name - '0');
	}
	return pin;
}

static void apply_names(const struct request *r)
{
	const char *name;

	for (unsigned int i = 0; (name = dt_string(r->state, "pins", i)); i++)
		set_pin(r, pin_named(name), function_named(dt_string(r->state, "function", 0)),
			pull_named(r->state));
}

static void release(struct device *dev, const char *user)
{
	struct bcm2835_gpio *gpio = dev->priv;

	for (unsigned int pin = 0; pin < gpio->chip.count; pin++)
		if (gpio->user[pin] == user)
			gpio->user[pin] = NULL;
}

static void apply(struct device *dev, const struct dt_node *state, const char *user)
{
	struct request r = { dev, state, user };

	apply_numbers(&r);
	apply_names(&r);
	for (r.state = dt_child(state); r.state; r.state = dt_sibling(r.state))
		apply_names(&r);
}

/* --- GPIOs --- */

static const char *function_name(const struct gpio_chip *chip, unsigned int line)
{
	return functions[function_of(to_gpio(chip), line)];
}

static bool level(const struct gpio_chip *chip, unsigned int line)
{
	return read32(to_gpio(chip)->base + GPLEV(line)) & BIT(line % 32);
}

static void set_level(const struct gpio_chip *chip, unsigned int line, bool high)
{
	write32(to_gpio(chip)->base + (high ? GPSET(line) : GPCLR(line)), (u32)BIT(line % 32));
}

static void set_direction(const struct gpio_chip *chip, unsigned int line, bool output)
{
	set_function(chip->dev->priv, line, output ? OUTPUT : INPUT);
}

static const struct gpio_ops bcm2835_gpio_ops = {
	.function = function_name,
	.level = level,
	.set_level = set_level,
	.set_direction = set_direction,
};

static int bcm2835_gpio_probe(struct device *dev)
{
	struct bcm2835_gpio *gpio = dev->priv;

	gpio->base = device_map(dev, 0, NULL);
	if (!gpio->base)
		return -ENXIO;
	read32(gpio->base + GPFSEL(0));	/* is it there? not for others to find out */
	spin_lock_init(&gpio->lock);
	gpio->bcm2711 = dt_compatible(dev->node, "brcm,bcm2711-gpio");
	gpio->chip.dev = dev;
	gpio->chip.ops = &bcm2835_gpio_ops;
	gpio->chip.count = gpio->bcm2711 ? PINS_BCM2711 : PINS_BCM2835;
	gpio->chip.user = gpio->user;
	gpio->pins.dev = dev;
	gpio->pins.apply = apply;
	gpio->pins.release = release;
	gpio_register(&gpio->chip);
	pinctrl_register(&gpio->pins);
	return 0;
}

static const char *const bcm2835_gpio_ids[] = { "brcm,bcm2711-gpio", "brcm,bcm2835-gpio", NULL };

static const struct driver bcm2835_gpio_driver = {
	.name = "bcm2835_gpio",
	.phase = PHASE_SUPPLIER,
	.compatible = bcm2835_gpio_ids,
	.probe = bcm2835_gpio_probe,
	.priv_size = sizeof(struct bcm2835_gpio),
};
DRIVER(bcm2835_gpio_driver);
