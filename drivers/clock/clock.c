/* SPDX-License-Identifier: MIT */
/*
 * Clocks: finds who provides what a node's `clocks` names, has it run, and asks for the rate. Keeps
 * no tree of its own: a provider that has a parent asks for that one in turn. Never changes a rate.
 */
#include <arch/sections.h>
#include <device/clock.h>

/* How long a chain of clocks may be: a tree that leads one back to itself has no end. */
#define DEPTH_MAX	8

static struct clock_provider *providers __ro_after_init;

void clock_register(struct clock_provider *provider)
{
	provider->next = providers;
	providers = provider;
}

static const struct clock_provider *provider_at(const struct dt_node *node)
{
	const struct clock_provider *p = providers;

	while (p && p->dev->node != node)
		p = p->next;
	return p;
}

/* Whether @clock is a fixed one; its rate in *@hz. */
static bool is_fixed(const struct dt_node *clock, u32 *hz)
{
	if (!clock || !dt_compatible(clock, "fixed-clock"))
		return false;
	dt_u32(clock, "clock-frequency", 0, hz);
	return true;
}

int clock_enable(const struct dt_node *node, unsigned int index, u32 *hz)
{
	static unsigned int depth;	/* probes come one at a time */
	const struct clock_provider *p;
	struct dt_args clock;
	u32 phandle;
	int err;

	*hz = 0;
	/* most are, and the first one: for that no cells have to be counted */
	if (!index && !dt_u32(node, "clocks", 0, &phandle) &&
	    is_fixed(dt_by_phandle(phandle), hz))
		return 0;
	err = dt_args(node, "clocks", "#clock-cells", index, &clock);
	if (err)
		return err;
	if (is_fixed(clock.node, hz))
		return 0;
	p = provider_at(clock.node);
	if (!p)
		return device_supplier(clock.node);
	if (depth == DEPTH_MAX) {
		log_err("clocks: %s leads back to itself", node->name);
		return -EINVAL;
	}
	depth++;
	err = p->ops->enable(p->dev, clock.cell[0]);
	if (!err)
		*hz = p->ops->rate(p->dev, clock.cell[0]);
	depth--;
	return err;
}
