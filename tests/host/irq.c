/* SPDX-License-Identifier: MIT */
/*
 * Interrupts on the host, with a controller that is a few variables: a line that nobody wants must
 * not hold the CPU for ever, whether nobody asked for it or its handler says that it is not its
 * device's.
 */
#include <lib/test.h>

#include "../../kernel/irq.c"
#include "../../kernel/irq_shared.c"

/* What the model machine of the drivers' tests would do between instructions: nothing here. */
bool bus_irqs_off;

void bus_tick(void)
{
}

void bus_deliver(void)
{
}

u64 bus_now;
u32 bus_cntfrq;
bool bus_timer_on;

u64 time_from_ticks(u64 ticks)
{
	return ticks;
}

#define LINES	8

static bool masked[LINES];
static int asserted = -1;	/* the line whose level is up */
static unsigned int wanted;	/* how often the handler has something to do still */

/* How many allocations succeed still. */
static unsigned int memory = 100;

void *kzalloc(size_t size)
{
	static u64 objects[512];
	static size_t used;
	void *object = &objects[used];

	if (!memory)
		return NULL;
	memory--;
	used += (size + 7) / 8;
	if (used > ARRAY_SIZE(objects))
		panic("out of memory");
	return object;
}

void kfree(void *p __unused)
{
}

void *kcalloc(size_t count, size_t size)
{
	return kzalloc(count * size);
}

static void fake_mask(struct irqchip *chip __unused, unsigned int hw)
{
	masked[hw] = true;
}

static void fake_unmask(struct irqchip *chip __unused, unsigned int hw)
{
	masked[hw] = false;
}

static int fake_trigger(struct irqchip *chip __unused, unsigned int hw __unused,
			enum irq_trigger trigger __unused)
{
	return 0;
}

static int fake_translate(struct irqchip *chip __unused, const u32 *cell, unsigned int cells,
			  unsigned int *hw, enum irq_trigger *trigger)
{
	*hw = cell[0];
	*trigger = IRQ_TRIGGER_LEVEL_HIGH;
	return cells == 1 ? 0 : -EINVAL;
}

static unsigned int fake_acknowledge(struct irqchip *chip __unused)
{
	return asserted >= 0 && !masked[asserted] ? (unsigned int)asserted : LINES;
}

static bool fake_is_active(struct irqchip *chip __unused, unsigned int hw __unused)
{
	return false;
}

static void fake_raise(struct irqchip *chip __unused, unsigned int hw)
{
	asserted = (int)hw;
}

/* The CPU comes in as long as the line is up. */
static void take_all(void)
{
	while (asserted >= 0 && !masked[asserted])
		irq_entry(NULL);
}

static void fake_end(struct irqchip *chip __unused, unsigned long hw __unused)
{
}

static const struct irqchip_ops fake_ops = {
	.mask = fake_mask, .unmask = fake_unmask, .set_trigger = fake_trigger,
	.translate = fake_translate, .acknowledge = fake_acknowledge, .end = fake_end,
	.is_active = fake_is_active, .raise = fake_raise,
};
static const struct dt_node chip_node = { .name = "chip" };
static struct irqchip chip = { .ops = &fake_ops, .node = &chip_node, .lines = LINES };

static bool handler(void *arg __unused)
{
	if (!wanted)
		return false;
	if (!--wanted)
		asserted = -1;	/* served: the device takes its line down */
	return true;
}

static unsigned int number(u32 hw)
{
	struct dt_interrupt irq = { .controller = &chip_node, .cells = 1, .cell = { hw } };

	return (unsigned int)irq_from_dt(&irq);
}

/* A controller that was not taken can be offered again; a line is left out alone. */
static void no_memory(void)
{
	struct dt_interrupt irq = { .controller = &chip_node, .cells = 1, .cell = { 3 } };

	memory = 0;
	TEST_EQ(irqchip_register(&chip), -ENOMEM);
	TEST_EQ(irq_count(), 0);
	TEST(!irq_root_node());
	memory = 1;
	TEST_EQ(irqchip_register(&chip), 0);
	TEST_EQ(irq_from_dt(&irq), -ENOMEM);
	TEST_EQ(irq_request(3, handler, NULL, "nobody"), -EINVAL);
	TEST_EQ(irq_request_shared(3, handler, NULL, "nobody"), -EINVAL);
	memory = 100;
}

