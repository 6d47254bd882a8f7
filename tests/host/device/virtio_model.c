/* SPDX-License-Identifier: MIT */
/* The device of virtio_model.h. Interrupts are edges. */
#include "device/virtio_model.h"

#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "host.h"

struct virtio_model model;
u64 cancel_at;

/* --- The queue, from the other side --- */

static u64 place[3];		/* descriptors, available, used */
static u32 select_word, driver_word, align, page_size;
static bool queue_ready;
static u16 seen, used_count;	/* of the rings */
static u32 status_bits;		/* of the interrupt */
static bool edge;
static unsigned int ticks_left;

static void raise_bits(u32 bits)
{
	edge |= !status_bits && bits;
	status_bits |= bits;
}

static u16 *ring_count(unsigned int ring)
{
	return (u16 *)(void *)(dma(place[ring], 4) + 2);
}

static void put_used(u32 id, u32 written)
{
	u32 *entry = (u32 *)(void *)dma(place[2] + 4 + 8 * (used_count % model.queue_size), 8);

	entry[0] = id;
	entry[1] = written;
	*ring_count(2) = ++used_count;
}

struct part {
	u64 address;
	u32 size;
	u16 flags, next;
};

static const struct part *part_at(u32 i)
{
	TEST(i < model.queue_size);
	return (const struct part *)(void *)dma(place[0] + 16 * i, 16);
}

u8 disk_byte(u64 at)
{
	return (u8)(at * 7 + at / 512 * 13 + at / 65536);
}

u8 random_byte(unsigned int at)
{
	return (u8)(at * 29 + 3);
}

static void give_random(u32 id)
{
	const struct part *p = part_at(id);

	TEST_EQ(p->flags, 2);
	TEST_EQ(p->size, 32);
	for (u32 i = 0; i < MIN(model.random_bytes, p->size); i++)
		*dma(p->address + i, 1) = random_byte(i);
	put_used(id, model.random_bytes);
}

/* The device's part of a read; its answer in *@status. Returns how much it has written. */
static u32 read_disk(const struct part *header, const struct part *data, u8 *status)
{
	const u8 *wish = dma(header->address, 16);
	u64 sector, sectors = data->size / 512;
	u32 type;
	u8 *to;

	memcpy(&type, wish, 4);
	memcpy(&sector, wish + 8, 8);
	TEST_EQ(type, 0);
	TEST_EQ(data->size % 512, 0);
	TEST(sector + sectors <= DISK_SECTORS);
	*status = 0;
	if (model.fault == FAULT_IOERR && model.bad >= sector && model.bad < sector + sectors)
		*status = 1;
	if (model.fault == FAULT_UNSUPP)
		*status = 2;
	if (model.fault == FAULT_STATUS)
		*status = 77;
	to = dma(data->address, data->size);
	for (u32 i = 0; !*status && i < data->size; i++)
		to[i] = disk_byte(sector * 512 + i);
	return *status ? 1 : data->size + 1;
}

static void answer_disk(u32 id)
{
	const struct part *header = part_at(id), *data = part_at(header->next);
	const struct part *last = part_at(data->next);
	enum virtio_fault fault = model.fault;
	u32 written;
	u8 status;

	TEST_EQ(header->flags, 1);
	TEST_EQ(header->size, 16);
	TEST_EQ(data->flags, 3);
	TEST_EQ(last->flags, 2);
	TEST_EQ(last->size, 1);
	written = read_disk(header, data, &status);
	if (fault != FAULT_NO_STATUS)
		*dma(last->address, 1) = status;
	if (fault == FAULT_TOO_LONG)
		written = data->size + 2;
	if (fault == FAULT_ID_FREE)
		written = 0;
	if (fault == FAULT_TOO_SHORT)
		written = data->size;
	put_used(fault == FAULT_ID_OUTSIDE ? 9999 : fault == FAULT_ID_FREE ? (id + 3) % 8 : id,
		 written);
	if (fault == FAULT_TWICE)
		put_used(id, written);
	if (fault == FAULT_JUMP)
		*ring_count(2) = (u16)(used_count + 100);
}

