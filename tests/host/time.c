/* SPDX-License-Identifier: MIT */
/*
 * The clock's conversions, at the rates that counters have, against a division of 128 bits: over a
 * year they stay within what kernel/time.c promises, and nothing that is due later is there
 * earlier.
 */
#include <lib/test.h>

#include "host.h"

#include "../../kernel/time.c"

/* What the model machine of the drivers' tests would do between instructions: nothing here. */
u64 bus_now;
u32 bus_cntfrq = 62500000;
bool bus_timer_on;
bool bus_irqs_off;

void bus_tick(void)
{
}

void bus_deliver(void)
{
}

#define YEAR	(365 * 86400 * NS_PER_SEC)

static const u32 rates[] = { 62500000, 54000000, 1000000000, 19200000, 1000000, 24000000, 25000000,
			     999999999, 32768 };

static u64 exact_ns(u64 ticks, u32 hz)
{
	return (u64)((unsigned __int128)ticks * NS_PER_SEC / hz);
}

/* The first tick at @ns or later. */
static u64 exact_ticks(u64 ns, u32 hz)
{
	return (u64)(((unsigned __int128)ns * hz + NS_PER_SEC - 1) / NS_PER_SEC);
}

/* By how much a year of ticks may be too short, in ns: 2^-48 ns each. */
static u64 error(u32 hz)
{
	return (u64)hz * 365 * 86400 / (1UL << 48) + 1;
}

static void check_ticks(u64 ticks, u32 hz)
{
	u64 exact = exact_ns(ticks, hz), ns = time_from_ticks(ticks);

	TEST(ns <= exact);
	TEST(exact - ns <= error(hz));
}

static void check_ns(u64 ns, u32 hz)
{
	u64 exact = exact_ticks(ns, hz), ticks = time_to_ticks(ns);

	/* not before its time, and the next tick but one at most */
	TEST(ticks >= exact);
	TEST(ticks <= exact + 1);
	TEST(time_to_ticks(ns + 1) >= ticks);
}

static void conversions(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		u32 hz = rates[i];

		set_frequency(hz);
		TEST_EQ(time_from_ticks(0), 0);
		for (unsigned int n = 0; n < 100000; n++) {
			u64 ns = host_random() % (n % 2 ? YEAR : 10 * NS_PER_SEC);

			check_ns(ns, hz);
			check_ticks(exact_ticks(ns, hz), hz);
		}
		check_ns(YEAR, hz);
		check_ticks(exact_ticks(YEAR, hz), hz);
		TEST_EQ(time_to_ticks(TIME_NEVER), UINT64_MAX);
		TEST_EQ(time_to_ticks(TIME_NEVER - 1), UINT64_MAX);
		TEST(time_to_ticks(NS_MAX - 1) < UINT64_MAX / 2);
	}
}

/*
 * There and back: a deadline that has come by the ticks has come by the clock, but for the error.
 */
static void round_trips(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		set_frequency(rates[i]);
		for (unsigned int n = 0; n < 100000; n++) {
			u64 ns = host_random() % YEAR;

			TEST(time_from_ticks(time_to_ticks(ns)) + error(rates[i]) >= ns);
		}
	}
}

/* Of a rate that the driver has not said yet, what firmware says is taken. */
static void before_the_driver(void)
{
	static const struct dt_node node = { .name = "timer" };

	counter.frequency = 0;
	counter.ns_per_tick = 0;
	bus_cntfrq = 0;
	bus_now = 1000;
	TEST_EQ(time_now(), 0);
	bus_cntfrq = 1000000;
	TEST_EQ(time_now(), 1000 * NS_PER_US);
	TEST_EQ(timer_register(&node, 62500000), 0);
	TEST_EQ(time_now(), 16000);
	TEST_EQ(timer_register(&node, 1), -EBUSY);
	TEST_EQ(time_frequency(), 62500000);
	bus_timer_on = false;
	time_wake_at(TIME_NEVER);
	TEST(!bus_timer_on);
	time_wake_at(5);
	TEST(bus_timer_on);
}

static const struct test_case cases[] = {
	TEST_CASE(conversions),
	TEST_CASE(round_trips),
	TEST_CASE(before_the_driver),
};
static const struct test_suite time_suite = TEST_SUITE_OF("time", cases);
TEST_SUITE(time_suite);
