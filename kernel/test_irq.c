/* SPDX-License-Identifier: MIT */
/*
 * Tests of requesting interrupts, on a line of the machine's tree that no driver has asked for.
 * That interrupts arrive is what the timer's suite and every typed byte show.
 */
#include <device/fdt.h>
#include <kernel/irq.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "test_irq.h"

static bool handler(void *arg)
{
	(void)arg;
	return true;
}

unsigned int test_free_line(struct dt_interrupt *cells, unsigned int least)
{
	const struct dt_node *node = NULL;
	struct irq_stats stats;

	while ((node = dt_next(node))) {
		int irq = node->enabled ? dt_interrupt(node, 0, cells) : -ENOENT;

		if (!irq)
			irq = irq_from_dt(cells);
		if (irq >= (int)least && !irq_stats_get((unsigned int)irq, &stats))
			return (unsigned int)irq;
	}
	return NO_LINE;
}

static void line_has_one_owner(void)
{
	struct dt_interrupt cells;
	unsigned int irq = test_free_line(&cells, 0);
	struct irq_stats stats;

	if (!TEST(irq != NO_LINE))
		return;
	TEST_EQ(irq_request(irq, handler, NULL, "first"), 0);
	TEST(irq_stats_get(irq, &stats));
	TEST_STR(stats.name, "first");
	TEST_STR(stats.chip, irq_root_node()->name);
	TEST_EQ(stats.count, 0);
	TEST_EQ(irq_request(irq, handler, NULL, "second"), -EBUSY);
	TEST(irq_stats_get(irq, &stats));
	TEST_STR(stats.name, "first");
	irq_free(irq);
	TEST(!irq_stats_get(irq, &stats));
	TEST_EQ(irq_request(irq, handler, NULL, "third"), 0);
	TEST(irq_stats_get(irq, &stats));
	TEST_STR(stats.name, "third");
	irq_free(irq);
	irq_free(irq);
}

static void impossible_requests_are_refused(void)
{
	struct dt_interrupt cells;
	unsigned int irq = test_free_line(&cells, 0);
	struct irq_stats stats;

	TEST(irq_count() > 0);
	TEST_EQ(irq_request(irq_count(), handler, NULL, "x"), -EINVAL);
	TEST_EQ(irq_request(NO_LINE, handler, NULL, "x"), -EINVAL);
	TEST(!irq_stats_get(irq_count(), &stats));
	TEST(!irq_stats_get(NO_LINE, &stats));
	irq_free(NO_LINE);
	if (irq == NO_LINE)
		return;
	TEST_EQ(irq_request(irq, NULL, NULL, "x"), -EINVAL);
	TEST(!irq_stats_get(irq, &stats));
}

static void drivers_keep_their_lines(void)
{
	unsigned int taken = 0;

	for (unsigned int irq = 0; irq < irq_count(); irq++) {
		struct irq_stats stats;

		if (!irq_stats_get(irq, &stats) || !stats.name)
			continue;
		taken++;
		TEST_EQ(irq_request(irq, handler, NULL, "x"), -EBUSY);
	}
	TEST(taken > 0);
}

static void tree_words_are_checked(void)
{
	struct dt_interrupt cells, wrong;
	unsigned int irq = test_free_line(&cells, 0);

	if (!TEST(irq != NO_LINE))
		return;
	TEST_EQ(irq_from_dt(&cells), irq);
	wrong = cells;
	wrong.controller = dt_root();
	TEST_EQ(irq_from_dt(&wrong), -EPROBE_DEFER);
	wrong = cells;
	wrong.cells = 1;
	TEST_EQ(irq_from_dt(&wrong), -EINVAL);
	wrong = cells;
	wrong.cell[0] = 77; /* neither shared nor a CPU's own */
	TEST_EQ(irq_from_dt(&wrong), -EINVAL);
	wrong = cells;
	wrong.cell[1] = 1000000;
	TEST_EQ(irq_from_dt(&wrong), -EINVAL);
	wrong.cell[1] = 0xffffffff;
	TEST_EQ(irq_from_dt(&wrong), -EINVAL);
}

static const struct test_case cases[] = {
	TEST_CASE(line_has_one_owner),
	TEST_CASE(impossible_requests_are_refused),
	TEST_CASE(drivers_keep_their_lines),
	TEST_CASE(tree_words_are_checked),
};

static const struct test_suite irq_suite = TEST_SUITE_OF("irq", cases);
TEST_SUITE(irq_suite);
