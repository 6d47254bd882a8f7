/* SPDX-License-Identifier: MIT */
/*
 * Power-off and reset: remembers the first driver that offers each, and calls it. Does not say
 * anything and does not stop other CPUs; that is the caller's part (machine_off() and
 * machine_reboot()).
 */
#include <arch/sections.h>
#include <device/power.h>

static const struct power_ops *off_ops __ro_after_init;
static const struct power_ops *reset_ops __ro_after_init;

void power_register(const struct power_ops *ops)
{
	if (ops->off && !off_ops)
		off_ops = ops;
	if (ops->reset && !reset_ops)
		reset_ops = ops;
}

bool power_can_off(void)
{
	return off_ops;
}

bool power_can_reset(void)
{
	return reset_ops;
}

void power_off_now(void)
{
	if (off_ops)
		off_ops->off();
}

void power_reset_now(void)
{
	if (reset_ops)
		reset_ops->reset();
}
