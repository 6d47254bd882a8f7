/* SPDX-License-Identifier: MIT */
/*
 * Tests of interrupts that arrive: on a line that no driver has asked for, made pending by the
 * controller.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <device/fdt.h>
#include <kernel/irq.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#define NONE	(~0U)

struct device_model {
	unsigned int irq;
	unsigned int hard, thread;	/* calls */
	bool mine;			/* what they return */
	bool was_masked;
	bool in_thread;
	unsigned int again;		/* so often it asks while it is served */
};

static bool is_level(const struct irq_stats *s)
{
	return s->trigger == IRQ_TRIGGER_LEVEL_HIGH || s->trigger == IRQ_TRIGGER_LEVEL_LOW;
}

static bool nothing(void *arg __unused)
{
	return true;
}

static bool is_free(unsigned int irq, bool level)
{
	struct irq_stats stats;
	bool fits;

	if (irq_request(irq, nothing, NULL, "probe"))
		return false;
	fits = irq_stats_get(irq, &stats) && is_level(&stats) == level;
	irq_free(irq);
	return fits;
}

/* A line that the tree names and nobody has, of that kind. */
static unsigned int free_line(bool level)
{
	const struct dt_node *node = NULL;
	struct dt_interrupt cells;

	while ((node = dt_next(node))) {
		int irq = node->enabled ? dt_interrupt(node, 0, &cells) : -ENOENT;

		if (!irq)
			irq = irq_from_dt(&cells);
		if (irq >= 0 && is_free((unsigned int)irq, level))
			return (unsigned int)irq;
	}
	return NONE;
}

static bool hard(void *arg)
{
	struct device_model *d = arg;

	d->hard++;
	return d->mine;
}

static bool threaded(void *arg)
{
	struct device_model *d = arg;
	struct irq_stats stats;

	d->in_thread = !strncmp(arch_current()->name, "irq/", 4);
	if (irq_stats_get(d->irq, &stats))
		d->was_masked = stats.masked;
	if (d->again) {
		d->again--;
		irq_raise(d->irq);
	}
	thread_sleep(NS_PER_MS / 2);	/* it may */
	atomic_store_release(&d->thread, d->thread + 1);
	return d->mine;
}

static void wait_for(const unsigned int *calls, unsigned int n)
{
	u64 end = time_now() + 60 * NS_PER_SEC;

	while (atomic_load_acquire(calls) < n && time_now() < end)
		thread_sleep(NS_PER_MS);
}

static void raised_arrives(void)
{
	struct device_model d = { .mine = true };
	struct irq_stats before, after;
	unsigned int irq = free_line(false);

	if (irq == NONE)
		return;
	TEST_EQ(irq_request(irq, hard, &d, "raised"), 0);
	TEST(irq_stats_get(irq, &before));
	for (unsigned int i = 1; i <= 100; i++) {
		TEST_EQ(irq_raise(irq), 0);
		wait_for(&d.hard, i);
	}
	TEST(irq_stats_get(irq, &after));
	TEST_EQ(d.hard, 100);
	TEST_EQ(after.count - before.count, 100);
	TEST_EQ(after.unhandled, before.unhandled);
	TEST(!after.percpu);
	TEST_EQ(irq_enable_percpu(irq), -EINVAL);
	d.mine = false;
	irq_raise(irq);
	wait_for(&d.hard, 101);
	TEST(irq_stats_get(irq, &after));
	TEST_EQ(after.unhandled, before.unhandled + 1);
	irq_free(irq);
	/* nobody has it now */
	irq_raise(irq);
	thread_sleep(NS_PER_MS);
	TEST_EQ(d.hard, 101);
}

static void shared_by_three(void)
{
	struct device_model d[3] = { { .mine = true }, { .mine = false }, { .mine = true } };
	unsigned int irq = free_line(true);
	u64 count = 0;

	if (irq == NONE)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(d); i++) {
		if (TEST_EQ(irq_request_shared(irq, hard, &d[i], "shared"), 0))
			continue;
		while (i--)
			irq_free_shared(irq, &d[i]);
		return;
	}
	TEST_EQ(irq_request(irq, hard, &d[0], "alone"), -EBUSY);
	irq_raise(irq);
	wait_for(&d[0].hard, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(d); i++)
		TEST_EQ(d[i].hard, 1);
	TEST_STR(irq_shared_name(irq, 1, &count), "shared");
	TEST_EQ(count, 0);
	irq_free_shared(irq, &d[0]);
	irq_raise(irq);
	wait_for(&d[2].hard, 2);
	TEST_EQ(d[0].hard, 1);
	TEST_EQ(d[1].hard, 2);
	irq_free_shared(irq, &d[1]);
	irq_free_shared(irq, &d[2]);
	TEST_EQ(irq_request(irq, hard, &d[0], "alone"), 0);
	irq_free(irq);
}

