/* SPDX-License-Identifier: MIT */
/* Between core.c and guard.c. */
#ifndef DRIVERS_GUARD_H
#define DRIVERS_GUARD_H

#include <device/driver.h>

/*
 * Calls @dev's probe: what that returns; or -EIO, with a log line, when an access of it met an
 * external abort. Panics when it then has a lock that others sleep for.
 */
int probe_guarded(struct device *dev);

/* Calls @driver's present: what that returns, or true for the probe to meet the same abort. */
bool present_guarded(const struct driver *driver, const struct dt_node *node);

#endif