static void answer(void)
{
	while (queue_ready && seen != *ring_count(1)) {
		u64 entry = place[1] + 4 + 2 * (seen++ % model.queue_size);
		u32 id = *(const u16 *)(const void *)dma(entry, 2);

		if (model.id == 2)
			answer_disk(id);
		else
			give_random(id);
		raise_bits(1);
	}
}

static void tick(void)
{
	if (ticks_left && !--ticks_left)
		answer();
}

/* --- Registers --- */

static void reset(void)
{
	model.resets++;
	if (model.no_reset)
		return;
	model.status = 0;
	queue_ready = false;
	seen = used_count = 0;
	ticks_left = 0;
	status_bits &= model.stuck;
}

/* Each step of initialisation comes after the one before it. */
static void set_status(u32 value)
{
	static const u8 modern[] = { 1, 3, 11, 15 }, legacy[] = { 1, 3, 7 };
	const u8 *steps = model.version == 2 ? modern : legacy;
	unsigned int last = model.version == 2 ? 3 : 2;
	u32 before = 0;

	if (!value) {
		reset();
		return;
	}
	if (value & 128) {
		model.status = value;
		return;
	}
	for (unsigned int i = 0; i <= last; before = steps[i++])
		if (steps[i] == value)
			break;
	TEST_EQ(model.status, before);
	TEST(value != steps[last] || queue_ready);
	model.status = value == 11 && model.refuses_features ? 3 : value;
}

/* Legacy: the queue is where the page number says, and the rings follow. */
static void set_page(u32 page)
{
	TEST_EQ(page_size, 4096);
	TEST_EQ(align, 4096);
	place[0] = (u64)page * page_size;
	place[1] = place[0] + 16 * model.queue_size;
	place[2] = ALIGN_UP(place[1] + 6 + 2 * model.queue_size, (u64)align);
	queue_ready = page;
}

static u32 read_config(unsigned int offset)
{
	u32 value = model.config[offset / 4];

	/* a change between the two halves */
	if (offset == 0 && model.torn) {
		model.torn--;
		model.config[0] += 512;
		model.config[1] ^= 1;
	}
	return value;
}

static u32 reg_read(struct model *m __unused, unsigned int offset)
{
	bool modern = model.version == 2;

	if (offset >= 0x100)
		return read_config(offset - 0x100);
	switch (offset) {
	case 0x000:
		return model.magic;
	case 0x004:
		return model.version;
	case 0x008:
		return model.id;
	case 0x010:
		return model.features[select_word];
	case 0x034:
		return model.queue_max;
	case 0x040:
		TEST(!modern);
		return model.queue_in_use;
	case 0x044:
		TEST(modern);
		return model.queue_in_use;
	case 0x060:
		return status_bits;
	case 0x070:
		return model.status;
	case 0x0fc:
		TEST(modern);
		return model.config[0];		/* changes when that does */
	}
	panic("register %#x is not there to be read", offset);
}

static void write_modern(unsigned int offset, u32 value)
{
	u64 *address = &place[(offset - 0x80) / 16 % 3];

	TEST_EQ(model.version, 2);
	TEST_EQ(model.status, 11);
	if (offset == 0x044)
		queue_ready = value;
	else if (offset & 4)
		*address = (u32)*address | (u64)value << 32;
	else
		*address = value;
}

static void write_legacy(unsigned int offset, u32 value)
{
	TEST_EQ(model.version, 1);
	if (offset == 0x028)
		page_size = value;
	else if (offset == 0x03c)
		align = value;
	else
		set_page(value);
}