/* A thread serves it, and a level-triggered line is masked meanwhile. */
static void thread_serves(bool level, irq_handler *first, unsigned int flags)
{
	struct device_model d = { .mine = true, .again = 2, .irq = free_line(level) };
	struct irq_thread_info info = { 0 };
	struct irq_stats stats = { 0 };

	if (d.irq == NONE)
		return;
	if (!TEST_EQ(irq_request_threaded(d.irq, first, threaded, &d, "model", flags), 0))
		return;
	irq_raise(d.irq);
	/* the two that come while it is served are served once each, or as one */
	wait_for(&d.thread, 3);
	TEST_EQ(d.thread, 3);
	TEST_EQ(d.hard, first ? 3 : 0);
	TEST(d.in_thread);
	TEST_EQ(d.was_masked, level);
	TEST(irq_thread_info(d.irq, 0, &info));
	TEST_STR(info.name, "model");
	TEST(!irq_thread_info(d.irq, 1, &info));
	thread_sleep(NS_PER_MS);
	TEST(irq_stats_get(d.irq, &stats));
	TEST(!stats.masked);
	irq_free_threaded(d.irq, &d);
	irq_free_threaded(d.irq, &d);
	TEST(!irq_thread_info(d.irq, 0, &info));
	TEST_EQ(irq_request(d.irq, nothing, NULL, "next"), 0);
	irq_free(d.irq);
}

static void threads_serve(void)
{
	thread_serves(false, NULL, 0);
	thread_serves(false, hard, IRQ_SHARED);
	thread_serves(true, NULL, 0);
	thread_serves(true, hard, 0);
	thread_serves(true, hard, IRQ_SHARED);
}

/*
 * A hard handler that says no wakes nobody; one that is freed in the middle is freed all the same.
 */
static void thread_is_not_wanted(void)
{
	struct device_model d = { .irq = free_line(true) };
	struct irq_stats stats;

	if (d.irq == NONE)
		return;
	TEST_EQ(irq_request_threaded(d.irq, hard, NULL, &d, "model", 0), -EINVAL);
	TEST_EQ(irq_request_threaded(d.irq, hard, threaded, &d, "model", 1U << 7), -EINVAL);
	if (!TEST_EQ(irq_request_threaded(d.irq, hard, threaded, &d, "model", 0), 0))
		return;
	TEST_EQ(irq_request_threaded(d.irq, hard, threaded, &d, "model", IRQ_SHARED), -EBUSY);
	irq_raise(d.irq);
	wait_for(&d.hard, 1);
	thread_sleep(NS_PER_MS);
	TEST_EQ(d.thread, 0);
	d.mine = true;
	irq_raise(d.irq);
	wait_for(&d.hard, 2);
	irq_free_threaded(d.irq, &d);
	TEST(d.thread <= 1);
	/* the next owner finds the line as it should be */
	TEST_EQ(irq_request(d.irq, hard, &d, "next"), 0);
	TEST(irq_stats_get(d.irq, &stats) && !stats.masked);
	irq_raise(d.irq);
	wait_for(&d.hard, 3);
	TEST_EQ(d.hard, 3);
	irq_free(d.irq);
}

static void nothing_due(struct timer *timer __unused, void *arg)
{
	atomic_add_relaxed((unsigned int *)arg, 1);
}

/* A line is not taken for masked because an interrupt comes while somebody looks at it. */
static void statistics_meanwhile(void)
{
	unsigned int fired = 0, wrong = 0;
	struct irq_stats stats;
	struct timer timer;
	u64 end = time_now() + 100 * NS_PER_MS;

	timer_init(&timer, nothing_due, &fired);
	timer_start(&timer, time_now(), 0, 3 * NS_PER_US);
	/* a busy host may let that time pass in a few moments */
	while (time_now() < end ||
	       (atomic_load_relaxed(&fired) <= 100 && time_now() < end + 10 * NS_PER_SEC))
		for (unsigned int irq = 0; irq < irq_count(); irq++)
			if (irq_stats_get(irq, &stats) && stats.name && stats.masked)
				wrong++;
	timer_cancel(&timer);
	TEST(atomic_load_relaxed(&fired) > 100);
	TEST_EQ(wrong, 0);
}

static const struct test_case cases[] = {
	TEST_CASE(raised_arrives),
	TEST_CASE(shared_by_three),
	TEST_CASE(threads_serve),
	TEST_CASE(thread_is_not_wanted),
	TEST_CASE(statistics_meanwhile),
};
static const struct test_suite irq_thread_suite = TEST_SUITE_OF("irq_thread", cases);
TEST_SUITE(irq_thread_suite);
