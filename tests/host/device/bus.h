/* SPDX-License-Identifier: MIT */
/*
 * A machine for drivers under test: models of devices at addresses, nodes with properties, and
 * what else a driver asks the kernel for. An access where no model is, or of a width that the
 * model does not take, fails the test as a bus error would on hardware.
 */
#ifndef HOST_DEVICE_BUS_H
#define HOST_DEVICE_BUS_H

#include <device/driver.h>
#include <lib/types.h>

/* A device. @read and @write get the offset; NULL: plain storage in @reg. */
struct model {
	u64 base;
	size_t size;
	unsigned int width;	/* the only one of accesses, in bytes; 0: 4 and 8 */
	u32 *reg;
	u32 (*read)(struct model *m, unsigned int offset);
	void (*write)(struct model *m, unsigned int offset, u32 value);
	void *state;
	struct model *next;
};

/* One property: cells, or strings when @text is set ("a\0b\0"). */
struct bus_prop {
	const char *name;
	const char *text;
	u32 cell[8];
	unsigned int count;	/* cells, or bytes of @text */
};

#define PROP_CELLS(n, ...) \
	{ .name = (n), .cell = { __VA_ARGS__ }, .count = sizeof((u32[]){ __VA_ARGS__ }) / 4 }
#define PROP_TEXT(n, t)		{ .name = (n), .text = (t), .count = sizeof(t) }

/* A node of the tree: properties end with one without a name; reg as ranges. */
struct bus_node {
	struct dt_node node;
	const struct bus_prop *prop;
	struct dt_range reg[4];
	unsigned int regs;
};

/* Empties the machine. */
void bus_reset(void);
void bus_attach(struct model *m);

/* A node that others refer to; the first has phandle 1, and so on. Before any probe. */
void bus_known(struct bus_node *node);

/* A device that @node's driver has not probed yet. It stays until bus_reset(). */
struct device *bus_match(const char *driver, struct bus_node *node);

/*
 * Probes @node with the driver of that name, as the core does. The device stays until
 * bus_reset().
 */
struct device *bus_probe(const char *driver, struct bus_node *node);

/*
 * Interrupts: while @bus_line says that the device asks for one and they are not off, the
 * driver's handler runs. One that never gets satisfied fails the test.
 */
extern bool (*bus_line)(void);
extern bool bus_irqs_off;
extern unsigned int bus_interrupts;	/* taken */
void bus_deliver(void);
bool bus_interrupt_requested(void);
extern unsigned int bus_irq_index;	/* which of its interrupts the driver asked for */

u64 bus_read(const volatile void *addr, unsigned int width);
void bus_write(volatile void *addr, unsigned int width, u64 value);

/* Time passes, and interrupts are taken. */
void bus_tick(void);

extern u64 bus_now;			/* ns; each access and each tick takes some */
extern void (*bus_on_tick)(void);	/* called on each tick, or NULL */
extern u32 bus_cntfrq;
extern bool bus_timer_on;
extern u64 bus_affinity;
extern unsigned int bus_maps;		/* mappings that are in use */
extern struct bus_node *bus_stdout;
extern const char *bus_stdout_options;

struct bus_icc {
	bool sre_allowed;
	u32 mask;
	u32 pending;
	u32 ended;
};
extern struct bus_icc bus_icc;

#endif
