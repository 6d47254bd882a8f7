/* SPDX-License-Identifier: MIT */
/*
 * Pin control: leads the states in a device's `pinctrl-0` to the drivers of the controllers above
 * them. Knows nothing of pins. Only the default state is set; what `pinctrl-names` calls "sleep"
 * and the like is not.
 */
#include <arch/sections.h>
#include <device/pinctrl.h>
#include <uapi/errno.h>

static struct pin_controller *controllers __ro_after_init;

void pinctrl_register(struct pin_controller *controller)
{
	controller->next = controllers;
	controllers = controller;
}

/* The controller that @state stands below. NULL: none, or *@err says that it comes later. */
static const struct pin_controller *controller_of(const struct dt_node *state, int *err)
{
	for (const struct dt_node *node = state->parent; node; node = node->parent) {
		for (const struct pin_controller *c = controllers; c; c = c->next)
			if (c->dev->node == node)
				return c;
		*err = device_supplier(node);
		if (*err == -EPROBE_DEFER)
			return NULL;
	}
	*err = 0;
	return NULL;
}

/* Whether @dev has to wait for the console, which may want the same pins. */
static bool console_is_first(const struct device *dev)
{
	const struct dt_node *console;
	const char *options;

	if (dev->driver->phase != PHASE_CONSOLE)
		return false;
	console = dt_stdout(&options);
	return console && console != dev->node && device_supplier(console) == -EPROBE_DEFER;
}

int pinctrl_apply(struct device *dev)
{
	u32 phandle;

	for (unsigned int i = 0; !dt_u32(dev->node, "pinctrl-0", i, &phandle); i++) {
		const struct dt_node *state = dt_by_phandle(phandle);
		const struct pin_controller *c;
		int err = 0;

		if (!state) {
			dev_err(dev, "pinctrl-0 leads nowhere: its pins stay as they are");
			continue;
		}
		c = controller_of(state, &err);
		if (c && console_is_first(dev))
			err = -EPROBE_DEFER;
		if (err)
			return err;
		if (c)
			c->apply(c->dev, state, dev->node->name);
	}
	return 0;
}

void pinctrl_release(struct device *dev)
{
	for (const struct pin_controller *c = controllers; c; c = c->next)
		c->release(c->dev, dev->node->name);
}
