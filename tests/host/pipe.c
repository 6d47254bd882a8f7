/* SPDX-License-Identifier: MIT */
/*
 * Pipes on the host, with random sizes: one side is the test, the other is run where the first one
 * would sleep. What comes out is what went in, in order; ends and errors come when they should.
 */
#include <kernel/stream.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "host.h"

#include "../../kernel/pipe.c"

struct thread *sync_current;

/* What the other side does while this one sleeps: 0, or the sleep's error. */
static int (*other)(void);
static unsigned int wakes;

int wait_sleep(struct wait_queue *q, unsigned long state __unused, u64 deadline __unused)
{
	spin_unlock(&q->lock);
	return other();
}

unsigned int wait_wake_all(struct wait_queue *q __unused)
{
	wakes++;
	return 0;
}

void wait_unlock(struct wait_queue *q, unsigned long state __unused)
{
	spin_unlock(&q->lock);
}

void stream_init(struct stream *s, const struct stream_ops *ops)
{
	s->ops = ops;
	s->users = 1;
}

static struct stream *in, *out;
static u64 written, taken;	/* bytes; the n-th one has the value n * 7 */
static bool wrong;

static void check(const u8 *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		wrong = wrong || data[i] != (u8)(taken++ * 7);
}

static ssize_t read_some(size_t len)
{
	u8 data[200];
	ssize_t n = in->ops->read(in, data, len);

	if (n > 0)
		check(data, (size_t)n);
	return n;
}

static int write_some(size_t len)
{
	u8 data[200];

	for (size_t i = 0; i < len; i++)
		data[i] = (u8)((written + i) * 7);
	/* before: the reader takes some of it while this sleeps */
	written += len;
	return out->ops->write(out, data, len);
}

static int reads_meanwhile(void)
{
	return read_some(1 + host_random_below(100)) > 0 ? 0 : -EINTR;
}

static int writes_meanwhile(void)
{
	/* no more than there is room for, or the one side would sleep in the other */
	return write_some(1 + host_random_below(CONFIG_PIPE_SIZE));
}

static int is_killed(void)
{
	return -EINTR;
}

static void random_sizes(void)
{
	TEST_EQ(pipe_create(&in, &out), 0);
	for (u64 round = host_effort(20000); round; round--) {
		other = reads_meanwhile;
		if (host_random_below(2)) {
			TEST_EQ(write_some(host_random_below(200)), 0);
			continue;
		}
		other = writes_meanwhile;
		TEST(read_some(1 + host_random_below(200)) > 0);
		if (!TEST(!wrong && taken <= written && written - taken <= CONFIG_PIPE_SIZE))
			break;
	}
	/* what is left, and then the end */
	stream_put(out);
	while (read_some(50) > 0)
		;
	TEST_EQ(taken, written);
	TEST_EQ(read_some(50), 0);
	TEST_EQ(read_some(0), 0);
	stream_put(in);
}

static void ends(void)
{
	TEST_EQ(pipe_create(&in, &out), 0);
	TEST_EQ(in->ops->write(in, "x", 1), -EBADF);
	TEST_EQ(out->ops->read(out, &wrong, 1), -EBADF);
	stream_get(out);
	stream_put(out);
	TEST_EQ(out->ops->write(out, "x", 1), 0);
	stream_put(in);
	TEST_EQ(out->ops->write(out, "x", 1), -EPIPE);
	TEST_EQ(out->ops->write(out, "x", 0), 0);
	stream_put(out);
}

/* The reader goes away while the writer sleeps. */
static int reader_leaves(void)
{
	stream_put(in);
	return 0;
}

static void sleeps_end(void)
{
	char data[CONFIG_PIPE_SIZE + 1] = { 0 };

	TEST_EQ(pipe_create(&in, &out), 0);
	other = is_killed;
	TEST_EQ(in->ops->read(in, data, 1), -EINTR);
	TEST_EQ(out->ops->write(out, data, sizeof(data)), -EINTR);
	other = reader_leaves;
	TEST_EQ(out->ops->write(out, data, 1), -EPIPE);
	stream_put(out);
	TEST(wakes > 0);
}

static const struct test_case cases[] = {
	TEST_CASE(random_sizes), TEST_CASE(ends), TEST_CASE(sleeps_end),
};
static const struct test_suite pipe_suite = TEST_SUITE_OF("pipe", cases);
TEST_SUITE(pipe_suite);
