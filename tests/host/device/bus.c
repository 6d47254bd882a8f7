/* SPDX-License-Identifier: MIT */
/*
 * A machine for drivers under test; bus.h says what it has. Addresses of models are physical ones
 * and serve as virtual ones too, since no model stands behind memory.
 */
#include "device/bus.h"

#include <arch/cpu.h>
#include <device/timer.h>
#include <kernel/irq.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/endian.h>
#include <lib/string.h>
#include <mm/map.h>
#include <uapi/errno.h>

#define ACCESS_NS	100
#define TICK_NS		1000
#define STORM		1000
#define DEVICES		16
#define IRQ		42

u64 bus_now;
void (*bus_on_tick)(void);
u32 bus_cntfrq;
bool bus_timer_on;
u64 bus_affinity;
unsigned int bus_maps;
struct bus_node *bus_stdout;
const char *bus_stdout_options;
struct bus_icc bus_icc;

bool (*bus_line)(void);
bool bus_irqs_off;
unsigned int bus_interrupts;
unsigned int bus_irq_index;

static struct model *models;
static struct bus_node *known[DEVICES];
static unsigned int known_total;
static struct device devices[DEVICES];
static unsigned int device_total;
static irq_handler *handler;
static void *handler_arg;

void bus_reset(void)
{
	for (unsigned int i = 0; i < device_total; i++)
		free(devices[i].priv);
	memset(devices, 0, sizeof(devices));
	device_total = 0;
	known_total = 0;
	models = NULL;
	handler = NULL;
	bus_on_tick = NULL;
	bus_line = NULL;
	bus_irqs_off = true;
	bus_interrupts = 0;
	bus_maps = 0;
	bus_affinity = 0;
	bus_stdout = NULL;
	bus_stdout_options = NULL;
	bus_icc = (struct bus_icc){ .sre_allowed = true, .pending = 1023 };
}

void bus_known(struct bus_node *node)
{
	known[known_total++] = node;
}

void bus_attach(struct model *m)
{
	m->next = models;
	models = m;
}

void bus_tick(void)
{
	bus_now += TICK_NS;
	if (bus_on_tick)
		bus_on_tick();
	bus_deliver();
}

void bus_deliver(void)
{
	for (unsigned int again = 0; handler && bus_line && !bus_irqs_off && bus_line(); again++) {
		if (again == STORM)
			panic("an interrupt that the driver does not satisfy");
		bus_irqs_off = true;
		bus_interrupts++;
		handler(handler_arg);
		bus_irqs_off = false;
	}
}

static struct model *find(const volatile void *addr, unsigned int width, unsigned int *offset)
{
	u64 a = (u64)addr;

	bus_now += ACCESS_NS;
	if (a % width)
		panic("access of %u bytes to %#lx is not aligned", width, a);
	for (struct model *m = models; m; m = m->next) {
		if (a >= m->base && a + width <= m->base + m->size) {
			*offset = (unsigned int)(a - m->base);
			return m;
		}
	}
	panic("access of %u bytes to %#lx, where no device is", width, a);
}

static u32 read_word(struct model *m, unsigned int offset)
{
	return m->read ? m->read(m, offset) : m->reg[offset / 4];
}

static void write_word(struct model *m, unsigned int offset, u32 value)
{
	if (m->write)
		m->write(m, offset, value);
	else
		m->reg[offset / 4] = value;
}

static void check_width(const struct model *m, unsigned int width)
{
	if (m->width ? width != m->width : width < 4)
		panic("access of %u bytes to a device of %u-bit registers", width,
		      m->width ? m->width * 8 : 32);
}

u64 bus_read(const volatile void *addr, unsigned int width)
{
	unsigned int offset;
	struct model *m = find(addr, width, &offset);

	check_width(m, width);
	if (width <= 4)
		return read_word(m, offset);
	return read_word(m, offset) | (u64)read_word(m, offset + 4) << 32;
}

void bus_write(volatile void *addr, unsigned int width, u64 value)
{
	unsigned int offset;
	struct model *m = find(addr, width, &offset);

	check_width(m, width);
	write_word(m, offset, (u32)value);
	if (width == 8)
		write_word(m, offset + 4, (u32)(value >> 32));
}

/* --- The core and the tree, as a driver sees them --- */

static struct bus_node *to_bus(const struct dt_node *node)
{
	return container_of((struct dt_node *)(uintptr_t)node, struct bus_node, node);
}

struct device *bus_match(const char *name, struct bus_node *node)
{
	struct device *dev = &devices[device_total++];

	dev->node = &node->node;
	TABLE_FOREACH(driver, struct driver, d)
		if (!strcmp((*d)->name, name))
			dev->driver = *d;
	assert(dev->driver);
	return dev;
}

const struct device *device_next(const struct device *dev)
{
	const struct device *next = dev ? dev + 1 : devices;

	return next < devices + device_total ? next : NULL;
}

struct device *bus_probe(const char *name, struct bus_node *node)
{
	struct device *dev = bus_match(name, node);