static void served_line(void)
{
	struct irq_stats stats;

	TEST_EQ(irq_request(number(3), handler, NULL, "wanted"), 0);
	wanted = 5;
	asserted = 3;
	take_all();
	TEST(irq_stats_get(3, &stats) && stats.count == 5 && !stats.unhandled && !masked[3]);
}

static void unwanted_line_is_masked(void)
{
	struct irq_stats stats;

	asserted = 3;
	take_all();
	TEST(masked[3]);
	TEST(irq_stats_get(3, &stats) && stats.unhandled == UNHANDLED_MAX);
}

static void line_without_a_handler_is_masked(void)
{
	u64 before = irq_spurious();

	masked[4] = false;
	asserted = 4;
	take_all();
	TEST(masked[4]);
	TEST_EQ(irq_spurious(), before + 1);
}

/* A device on a shared line: whether it asks, and how often it was served. */
struct sharer {
	unsigned int asks;
	unsigned int served;
};

static struct sharer sharers[3];

static bool serve_sharer(void *arg)
{
	struct sharer *s = arg;

	if (!s->asks)
		return false;
	s->asks--;
	s->served++;
	asserted = -1;
	for (size_t i = 0; i < ARRAY_SIZE(sharers); i++)
		if (sharers[i].asks)
			asserted = 5;
	return true;
}

static void shared_line(void)
{
	unsigned int irq = number(5);
	u64 count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sharers); i++)
		TEST_EQ(irq_request_shared(irq, serve_sharer, &sharers[i], &"abc"[i]), 0);
	TEST_EQ(irq_request(irq, handler, NULL, "alone"), -EBUSY);
	TEST_EQ(irq_request_shared(number(3), serve_sharer, NULL, "late"), -EBUSY);
	sharers[0].asks = 2;
	sharers[2].asks = 1;
	asserted = 5;
	take_all();
	TEST_EQ(asserted, -1);
	TEST_EQ(sharers[0].served, 2);
	TEST_EQ(sharers[1].served, 0);
	TEST_EQ(sharers[2].served, 1);
	TEST_STR(irq_shared_name(irq, 2, &count), "abc");
	TEST_EQ(count, 2);
	TEST_STR(irq_shared_name(irq, 1, &count), "bc");
	TEST_EQ(count, 0);
	TEST(!irq_shared_name(irq, 3, &count));
	/* one goes, the others are served on; with the last one the line */
	irq_free_shared(irq, &sharers[0]);
	TEST(!masked[5]);
	sharers[1].asks = 1;
	asserted = 5;
	take_all();
	TEST_EQ(sharers[1].served, 1);
	irq_free_shared(irq, &sharers[0]);
	irq_free_shared(irq, &sharers[2]);
	TEST(!masked[5]);
	irq_free_shared(irq, &sharers[1]);
	TEST(masked[5]);
	TEST_EQ(irq_request(irq, handler, NULL, "alone"), 0);
	irq_free(irq);
	TEST(masked[5]);
}

static void masks_nest(void)
{
	unsigned int irq = number(6);

	irq_mask(irq);
	TEST_EQ(irq_request(irq, handler, NULL, "late"), 0);
	TEST(masked[6]);
	irq_mask(irq);
	irq_unmask(irq);
	TEST(masked[6]);
	wanted = 1;
	TEST_EQ(irq_raise(irq), 0);
	take_all();
	TEST_EQ(wanted, 1);
	irq_unmask(irq);
	TEST(!masked[6]);
	take_all();
	TEST_EQ(wanted, 0);
	TEST_EQ(irq_raise(LINES), -EINVAL);
	irq_free(irq);
	TEST(masked[6]);
}

/* Who shares a line that nobody of them has made ask may unmask it, but it stays off. */
static void unwanted_line_stays_masked(void)
{
	TEST(masked[3]);
	irq_mask(3);
	irq_unmask(3);
	TEST(masked[3]);
	asserted = -1;
	irq_free(3);
	TEST_EQ(irq_request(3, handler, NULL, "again"), 0);
	TEST(!masked[3]);
}

static const struct test_case cases[] = {
	TEST_CASE(no_memory),
	TEST_CASE(served_line),
	TEST_CASE(unwanted_line_is_masked),
	TEST_CASE(line_without_a_handler_is_masked),
	TEST_CASE(shared_line),
	TEST_CASE(masks_nest),
	TEST_CASE(unwanted_line_stays_masked),
};

static const struct test_suite lines_suite = TEST_SUITE_OF("lines", cases);
TEST_SUITE(lines_suite);
