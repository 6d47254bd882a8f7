/* SPDX-License-Identifier: MIT */
/*
 * The kernel log on the host, interrupted where it hurts: the clock, which a writer reads between
 * drawing its number and publishing its record, is where these tests log another line.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>

/* The one under test, beside the log of the test program itself. */
#define log_write	kernel_log_write
#define CONFIG_LOG_BUF_SHIFT	12
#include "../../kernel/printk.c"

static char shown[65536];
static void (*interrupt)(void);

void tty_write(const char *text, size_t len)
{
	size_t used = strlen(shown);

	if (used + len < sizeof(shown)) {
		memcpy(shown + used, text, len);
		shown[used + len] = '\0';
	}
}

void tty_fresh_line(void)
{
}

u64 time_now(void)
{
	void (*now)(void) = interrupt;

	interrupt = NULL;
	if (now)
		now();
	return 0;
}

static void begin(void)
{
	memset(&show, 0, sizeof(show));
	memset(log_desc, 0, sizeof(log_desc));
	log_next = text_next = 0;
	shown[0] = '\0';
	log_set_console_level(LOG_DEBUG);
	log_console_ready();
}

static void one_line(void)
{
	kernel_log_write(LOG_INFO, "inner");
}

/* Goes once around the ring, so that the record being written is lost before it is there. */
static void many_lines(void)
{
	for (unsigned int i = 0; i < 2 * DESC_COUNT; i++)
		kernel_log_write(LOG_INFO, "line %u", i);
}

static void lines_come_in_their_order(void)
{
	begin();
	interrupt = one_line;
	kernel_log_write(LOG_INFO, "outer");
	kernel_log_write(LOG_INFO, "after");
	TEST_STR(shown, "[    0.000000] outer\n[    0.000000] inner\n[    0.000000] after\n");
}

static void a_lost_record_stops_nothing(void)
{
	begin();
	interrupt = many_lines;
	kernel_log_write(LOG_INFO, "outer");
	kernel_log_write(LOG_INFO, "after");
	TEST(strstr(shown, "line 127\n") != NULL);
	TEST(strstr(shown, "after\n") != NULL);
}

/* The interrupted writer never goes on: a panic shows what came behind it. */
static void panic_from_within(void)
{
	one_line();
	log_panic();
	TEST(strstr(shown, "inner\n") != NULL);
}

static void a_panic_waits_for_nobody(void)
{
	begin();
	interrupt = panic_from_within;
	kernel_log_write(LOG_INFO, "outer");
}

static const struct test_case cases[] = {
	TEST_CASE(lines_come_in_their_order),
	TEST_CASE(a_lost_record_stops_nothing),
	TEST_CASE(a_panic_waits_for_nobody),
};

static const struct test_suite interrupted_suite = TEST_SUITE_OF("interrupted", cases);
TEST_SUITE(interrupted_suite);
