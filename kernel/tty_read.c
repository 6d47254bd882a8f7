/* SPDX-License-Identifier: MIT */
/*
 * Reading from terminals (see <kernel/terminal.h>): a line with ICANON, and else as VMIN and VTIME
 * say. Where keys have to be pulled from a device the reader does that, as far as it has use for
 * them: so the echo of what was typed ahead comes when it is read, in its place.
 */
#include <kernel/terminal.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define TENTH		(NS_PER_SEC / 10)
#define PIECE		128U	/* bytes, on the stack: what is copied at a time */

/* What there is, in the mode that is set. Lock held. */
static size_t there(const struct terminal *t)
{
	return (terminal_has(t, ICANON) ? t->in_line : t->in_head) - t->in_tail;
}

/* --- Keys ------------------------------------------------------------------------------------- */

static int type(struct terminal *t, u8 c)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);
	int signal = terminal_type(t, c);

	terminal_changed(t, state);
	if (signal > 0)
		t->ops->signal(t, signal);
	return signal;
}

/* Pulls what has been typed, until there are @want bytes, or with ICANON a line. */
static void gather(struct terminal *t, size_t want)
{
	while (t->ops->pull && t->ops->pending()) {
		unsigned long state = spin_lock_irqsave(&t->queue.lock);
		bool enough = terminal_has(t, ICANON) ? there(t) : there(t) >= want;
		int c;

		enough |= !terminal_has_room(t);
		spin_unlock_irqrestore(&t->queue.lock, state);
		if (enough)
			return;
		c = t->ops->pull(0);
		if (c >= 0)
			type(t, (u8)c);
	}
}