static void reg_write(struct model *m __unused, unsigned int offset, u32 value)
{
	switch (offset) {
	case 0x014:
		TEST(value < model.version);
		select_word = value;
		break;
	case 0x020:
		TEST_EQ(model.status, 3);
		model.accepted[driver_word] = value;
		break;
	case 0x024:
		TEST(value < model.version);
		driver_word = value;
		break;
	case 0x030:
		TEST_EQ(value, 0);
		break;
	case 0x038:
		TEST(value && !(value & (value - 1)) && value <= model.queue_max);
		model.queue_size = value;
		break;
	case 0x028:
	case 0x03c:
	case 0x040:
		write_legacy(offset, value);
		break;
	case 0x050:
		TEST_EQ(value, 0);
		TEST(model.status & 4);
		model.notified++;
		if (model.fault != FAULT_SILENT)
			ticks_left = model.delay;
		break;
	case 0x064:
		raise_bits(model.late);
		model.late = 0;
		status_bits &= ~value | model.stuck;
		break;
	case 0x070:
		set_status(value);
		break;
	case 0x044:
	case 0x080:
	case 0x084:
	case 0x090:
	case 0x094:
	case 0x0a0:
	case 0x0a4:
		write_modern(offset, value);
		break;
	default:
		panic("register %#x is not there to be written", offset);
	}
}

/* --- The machine --- */

static struct model registers = {
	.base = VIRTIO_BASE, .size = 0x200, .width = 4, .read = reg_read, .write = reg_write,
};

static const struct bus_prop plain[] = { { 0 } };
static const struct bus_prop coherent_too[] = { { .name = "dma-coherent", .text = "" }, { 0 } };
static struct bus_node bus = { .node = { .name = "bus" } };
static struct bus_node node = {
	.node = { .name = "virtio_mmio@a003e00", .parent = &bus.node },
	.reg = { { VIRTIO_BASE, 0x200 } }, .regs = 1,
};

struct bus_node *virtio_node(void)
{
	return &node;
}

const struct driver *virtio_transport(void)
{
	TABLE_FOREACH(driver, struct driver, d)
		return *d;
	return NULL;
}

static bool line(void)
{
	bool is_edge = edge;

	edge = false;
	return is_edge;
}

void virtio_machine(u32 version, u32 id, bool is_coherent)
{
	memory_reset(is_coherent);
	bus_reset();
	bus_attach(&registers);
	bus_line = line;
	bus_on_tick = tick;
	model = (struct virtio_model){
		.magic = 0x74726976, .version = version, .id = id, .features = { 1U << 29, 1 },
		.queue_max = 256, .delay = 5, .config = { DISK_SECTORS }, .random_bytes = 32,
	};
	edge = false;
	status_bits = 0;
	queue_ready = false;
	cancel_at = 0;
	node.prop = plain;
	bus.prop = is_coherent ? coherent_too : plain;
	node.reg[0].size = 0x200;
	reset();
	model.resets = 0;
}

struct device *virtio_probe(void)
{
	struct device *dev;

	bus_irqs_off = false;
	dev = bus_probe("virtio_mmio", &node);
	TEST(!bus_irqs_off);
	return dev;
}

/* --- The kernel --- */

static bool woken;

static int sleep_until(u64 deadline, bool (*done)(void))
{
	while (!done()) {
		if (cancel_at && bus_now >= cancel_at)
			return -EINTR;
		if (bus_now >= deadline)
			return -ETIMEDOUT;
		bus_tick();
	}
	return 0;
}

static bool is_woken(void)
{
	return woken;
}

static bool never(void)
{
	return false;
}

int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline)
{
	TEST(!arch_irqs_masked(state));
	woken = false;
	spin_unlock(&q->lock);
	arch_irq_restore(state);
	return sleep_until(deadline, is_woken);
}

unsigned int wait_wake_all(struct wait_queue *q __unused)
{
	woken = true;
	return 1;
}

void wait_unlock(struct wait_queue *q, unsigned long state)
{
	spin_unlock_irqrestore(&q->lock, state);
}

const struct dt_node *time_source(void)
{
	return &node.node;
}

int time_sleep_until(u64 deadline)
{
	int err = sleep_until(deadline, never);

	return err == -ETIMEDOUT ? 0 : err;
}
