/* SPDX-License-Identifier: MIT */
/*
 * GPIOs: pins that software sets and reads. A chip's driver offers its lines; other drivers find
 * theirs by the tree (`gpios = <&chip 42 0>`), the shell's command by number. Numbers count through
 * all chips, in the order in which they were probed, from 0. Binding: gpio/gpio.txt of Linux.
 */
#ifndef DEVICE_GPIO_H
#define DEVICE_GPIO_H

#include <device/driver.h>
#include <lib/types.h>

struct gpio_chip;

/* @line is below the chip's count. Levels are those on the wire. Any context, at the same time. */
struct gpio_ops {
	/* What the line is switched to, in a word that stays: "input", "output", "alt5". */
	const char *(*function)(const struct gpio_chip *chip, unsigned int line);
	bool (*level)(const struct gpio_chip *chip, unsigned int line);
	void (*set_level)(const struct gpio_chip *chip, unsigned int line, bool high);
	/* Switches it to be an input, or an output with the level that was set last. */
	void (*set_direction)(const struct gpio_chip *chip, unsigned int line, bool output);
};

/* A chip; in its driver's state, where it stays. */
struct gpio_chip {
	struct device *dev;
	const struct gpio_ops *ops;
	unsigned int count;
	const char **user;	/* of each line: who has claimed it, NULL: nobody */
	/* gpio_register()'s: */
	unsigned int first;	/* the number of line 0 */
	struct gpio_chip *next;
};

/* From probe, when lines can be used. */
void gpio_register(struct gpio_chip *chip);

/* A line, as its user sees it. */
struct gpio {
	struct gpio_chip *chip;
	unsigned int line;
	bool active_low;	/* on is the low level */
};

/*
 * The @index-th line that @name of @node names, such as "gpios". 0; -ENOENT: there is no such
 * entry; -EINVAL, with a log line: it makes no sense, or the chip has no such line; -EPROBE_DEFER
 * and -ENODEV as device_supplier(). From probe.
 */
int gpio_find(const struct dt_node *node, const char *name, unsigned int index, struct gpio *gpio);

/* The line of that number: 0 or -ENOENT. Any context. */
int gpio_numbered(u64 number, struct gpio *gpio);

/* Makes the line @user's, a text that stays. 0; -EBUSY when it is somebody else's. From probe. */
int gpio_claim(const struct gpio *gpio, const char *user);

/* Switches the line on or off; it has to be an output for that to show. Any context. */
void gpio_set(const struct gpio *gpio, bool on);

/* Makes it an output that begins on or off; without a wrong level in between. Any context. */
void gpio_output(const struct gpio *gpio, bool on);

/* Makes it an input. Any context. */
void gpio_input(const struct gpio *gpio);

/* Whether it is on. Any context. */
bool gpio_get(const struct gpio *gpio);

/* How many there are, of all chips. */
unsigned int gpio_count(void);

#endif