	if (dev->driver->priv_size)
		dev->priv = calloc(1, dev->driver->priv_size);
	dev->error = dev->driver->probe(dev);
	dev->state = dev->error ? DEVICE_FAILED : DEVICE_READY;
	return dev;
}

int device_supplier(const struct dt_node *node)
{
	for (unsigned int i = 0; i < device_total; i++) {
		if (devices[i].node != node)
			continue;
		if (devices[i].state == DEVICE_READY)
			return 0;
		return devices[i].state == DEVICE_UNBOUND ? -EPROBE_DEFER : -ENODEV;
	}
	return -ENODEV;
}

static const struct bus_prop *prop_find(const struct dt_node *node, const char *name)
{
	for (const struct bus_prop *p = to_bus(node)->prop; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

const void *dt_prop(const struct dt_node *node, const char *name, u32 *len)
{
	const struct bus_prop *p = prop_find(node, name);
	static u32 big_endian[8];

	if (!p)
		return NULL;
	if (p->text) {
		if (len)
			*len = p->count;
		return p->text;
	}
	for (unsigned int i = 0; i < p->count; i++)
		big_endian[i] = __builtin_bswap32(p->cell[i]);
	if (len)
		*len = p->count * 4;
	return big_endian;
}

bool dt_has(const struct dt_node *node, const char *name)
{
	return prop_find(node, name);
}

int dt_u32(const struct dt_node *node, const char *name, unsigned int index, u32 *value)
{
	const struct bus_prop *p = prop_find(node, name);

	if (!p)
		return -ENOENT;
	if (index >= p->count)
		return -ERANGE;
	*value = p->cell[index];
	return 0;
}

const char *dt_string(const struct dt_node *node, const char *name, unsigned int index)
{
	const struct bus_prop *p = prop_find(node, name);
	const char *s = p ? p->text : NULL;

	for (; s && s < p->text + p->count; s += strlen(s) + 1)
		if (!index--)
			return s;
	return NULL;
}

bool dt_compatible(const struct dt_node *node, const char *compatible)
{
	const char *s;

	for (unsigned int i = 0; (s = dt_string(node, "compatible", i)); i++)
		if (!strcmp(s, compatible))
			return true;
	return false;
}

const struct dt_node *dt_by_phandle(u32 phandle)
{
	return phandle && phandle <= known_total ? &known[phandle - 1]->node : NULL;
}

/* Without the one that is left out (0), which fdt.c has. */
int dt_args(const struct dt_node *node, const char *name, const char *counter, unsigned int index,
	    struct dt_args *args)
{
	unsigned int at = 0;
	u32 phandle;

	for (;;) {
		*args = (struct dt_args){ 0 };
		if (dt_u32(node, name, at++, &phandle))
			return -ENOENT;
		args->node = dt_by_phandle(phandle);
		if (!args->node)
			return -EINVAL;
		dt_u32(args->node, counter, 0, &args->cells);
		for (unsigned int i = 0; i < args->cells; i++)
			if (dt_u32(node, name, at++, &args->cell[i]))
				return -EINVAL;
		if (!index--)
			return 0;
	}
}

/* The first known node below @parent behind the @from-th. */
static const struct dt_node *child_behind(const struct dt_node *parent, unsigned int from)
{
	for (; from < known_total; from++)
		if (known[from]->node.parent == parent)
			return &known[from]->node;
	return NULL;
}

const struct dt_node *dt_child(const struct dt_node *node)
{
	return child_behind(node, 0);
}

const struct dt_node *dt_sibling(const struct dt_node *node)
{
	for (unsigned int i = 0; i < known_total; i++)
		if (&known[i]->node == node)
			return child_behind(node->parent, i + 1);
	return NULL;
}

const struct dt_node *dt_stdout(const char **options)
{
	*options = bus_stdout_options;
	return bus_stdout ? &bus_stdout->node : NULL;
}

int dt_reg(const struct dt_node *node, unsigned int index, struct dt_range *range)
{
	if (index >= to_bus(node)->regs)
		return -ENOENT;
	*range = to_bus(node)->reg[index];
	return 0;
}

void *ioremap(paddr_t pa, size_t size __unused)
{
	bus_maps++;
	return (void *)pa;
}

void iounmap(void *p __unused)
{
	bus_maps--;
}

void *device_map(struct device *dev, unsigned int index, size_t *size)
{
	struct dt_range range;

	if (dt_reg(dev->node, index, &range))
		return NULL;
	if (size)
		*size = range.size;
	return ioremap(range.base, range.size);
}

int device_irq(struct device *dev __unused, unsigned int index)
{
	bus_irq_index = index;
	return IRQ;
}

/* --- The kernel --- */

int irq_request(unsigned int irq, irq_handler *h, void *arg, const char *name __unused)
{
	assert(irq == IRQ);
	handler = h;
	handler_arg = arg;
	return 0;
}

void irq_free(unsigned int irq __unused)
{
	handler = NULL;
}

bool bus_interrupt_requested(void)
{
	return handler;
}

u64 arch_cpu_affinity(void)
{
	return bus_affinity;
}

u64 time_now(void)
{
	return bus_now;
}

void time_busy_wait(u64 ns)
{
	bus_now += ns;
}