/* Waits for something to be there: 0, or an error of ops->pull; 1: it was hung up. */
static int wait(struct terminal *t, u64 deadline, bool kernel)
{
	unsigned long state;
	int c = 0, signal;

	state = spin_lock_irqsave(&t->queue.lock);
	if (there(t) || t->hung_up) {
		c = t->hung_up;
		spin_unlock_irqrestore(&t->queue.lock, state);
		return c;
	}
	if (!t->ops->pull)
		return wait_sleep(&t->queue, state, deadline);
	spin_unlock_irqrestore(&t->queue.lock, state);
	c = t->ops->pull(deadline);
	/* a key was a signal: what that does to a program the program is told by it */
	if (c == -EINTR && !kernel && !thread_killed())
		return 0;
	if (c < 0)
		return c;
	signal = type(t, (u8)c);
	return kernel && signal > 0 && signal != SIGTSTP ? -EINTR : 0;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static bool ends_at(const struct terminal *t, u32 at)
{
	at %= TERMINAL_RING;
	return t->ends[at / 8] & BIT(at % 8);
}

/* Takes up to @n bytes, with ICANON to the end of a line: *@ended. Lock held. */
static size_t take(struct terminal *t, u8 *to, size_t n, bool *ended)
{
	size_t done = 0, most = there(t);
	bool lines = terminal_has(t, ICANON);

	*ended = false;
	for (; most && !*ended; most--) {
		u32 at = t->in_tail;
		u8 c = t->in[at % TERMINAL_RING];
		bool ends = lines && ends_at(t, at);

		/* an end of file behind what there is room for goes too: it was no empty line */
		if (done == n && !(ends && !c))
			break;
		t->in_tail++;
		*ended = ends;
		if (!ends || c)
			to[done++] = c;
	}
	/* with that bit off it would be a line's */
	if (!lines && (s32)(t->in_line - t->in_tail) < 0)
		t->in_line = t->in_tail;
	return done;
}

/* What there is goes to @iov: bytes, and *@ended. -EFAULT. */
static ssize_t copy(struct terminal *t, struct iov *iov, bool *ended)
{
	ssize_t done = 0;
	u8 piece[PIECE];

	*ended = false;
	while (iov->left && !*ended) {
		unsigned long state = spin_lock_irqsave(&t->queue.lock);
		size_t n = take(t, piece, MIN(iov->left, sizeof(piece)), ended), put;

		if (!n && !*ended) {
			spin_unlock_irqrestore(&t->queue.lock, state);
			break;
		}
		terminal_changed(t, state);
		put = iov_put(iov, piece, n);
		done += (ssize_t)put;
		if (put < n)
			return done ? done : -EFAULT;
	}
	return done;
}

static ssize_t read_line(struct terminal *t, struct iov *iov, u64 deadline, bool kernel)
{
	bool ended;
	ssize_t n;
	int err;

	for (;;) {
		gather(t, 1);
		n = copy(t, iov, &ended);
		if (n || ended)
			return n;
		if (!terminal_has(t, ICANON))
			return -EAGAIN;
		err = wait(t, deadline, kernel);
		if (err)
			return MIN(err, 0);
	}
}

/*
 * VTIME: how long to wait for the first byte, or with VMIN for each further one. Whoever wants none
 * at least, and does not wait, gets what is there.
 */
static ssize_t read_raw(struct terminal *t, struct iov *iov, u64 deadline, bool kernel)
{
	size_t least = t->modes.c_cc[VMIN];
	u64 pause = t->modes.c_cc[VTIME] * TENTH, until = deadline;
	ssize_t done = 0, n;
	bool ended;
	int err;

	if (pause && !least)
		until = MIN(deadline, time_now() + pause);
	for (;;) {
		gather(t, iov->left);
		n = copy(t, iov, &ended);
		if (n < 0)
			return done ? done : n;
		done += n;
		if (!iov->left || (done && (size_t)done >= least) || (!least && !pause))
			return done;
		if (terminal_has(t, ICANON))
			return done ? done : -EAGAIN;
		if (n && pause)
			until = MIN(deadline, time_now() + pause);
		err = wait(t, until, kernel);
		if (err == -ETIMEDOUT && until != deadline)
			return done;
		if (err)
			return done ? done : MIN(err, 0);
	}
}

ssize_t terminal_read(struct terminal *t, struct iov *iov, u64 deadline, bool kernel)
{
	ssize_t n;

	if (!iov->left)
		return 0;
	/* -EAGAIN: the other mode was set while it waited */
	do
		n = terminal_has(t, ICANON) ? read_line(t, iov, deadline, kernel) :
					      read_raw(t, iov, deadline, kernel);
	while (n == -EAGAIN);
	return n;
}

/*
 * How many bytes there are, with those that can be pulled: these are left where they are without
 * ICANON, since what they mean is decided when they are read. Lock held.
 */
static size_t all_there(const struct terminal *t)
{
	size_t n = there(t);

	return t->ops->pull && !terminal_has(t, ICANON) ? n + t->ops->pending() : n;
}

/* A line, if there is a whole one. */
static void gather_line(struct terminal *t)
{
	if (terminal_has(t, ICANON))
		gather(t, 1);
}

size_t terminal_available(struct terminal *t)
{
	unsigned long state;
	size_t n, marks = 0;

	gather_line(t);
	state = spin_lock_irqsave(&t->queue.lock);
	n = all_there(t);
	for (u32 at = t->in_tail; terminal_has(t, ICANON) && at != t->in_line; at++)
		marks += ends_at(t, at) && !t->in[at % TERMINAL_RING];
	spin_unlock_irqrestore(&t->queue.lock, state);
	return n - marks;
}

bool terminal_readable(struct terminal *t)
{
	unsigned long state;
	size_t least = 1;
	bool ready;

	gather_line(t);
	state = spin_lock_irqsave(&t->queue.lock);
	if (!terminal_has(t, ICANON) && !t->modes.c_cc[VTIME])
		least = MAX(t->modes.c_cc[VMIN], (u8)1);
	ready = all_there(t) >= least;
	spin_unlock_irqrestore(&t->queue.lock, state);
	return ready;
}

void terminal_flush_input(struct terminal *t)
{
	unsigned long state;

	while (t->ops->pull && t->ops->pending())
		t->ops->pull(0);
	state = spin_lock_irqsave(&t->queue.lock);
	t->in_tail = t->in_line = t->in_head;
	t->quotes = false;
	terminal_changed(t, state);
}

/* --- Modes ------------------------------------------------------------------------------------ */

/* ICANON changes: what was typed can be read, whatever line it was to be part of. Lock held. */
static void change_kind(struct terminal *t, bool lines)
{
	u32 last = (t->in_head - 1) % TERMINAL_RING;

	memset(t->ends, 0, sizeof(t->ends));
	t->quotes = false;
	t->in_line = t->in_tail;
	if (!lines || t->in_head == t->in_tail)
		return;
	t->in_line = t->in_head;
	/* a 0 there is a byte, as it was */
	if (t->in[last])
		t->ends[last / 8] |= (u8)BIT(last % 8);
}

void terminal_set_modes(struct terminal *t, const struct termios *modes)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);
	u32 changed = (t->modes.c_lflag ^ modes->c_lflag) & ICANON;
	bool frees = t->modes.c_iflag & ~modes->c_iflag & IXON;

	t->modes = *modes;
	if (changed)
		change_kind(t, modes->c_lflag & ICANON);
	if (frees)
		terminal_start(t, false);
	terminal_changed(t, state);
}
