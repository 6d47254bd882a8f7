/* SPDX-License-Identifier: MIT */
/*
 * Terminals under libFuzzer: keys, reads, writes and other modes in any order. The rings hold what
 * they can at most, a line that can be read has been typed, and no read gives more than was asked
 * for, or than FIONREAD says, or waits where poll() would not.
 */
#include <kernel/terminal.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *next, *end;
static struct terminal terminal;
static u8 rings[2 * TERMINAL_RING];
static u64 now;

/* --- What it stands on: one thread, which nobody wakes ---------------------------------------- */

static struct thread only;
struct thread *sync_current = &only;

int wait_sleep(struct wait_queue *q, unsigned long state, u64 deadline)
{
	spin_unlock_irqrestore(&q->lock, state);
	if (deadline == TIME_NEVER)
		return -EINTR;
	now = MAX(now, deadline);
	return -ETIMEDOUT;
}

unsigned int wait_wake_all(struct wait_queue *q __unused)
{
	return 0;
}

void wait_unlock(struct wait_queue *q, unsigned long state)
{
	spin_unlock_irqrestore(&q->lock, state);
}

void mutex_init(struct mutex *m)
{
	*m = (struct mutex){};
}

int mutex_lock_slow(struct mutex *m __unused, u64 deadline __unused)
{
	return 0;
}

int mutex_unlock_slow(struct mutex *m __unused)
{
	return 0;
}

int mutex_try_lock(struct mutex *m __unused)
{
	return 0;
}

bool thread_killed(void)
{
	return true;
}

u64 time_now(void)
{
	return now;
}

static void tell(struct terminal *t __unused, int number __unused)
{
}

static const struct terminal_ops ops = { .signal = tell };

/* --- What is done ----------------------------------------------------------------------------- */

static u8 take(void)
{
	return next < end ? *next++ : 0;
}

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void look(void)
{
	const struct terminal *t = &terminal;

	check(t->in_head - t->in_tail <= TERMINAL_RING);
	check(t->in_line - t->in_tail <= t->in_head - t->in_tail || !terminal_has(t, ICANON));
	check(t->out_head - t->out_tail <= TERMINAL_RING);
	check(terminal_to_show(t) <= TERMINAL_RING);
}

static void type(u8 c, unsigned int times)
{
	while (times--)
		if (terminal_type(&terminal, c) == -EAGAIN)
			check(!terminal_has_room(&terminal));
}

static void read_some(size_t size)
{
	static u8 to[TERMINAL_RING * 2];
	struct iov iov = { .base = to, .left = size };
	bool ready = terminal_readable(&terminal);
	size_t there = terminal_available(&terminal);
	ssize_t n = terminal_read(&terminal, &iov, 0, false);

	check(n <= (ssize_t)size && (n < 0 || n == (ssize_t)(size - iov.left)));
	check(n <= (ssize_t)there);
	if (ready && size)
		check(n >= 0);
}

static void write_some(u8 c, size_t size)
{
	static u8 from[TERMINAL_RING * 2];
	struct iov iov = { .base = from, .left = size };
	ssize_t n;

	memset(from, c, size);
	n = terminal_write(&terminal, &iov, false);
	check(n == -EAGAIN || (n >= 0 && n <= (ssize_t)size));
}

static void set(void)
{
	struct termios m = terminal.modes;

	m.c_iflag = take() | (u32)take() << 8;
	m.c_oflag = take() | (u32)take() << 8;
	m.c_lflag = take() | (u32)take() << 8;
	m.c_cc[take() % NCCS] = take();
	m.c_cc[VTIME] &= 3;
	terminal_set_modes(&terminal, &m);
}

static void act(u8 what)
{
	u8 to[256];

	switch (what % 8) {
	case 0:
		type(take(), 1);
		break;
	case 1:
		type(take(), take() * 32U);
		break;
	case 2:
		read_some(take());
		break;
	case 3:
		read_some(take() * 32U);
		break;
	case 4:
		write_some(take(), take() * 32U);
		break;
	case 5:
		terminal_shown(&terminal, to, take());
		break;
	case 6:
		set();
		break;
	default:
		if (what & 8)
			terminal_flush_input(&terminal);
		else if (what & 16)
			terminal_stop(&terminal, what & 32);
		else
			terminal_start(&terminal, what & 32);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	next = data;
	end = data + size;
	now = 0;
	terminal = (struct terminal){};
	terminal_init(&terminal, &ops, 1, rings);
	while (next < end) {
		act(take());
		look();
	}
	return 0;
}
