/* SPDX-License-Identifier: MIT */
/* virtio-mmio with an entropy device, against the model of virtio_model.h. */
#include <kernel/random.h>
#include <lib/string.h>
#include <lib/test.h>

#include "device/virtio_model.h"
#include "host.h"

/* Each machine's sources are new ones. */
#include "../../../drivers/entropy.c"

static u8 fed[64];
static size_t fed_size;
static unsigned int feeds;

void random_feed(const void *data, size_t size)
{
	TEST(size <= sizeof(fed));
	memcpy(fed, data, size);
	fed_size = size;
	feeds++;
}

static void machine(u32 version, bool coherent)
{
	virtio_machine(version, 4, coherent);
	sources = NULL;
	feeds = 0;
	host_log_lines();
	TEST_EQ(virtio_probe()->error, 0);
}

static void wait_a_while(void)
{
	for (unsigned int i = 0; i < 10; i++)
		bus_tick();
}

static void feeds_entropy(void)
{
	for (u32 version = 1; version <= 2; version++) {
		machine(version, version == 1);
		TEST_EQ(feeds, 0);		/* nobody waited */
		entropy_request();		/* is under way already */
		TEST_EQ(model.notified, 1);
		for (unsigned int n = 1; n < 40; n++) {
			wait_a_while();
			TEST_EQ(feeds, n);
			TEST_EQ(fed_size, model.random_bytes);
			for (u32 i = 0; i < model.random_bytes; i++)
				TEST_EQ(fed[i], random_byte(i));
			TEST_EQ(model.notified, n);
			model.random_bytes = 1 + n % 32;
			entropy_request();
		}
		TEST_EQ(host_log_lines(), 1);
	}
}

static void leaves_bad_entropy(void)
{
	static const u32 sizes[] = { 0, 33, UINT32_MAX };

	for (unsigned int n = 0; n < ARRAY_SIZE(sizes); n++) {
		machine(2, true);
		model.random_bytes = sizes[n];
		wait_a_while();
		TEST(strstr(host_log_last(), "no entropy in its answer") != NULL);
		model.random_bytes = 32;
		entropy_request();
		wait_a_while();
		TEST_EQ(feeds, 0);
		TEST_EQ(model.notified, 1);
	}
}

/* A device that says there is something, all the time. */
static void minds_no_empty_interrupt(void)
{
	machine(1, true);
	wait_a_while();
	model.stuck = 1;
	model.late = 1;
	entropy_request();
	wait_a_while();
	wait_a_while();
	TEST_EQ(feeds, 2);
}

static const struct test_case rng_cases[] = {
	TEST_CASE(feeds_entropy),
	TEST_CASE(leaves_bad_entropy),
	TEST_CASE(minds_no_empty_interrupt),
};
static const struct test_suite rng_suite = TEST_SUITE_OF("virtio_rng", rng_cases);
TEST_SUITE(rng_suite);
