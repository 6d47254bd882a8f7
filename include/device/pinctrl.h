/* SPDX-License-Identifier: MIT */
/*
 * Pin control: which device a pin of the chip is switched to, and its pull resistor. A node asks
 * for states of pins by phandle in `pinctrl-0`; a state is a node below its controller, whose
 * driver alone understands it. The driver core has the states of a device set before it is probed.
 * Binding: pinctrl/pinctrl-bindings.txt of Linux.
 */
#ifndef DEVICE_PINCTRL_H
#define DEVICE_PINCTRL_H

#include <device/driver.h>
#include <lib/types.h>

/* A device that switches pins; in its driver's state, where it stays. */
struct pin_controller {
	struct device *dev;
	/*
	 * Switches the pins that @state, a node below the controller's, names; @user, which stays,
	 * needs them. Says what of it cannot be, and does the rest. Boot, or thread context.
	 */
	void (*apply)(struct device *dev, const struct dt_node *state, const char *user);
	/* Nobody of the name @user, as apply got it, needs pins any more. They stay as they are. */
	void (*release)(struct device *dev, const char *user);
	struct pin_controller *next;	/* pinctrl_register()'s */
};

/* From probe, when pins can be switched. */
void pinctrl_register(struct pin_controller *controller);

/*
 * Sets what `pinctrl-0` of @dev asks for. 0, also where it asks for nothing, where its controller
 * has no driver, and where some of it could not be: pins stay as they were then. -EPROBE_DEFER when
 * the controller's driver comes later; or when @dev is a UART, and the one that stdout-path names
 * is to have its pins first, as two may want the same. For the driver core.
 */
int pinctrl_apply(struct device *dev);

/* @dev is not used after all: others may have its pins. For the driver core. */
void pinctrl_release(struct device *dev);

#endif
