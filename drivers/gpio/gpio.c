/* SPDX-License-Identifier: MIT */
/*
 * GPIOs: the chips that there are, and lines of theirs by the tree and by number. Who claims a line
 * has it for good, by its name alone: that is for drivers, which stay, and keeps two of them and
 * the shell apart. No interrupts yet.
 */
#include <arch/sections.h>
#include <device/gpio.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define ACTIVE_LOW	BIT(0)	/* of the second cell, as all bindings have it */

static struct gpio_chip *chips __ro_after_init;

void gpio_register(struct gpio_chip *chip)
{
	struct gpio_chip **last = &chips;

	chip->first = gpio_count();
	while (*last)
		last = &(*last)->next;
	*last = chip;
}

unsigned int gpio_count(void)
{
	unsigned int count = 0;

	for (const struct gpio_chip *chip = chips; chip; chip = chip->next)
		count += chip->count;
	return count;
}

int gpio_find(const struct dt_node *node, const char *name, unsigned int index, struct gpio *gpio)
{
	struct dt_args args;
	int err = dt_args(node, name, "#gpio-cells", index, &args);

	if (err)
		return err;
	gpio->chip = chips;
	while (gpio->chip && gpio->chip->dev->node != args.node)
		gpio->chip = gpio->chip->next;
	if (!gpio->chip) {
		err = device_supplier(args.node);
		return err ? err : -ENODEV;	/* driven, but not as a chip of GPIOs */
	}
	gpio->line = args.cell[0];
	gpio->active_low = args.cell[1] & ACTIVE_LOW;
	if (gpio->line >= gpio->chip->count) {
		log_err("%s: %s has no GPIO %u, only %u of them", node->name, args.node->name,
			gpio->line, gpio->chip->count);
		return -EINVAL;
	}
	return 0;
}

int gpio_numbered(u64 number, struct gpio *gpio)
{
	for (struct gpio_chip *chip = chips; chip; chip = chip->next) {
		if (number - chip->first >= chip->count)
			continue;
		*gpio = (struct gpio){ chip, (unsigned int)number - chip->first, false };
		return 0;
	}
	return -ENOENT;
}

int gpio_claim(const struct gpio *gpio, const char *user)
{
	const char **slot = &gpio->chip->user[gpio->line];

	if (*slot && strcmp(*slot, user))
		return -EBUSY;
	*slot = user;
	return 0;
}

void gpio_set(const struct gpio *gpio, bool on)
{
	gpio->chip->ops->set_level(gpio->chip, gpio->line, on != gpio->active_low);
}

void gpio_output(const struct gpio *gpio, bool on)
{
	gpio_set(gpio, on);
	gpio->chip->ops->set_direction(gpio->chip, gpio->line, true);
}

void gpio_input(const struct gpio *gpio)
{
	gpio->chip->ops->set_direction(gpio->chip, gpio->line, false);
}

bool gpio_get(const struct gpio *gpio)
{
	return gpio->chip->ops->level(gpio->chip, gpio->line) != gpio->active_low;
}
