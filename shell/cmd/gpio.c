/* SPDX-License-Identifier: MIT */
/* gpio: pins that software reads and sets: all of them, or one. */
#include <device/gpio.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>
#include <uapi/errno.h>

enum { FORCE, ACTION, NUMBER, VALUE };
enum { LIST, GET, SET, INPUT };

static const char *const actions[] = { "list", "get", "set", "input", NULL };

static const struct argument gpio_arguments[] = {
	[FORCE] = { .letter = 'f', .type = ARGUMENT_FLAG,
		    .help = "also a pin that something else has" },
	[ACTION] = { .type = ARGUMENT_CHOICE, .choices = actions, .optional = true,
		     .help = "list: function, level and user of all, or of one; input: as SET, "
			     "let go again" },
	[NUMBER] = { .name = "N", .type = ARGUMENT_NUMBER, .optional = true },
	[VALUE] = { .name = "VALUE", .type = ARGUMENT_NUMBER, .optional = true, .max = 1,
		    .help = "0 or 1: the level of an output" },
};

/* A line of the list: number, function, level, name, and who has it. */
static void show(unsigned int number, const struct gpio *gpio)
{
	const struct gpio_chip *chip = gpio->chip;
	const char *name = dt_string(chip->dev->node, "gpio-line-names", gpio->line);
	const char *user = chip->user[gpio->line];

	print("%4u %-8s %u  %-16s %s\n", number, chip->ops->function(chip, gpio->line),
	      gpio_get(gpio), name && *name ? name : "-", user ? user : "-");
}

static int list(void)
{
	struct gpio gpio;

	for (unsigned int n = 0; !gpio_numbered(n, &gpio); n++) {
		if (!gpio.line)
			print("%s, %u GPIOs\n%4s %-8s %-2s %-16s %s\n", gpio.chip->dev->node->name,
			      gpio.chip->count, "n", "function", "is", "name", "user");
		show(n, &gpio);
	}
	return STATUS_OK;
}

/* Makes it an output or an input: not one that a driver has. */
static int change(const struct arguments *a, const struct gpio *gpio)
{
	const char *user = gpio->chip->user[gpio->line];

	if (user && !a->value[FORCE].number) {
		print("gpio: %s has %ld; -f sets it nevertheless\n", user,
		      a->value[NUMBER].number);
		return STATUS_FAIL;
	}
	if (a->value[ACTION].number == SET)
		gpio_output(gpio, a->value[VALUE].number);
	else
		gpio_input(gpio);
	return STATUS_OK;
}

static int gpio(const struct arguments *a)
{
	s64 action = a->value[ACTION].number, number = a->value[NUMBER].number;
	struct gpio one;

	if ((action == SET) != !!(a->given & BIT(VALUE)) ||
	    (action != LIST && !(a->given & BIT(NUMBER))))
		return STATUS_USAGE;
	if (!gpio_count()) {
		print("gpio: there are no GPIOs here that have a driver\n");
		return STATUS_FAIL;
	}
	if (!(a->given & BIT(NUMBER)))
		return list();
	if (gpio_numbered((u64)number, &one)) {
		print("gpio: there is no GPIO %ld, only 0 to %u\n", number, gpio_count() - 1);
		return STATUS_FAIL;
	}
	if (action == SET || action == INPUT)
		return change(a, &one);
	if (action == GET)
		print("%u\n", gpio_get(&one));
	else
		show((unsigned int)number, &one);
	return STATUS_OK;
}

static const struct command gpio_command = {
	.name = "gpio", .help = "pins that software reads and sets", .parsed = gpio,
	ARGUMENTS(gpio_arguments),
};
COMMAND(gpio_command);
