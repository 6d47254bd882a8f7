/* SPDX-License-Identifier: MIT */
/* devices: what the driver core made of the tree, and what nobody made anything of. */
#include <device/driver.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>

static const char *const states[] = {
	[DEVICE_UNBOUND] = "unbound",
	[DEVICE_DEFERRED] = "deferred",
	[DEVICE_FAILED] = "failed",
	[DEVICE_READY] = "ready",
};

static void show(const char *state, const char *who, const struct dt_node *node, int error)
{
	char path[128];

	dt_path(node, path, sizeof(path));
	print("%-9s %-14s %s", state, who, path);
	if (error)
		print(" (%pe)", (void *)(long)error);
	print("\n");
}

/* The device of @node, in whatever state, or NULL. */
static const struct device *made_for(const struct dt_node *node)
{
	const struct device *dev = NULL;

	while ((dev = device_next(dev)) && dev->node != node)
		;
	return dev;
}

/* A driver for nodes like @node, be there a device or not; or NULL. */
static const struct driver *driver_for(const struct dt_node *node)
{
	TABLE_FOREACH(driver, struct driver, d)
		for (const char *const *id = (*d)->compatible; *id; id++)
			if (dt_compatible(node, *id))
				return *d;
	return NULL;
}

/* A CPU's reg is no address. */
static bool is_cpu(const struct dt_node *node)
{
	const char *type = dt_string(node, "device_type", 0);

	return type && !strcmp(type, "cpu");
}

/* The nodes that a driver might be for, and none is; and slots with nothing in them. */
static void show_others(void)
{
	for (const struct dt_node *node = NULL; (node = dt_next(node));) {
		const struct driver *driver;

		if (!node->enabled || !node->compatible || !dt_has(node, "reg") || is_cpu(node) ||
		    made_for(node))
			continue;
		driver = driver_for(node);
		show(driver ? "empty" : "-", driver ? driver->name : node->compatible, node, 0);
	}
}

static int devices_run(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "-a"))
		return STATUS_USAGE;
	for (const struct device *dev = NULL; (dev = device_next(dev));)
		show(states[dev->state], dev->driver->name, dev->node, dev->error);
	if (argc == 2)
		show_others();
	return STATUS_OK;
}

static const struct command devices_command = {
	.name = "devices",
	.usage = "[-a]",
	.help = "the tree's devices and their drivers; -a: nodes without too",
	.run = devices_run,
	.min_args = 0,
	.max_args = 1,
};
COMMAND(devices_command);
