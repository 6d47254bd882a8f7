/* SPDX-License-Identifier: MIT */
/*
 * Turning the machine off and on again. Drivers offer a way; the kernel uses it after its last
 * line.
 */
#ifndef DEVICE_POWER_H
#define DEVICE_POWER_H

#include <lib/types.h>

/*
 * What a driver can do; a hook that it lacks is NULL. A hook that returns has failed. Called
 * with interrupts off.
 */
struct power_ops {
	const char *name;
	void (*off)(void);
	void (*reset)(void);
};

/*
 * From probe. The first driver that has a hook is the one that is used for it. @ops stays in
 * use.
 */
void power_register(const struct power_ops *ops);

/* True when some driver can do it. */
bool power_can_off(void);
bool power_can_reset(void);

/* Does it. Returns only when nobody can or it failed. */
void power_off_now(void);
void power_reset_now(void);

#endif
