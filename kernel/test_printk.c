/* SPDX-License-Identifier: MIT */
/*
 * Tests of the log's ring. They fill it, so what the log said before them is gone; the console does
 * not show their lines.
 */
#include <kernel/printk.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>

#define MANY (2UL << (CONFIG_LOG_BUF_SHIFT - 6)) /* twice the records that there is room for */

static unsigned int level_before;

static void quiet(void)
{
	level_before = log_console_level();
	log_set_console_level(0);
}

static void put_back(void)
{
	log_set_console_level(level_before);
}

/* The number that the next record will get. */
static u64 next_number(void)
{
	struct log_record r;
	u64 next = 0;

	while (log_read(next, &r))
		next = r.sequence + 1;
	return next;
}

static bool text_is(const struct log_record *r, const char *text)
{
	return r->len == strlen(text) && !memcmp(r->text, text, r->len);
}

static void record_comes_back_as_it_was(void)
{
	u64 number = next_number(), before = time_now();
	struct log_record r;

	quiet();
	TEST(!log_read(number, &r));
	log_warn("a line of %d, %s", 42, "and more");
	log_debug("another");
	TEST(log_read(number, &r));
	TEST_EQ(r.sequence, number);
	TEST_EQ(r.level, LOG_WARNING);
	TEST(r.time >= before && r.time <= time_now());
	TEST(text_is(&r, "a line of 42, and more"));
	TEST(log_read(number + 1, &r));
	TEST_EQ(r.sequence, number + 1);
	TEST_EQ(r.level, LOG_DEBUG);
	TEST(!log_read(number + 2, &r));
	put_back();
}

static void lines_are_cut_and_may_be_empty(void)
{
	static const size_t lengths[] = {
		0, 1, LOG_LINE_MAX - 2, LOG_LINE_MAX - 1, LOG_LINE_MAX, 2 * LOG_LINE_MAX
	};
	static char text[2 * LOG_LINE_MAX + 1];
	u64 number = next_number();
	struct log_record r;

	quiet();
	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		log_info("%.*s", (int)lengths[i], text);
		TEST(log_read(number + i, &r));
		TEST_EQ(r.sequence, number + i);
		TEST_EQ(r.len, MIN(lengths[i], (size_t)LOG_LINE_MAX - 1));
		TEST(!memcmp(r.text, text, r.len));
	}
	put_back();
}

/* A line whose text depends on its number, of a length that makes the ring's end fall anywhere. */
static void numbered_line(char *buf, size_t size, u64 n)
{
	size_t len = snprintf(buf, size, "line %lu ", n);

	memset(buf + len, (int)('a' + n % 26), n % 101);
	buf[len + n % 101] = 0;
}

/* Reads all from @from on, each of which must be a line as above; returns how many. */
static u64 read_lines(u64 from, u64 first, u64 end)
{
	char text[LOG_LINE_MAX];
	struct log_record r;
	u64 count = 0, next = from;

	while (log_read(next, &r)) {
		TEST(r.sequence >= next);
		next = r.sequence + 1;
		if (r.sequence < first || r.sequence >= end)
			continue;
		numbered_line(text, sizeof(text), r.sequence - first);
		if (!TEST(text_is(&r, text)))
			break;
		count++;
	}
	return count;
}

static void write_lines(u64 from, u64 count)
{
	char text[LOG_LINE_MAX];

	for (u64 n = from; n < from + count; n++) {
		numbered_line(text, sizeof(text), n);
		log_info("%s", text);
	}
}

static void ring_keeps_the_newest(void)
{
	u64 first = next_number(), oldest = 0;
	struct log_record r;

	quiet();
	write_lines(0, MANY);
	TEST_EQ(next_number(), first + MANY);
	if (TEST(log_read(0, &r)))
		oldest = r.sequence;
	TEST(oldest > first);
	/* no hole between the oldest and the newest */
	TEST_EQ(read_lines(0, first, first + MANY), first + MANY - oldest);
	TEST(!log_read(first + MANY, &r));
	put_back();
}

/* Between any two reads a writer may go round the whole ring: the reader sees whole lines only. */
static void reader_that_is_overtaken_goes_on(void)
{
	u64 first = next_number(), next = first, written = 0;
	char text[LOG_LINE_MAX];
	struct log_record r;

	quiet();
	for (u64 round = 0; round < 60; round++) {
		u64 count = 1 + round * 37 % 600;

		write_lines(written, count);
		written += count;
		if (!TEST(log_read(next, &r)))
			break;
		TEST(r.sequence >= next && r.sequence < first + written);
		numbered_line(text, sizeof(text), r.sequence - first);
		TEST(text_is(&r, text));
		next = r.sequence + 1;
	}
	put_back();
}

static const struct test_case cases[] = {
	TEST_CASE(record_comes_back_as_it_was),
	TEST_CASE(lines_are_cut_and_may_be_empty),
	TEST_CASE(ring_keeps_the_newest),
	TEST_CASE(reader_that_is_overtaken_goes_on),
};

static const struct test_suite printk_suite = TEST_SUITE_OF("printk", cases);
TEST_SUITE(printk_suite);
