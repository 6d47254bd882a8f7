/* SPDX-License-Identifier: MIT */
/*
 * Where a device is and which interrupts it has: the two questions that need the nodes above it
 * as well (Devicetree Specification 0.4, 2.3.8 ranges, 2.4 interrupts). Interrupt nexus nodes
 * (interrupt-map) are for PCI and not read here.
 */
#include <device/fdt.h>
#include <lib/endian.h>
#include <uapi/errno.h>

/* Bytes from a property's length to its value; the name is between them. */
#define PROP_LENGTH	8

/* The lowest 64 bits of a number of @cells words. False when what is above them is not zero. */
static bool cells_read(const u8 *p, unsigned int cells, u64 *value)
{
	u64 high = 0;

	*value = 0;
	while (cells--) {
		high |= *value >> 32;
		*value = *value << 32 | load_be32(p);
		p += 4;
	}
	return !high;
}

/* Takes @addr from @bus's children to the bus above it. */
static int translate(const struct dt_node *bus, u64 *addr, u64 size)
{
	unsigned int ac = bus->address_cells, pac = bus->parent->address_cells,
		     sc = bus->size_cells;
	u32 entry = 4 * (ac + pac + sc), len;
	const u8 *p = dt_prop(bus, "ranges", &len);

	if (!p)
		return -EINVAL;		/* the bus is not memory-mapped */
	if (!len)
		return 0;		/* one to one */
	for (; entry && len >= entry; p += entry, len -= entry) {
		u64 child, parent, span;

		if (!cells_read(p, ac, &child) || !cells_read(p + 4 * ac, pac, &parent) ||
		    !cells_read(p + 4 * (ac + pac), sc, &span))
			continue;
		if (*addr >= child && *addr - child < span && size <= span - (*addr - child)) {
			*addr = *addr - child + parent;
			return 0;
		}
	}
	return -EINVAL;
}

int dt_reg(const struct dt_node *node, unsigned int index, struct dt_range *range)
{
	const struct dt_node *bus = node->parent;
	const u8 *p = node->reg;
	u64 addr, size;
	u32 entry, len;

	if (!p || !bus)
		return -ENOENT;
	len = load_be32(p - PROP_LENGTH);
	entry = 4U * (bus->address_cells + bus->size_cells);
	if (!entry || len % entry)
		return -EINVAL;
	if (index >= len / entry)
		return -ENOENT;
	p += (size_t)entry * index;
	if (!cells_read(p, bus->address_cells, &addr) ||
	    !cells_read(p + 4 * bus->address_cells, bus->size_cells, &size))
		return -EINVAL;
	for (; bus->parent; bus = bus->parent) {
		int err = translate(bus, &addr, size);

		if (err)
			return err;
	}
	if (size && addr + (size - 1) < addr)
		return -EINVAL;		/* beyond the end of all addresses */
	*range = (struct dt_range){ addr, size };
	return 0;
}

/*
 * The controller that @node's `interrupts` are meant for: the nearest interrupt-parent on the
 * way up.
 */
static const struct dt_node *interrupt_parent(const struct dt_node *node)
{
	for (; node; node = node->parent) {
		u32 phandle;

		if (!dt_u32(node, "interrupt-parent", 0, &phandle))
			return dt_by_phandle(phandle);
		if (node->parent && dt_has(node->parent, "#interrupt-cells"))
			return node->parent;
	}
	return NULL;
}

static int interrupt_cells(const struct dt_node *controller, u32 *cells)
{
	if (!controller || dt_u32(controller, "#interrupt-cells", 0, cells) || !*cells ||
	    *cells > 4)
		return -EINVAL;
	return 0;
}

int dt_interrupt(const struct dt_node *node, unsigned int index, struct dt_interrupt *irq)
{
	u32 len, cells;
	const u8 *p = dt_prop(node, "interrupts-extended", &len);
	const struct dt_node *controller;

	if (p) {
		/* a list of phandle and cells, as many as that controller wants */
		for (;; p += 4 * cells, len -= 4 * cells) {
			if (len < 4)
				return len ? -EINVAL : -ENOENT;
			controller = dt_by_phandle(load_be32(p));
			if (interrupt_cells(controller, &cells))
				return -EINVAL;
			p += 4;
			len -= 4;
			if (len < 4 * cells)
				return -EINVAL;
			if (!index--)
				break;
		}
	} else {
		p = dt_prop(node, "interrupts", &len);
		if (!p)
			return -ENOENT;
		controller = interrupt_parent(node);
		if (interrupt_cells(controller, &cells) || len % (4 * cells))
			return -EINVAL;
		if (index >= len / (4 * cells))
			return -ENOENT;
		p += (size_t)(4 * cells) * index;
	}
	irq->controller = controller;
	irq->cells = cells;
	for (u32 i = 0; i < cells; i++)
		irq->cell[i] = load_be32(p + 4 * i);
	return 0;
}
