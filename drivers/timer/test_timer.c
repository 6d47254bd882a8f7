/* SPDX-License-Identifier: MIT */
/* Tests of clock and timer as drivers and kernel/time.c provide them, on the machine as it is. */
#include <kernel/irq.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <lib/test.h>

static void clock_never_goes_back(void)
{
	u64 before = time_now();

	TEST(time_frequency() > 0);
	for (int i = 0; i < 1000; i++) {
		u64 now = time_now();

		if (!TEST(now >= before))
			return;
		before = now;
	}
}

/* How often the timer's interrupt came, and how often for nothing. */
static bool timer_counts(u64 *count, u64 *unhandled)
{
	struct irq_stats stats;

	for (unsigned int irq = 0; irq < irq_count(); irq++) {
		if (irq_stats_get(irq, &stats) && stats.name &&
		    !strcmp(stats.name, time_source()->name)) {
			*count = stats.count;
			*unhandled = stats.unhandled;
			return true;
		}
	}
	return false;
}

static void sleeps_end_after_their_deadline(void)
{
	static const u64 lengths[] = {
		0, 1, NS_PER_US, 100 * NS_PER_US, NS_PER_MS, 10 * NS_PER_MS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		u64 deadline = time_now() + lengths[i];

		TEST_EQ(time_sleep_until(deadline), 0);
		TEST(time_now() >= deadline);
	}
	TEST_EQ(time_sleep_until(0), 0);
}

static void interrupt_ends_a_sleep(void)
{
	u64 count, unhandled, count_after, unhandled_after;

	if (!TEST(time_source()) || !TEST(timer_counts(&count, &unhandled)))
		return;
	for (int i = 0; i < 10; i++)
		time_sleep_until(time_now() + NS_PER_MS);
	TEST(timer_counts(&count_after, &unhandled_after));
	TEST(count_after >= count + 10);
	TEST_EQ(unhandled_after, unhandled);
}

static void busy_wait_is_long_enough(void)
{
	u64 end = time_now() + 50 * NS_PER_US;

	time_busy_wait(50 * NS_PER_US);
	TEST(time_now() >= end);
}

static const struct test_case cases[] = {
	TEST_CASE(clock_never_goes_back),
	TEST_CASE(sleeps_end_after_their_deadline),
	TEST_CASE(interrupt_ends_a_sleep),
	TEST_CASE(busy_wait_is_long_enough),
};
static const struct test_suite timer_suite = TEST_SUITE_OF("timer", cases);
TEST_SUITE(timer_suite);
