/* SPDX-License-Identifier: MIT */
/* devices: what the driver core made of the tree. */
#include <device/driver.h>
#include <lib/format.h>
#include <shell/command.h>

static const char *const states[] = {
	[DEVICE_UNBOUND] = "unbound",
	[DEVICE_DEFERRED] = "deferred",
	[DEVICE_FAILED] = "failed",
	[DEVICE_READY] = "ready",
};

static int devices_run(int argc, char **argv)
{
	char path[128];

	(void)argc;
	(void)argv;
	for (const struct device *dev = NULL; (dev = device_next(dev));) {
		dt_path(dev->node, path, sizeof(path));
		print("%-9s %-14s %s", states[dev->state], dev->driver->name, path);
		if (dev->error)
			print(" (%pe)", (void *)(long)dev->error);
		print("\n");
	}
	return STATUS_OK;
}

static const struct command devices_command = {
	.name = "devices",
	.usage = "",
	.help = "devices of the tree that have a driver, and their state",
	.run = devices_run,
	.min_args = 0,
	.max_args = 0,
};
COMMAND(devices_command);
