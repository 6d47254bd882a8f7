/* SPDX-License-Identifier: MIT */
/*
 * What terminals show (see <kernel/terminal.h>): c_oflag's mapping, the cursor's column, the ring
 * in which output waits, and stopping and starting it.
 *
 * Programs leave the last part of the ring to echo, so that keys are seen although nobody takes the
 * output. Echo that finds no room is lost. While output is stopped programs wait, and echo is kept
 * behind the place where it was stopped.
 */
#include <kernel/terminal.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define ECHO_ROOM	1024U	/* bytes of the ring */
#define ONE_ROOM	8U	/* what one byte can become: a tab's blanks */
#define PIECE		128U	/* bytes, on the stack: what is copied at a time */
#define TAB		8U

/* --- One byte --------------------------------------------------------------------------------- */

static void put(struct terminal *t, u8 c)
{
	if (t->out_head - t->out_tail < TERMINAL_RING)
		t->out[t->out_head++ % TERMINAL_RING] = c;
}

static void tab(struct terminal *t)
{
	u32 to = (t->column / TAB + 1) * TAB;

	if ((t->modes.c_oflag & XTABS) == XTABS)
		for (u32 at = t->column; at < to; at++)
			put(t, ' ');
	else
		put(t, '\t');
	t->column = to;
}

static void carriage_return(struct terminal *t)
{
	u32 flags = t->modes.c_oflag;

	if (flags & ONOCR && !t->column)
		return;
	if (!(flags & OCRNL) || flags & ONLRET)
		t->column = 0;
	put(t, flags & OCRNL ? '\n' : '\r');
}

static void newline(struct terminal *t)
{
	if (t->modes.c_oflag & (ONLCR | ONLRET))
		t->column = 0;
	if (t->modes.c_oflag & ONLCR)
		put(t, '\r');
	put(t, '\n');
}

void terminal_emit(struct terminal *t, u8 c)
{
	bool continues = t->modes.c_iflag & IUTF8 && (c & 0xc0) == 0x80;

	if (!(t->modes.c_oflag & OPOST)) {
		put(t, c);
	} else if (c == '\n') {
		newline(t);
	} else if (c == '\r') {
		carriage_return(t);
	} else if (c == '\t') {
		tab(t);
	} else {
		if (c == '\b' && t->column)
			t->column--;
		else if (!terminal_is_control(c) && !continues)
			t->column++;
		put(t, c);
	}
}

void terminal_echo(struct terminal *t, u8 c)
{
	if (terminal_is_control(c) && c != '\t' && terminal_has(t, ECHOCTL)) {
		terminal_emit(t, '^');
		c ^= '@';
	}
	terminal_emit(t, c);
}

/* --- Stopping --------------------------------------------------------------------------------- */

void terminal_stop(struct terminal *t, bool by_call)
{
	if (!t->stopped)
		t->out_stop = t->out_head;
	t->stopped = true;
	t->stopped_by_call |= by_call;
}

void terminal_start(struct terminal *t, bool by_call)
{
	if (t->stopped_by_call && !by_call)
		return;
	t->stopped = t->stopped_by_call = false;
}

/* --- The ring --------------------------------------------------------------------------------- */

size_t terminal_to_show(const struct terminal *t)
{
	return (t->stopped ? t->out_stop : t->out_head) - t->out_tail;
}

size_t terminal_shown(struct terminal *t, u8 *to, size_t n)
{
	u32 at = t->out_tail % TERMINAL_RING;

	n = MIN(n, terminal_to_show(t));
	n = MIN(n, (size_t)(TERMINAL_RING - at));
	memcpy(to, t->out + at, n);
	t->out_tail += (u32)n;
	return n;
}

void terminal_changed(struct terminal *t, unsigned long state)
{
	poll_wake(&t->polls);
	wait_wake_all(&t->queue);
	wait_unlock(&t->queue, state);
	if (t->ops->drain)
		t->ops->drain(t);
}

bool terminal_writable(const struct terminal *t)
{
	return !t->stopped &&
	       t->out_head - t->out_tail <= TERMINAL_RING - ECHO_ROOM - ONE_ROOM;
}

/* Takes up to @n bytes of a program's, as there is room: how many. */
static size_t take(struct terminal *t, const u8 *from, size_t n)
{
	size_t done = 0;

	while (done < n && terminal_writable(t))
		terminal_emit(t, from[done++]);
	return done;
}

/* Writes all of a piece. *@done: how much of it was. 0 or an error. */
static int write_piece(struct terminal *t, const u8 *from, size_t n, bool waits, size_t *done)
{
	unsigned long state;
	int err = 0;

	for (*done = 0; *done < n && !err;) {
		size_t taken;

		state = spin_lock_irqsave(&t->queue.lock);
		if (t->hung_up) {
			spin_unlock_irqrestore(&t->queue.lock, state);
			return -EIO;
		}
		taken = take(t, from + *done, n - *done);
		*done += taken;
		if (taken) {
			terminal_changed(t, state);
		} else if (waits) {
			err = wait_sleep(&t->queue, state, TIME_NEVER);
		} else {
			spin_unlock_irqrestore(&t->queue.lock, state);
			err = -EAGAIN;
		}
	}
	return err;
}

ssize_t terminal_write(struct terminal *t, struct iov *iov, bool waits)
{
	int err = waits ? mutex_lock(&t->writer, TIME_NEVER) : mutex_try_lock(&t->writer);
	ssize_t done = 0;
	u8 piece[PIECE];

	if (err)
		return waits ? err : -EAGAIN;
	while (iov->left && !err) {
		size_t n = iov_get(iov, piece, MIN(iov->left, sizeof(piece))), written = 0;

		err = n ? write_piece(t, piece, n, waits, &written) : -EFAULT;
		done += (ssize_t)written;
	}
	mutex_unlock(&t->writer);
	return done ? done : err;
}
