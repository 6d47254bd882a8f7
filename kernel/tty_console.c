/* SPDX-License-Identifier: MIT */
/*
 * The console as a terminal (see <kernel/terminal.h>), and the kernel's own use of it (see
 * <kernel/tty.h>), where there are programs.
 *
 * Keys wait in the console's ring until somebody reads. Those that act at once cannot wait: they
 * are looked for in the receive interrupt, under the terminal's lock. So who has turned signals off
 * knows that no more keys become any, and tty_interrupted() of all that did; but what is told of
 * the last one may still come. A key behind VLNEXT is none of them: that is noted for the keys in
 * the console's ring.
 */
#include <arch/atomic.h>
#include <device/console.h>
#include <kernel/terminal.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define NUMBER	0x501U		/* 5:1, /dev/console's */
#define PIECE	128U		/* bytes, on the stack: what is shown at a time */

static void drain(struct terminal *t);
static void signal(struct terminal *t, int signal);

static const struct terminal_ops console_ops = {
	.drain = drain, .pull = console_read, .pending = console_available,
	.poll_wait = console_poll_wait, .flush = console_flush, .signal = signal,
};

static u8 rings[2 * TERMINAL_RING];

struct terminal console_terminal = {
	.ops = &console_ops, .number = NUMBER, .in = rings, .out = rings + TERMINAL_RING,
	.reader = MUTEX_INIT(console_terminal.reader),
	.writer = MUTEX_INIT(console_terminal.writer),
	.queue = {
		.lock = SPINLOCK_INIT, .waiters = LIST_INIT(console_terminal.queue.waiters),
	},
	.polls = { .waiters = LIST_INIT(console_terminal.polls.waiters) },
	.modes = {
		.c_iflag = TERMINAL_IFLAG | IUTF8, .c_oflag = TERMINAL_OFLAG,
		.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL, .c_lflag = TERMINAL_LFLAG,
		.c_cc = TERMINAL_CC,
	},
};

static void (*signal_hook)(int signal);
static bool interrupted;

static u32 typed_signals;	/* in the receive interrupt, a bit for each; atomic */
static bool quotes;		/* the last key there was VLNEXT; the console's lock held */

/* Who finds somebody at it leaves it to him: he looks again. */
static void drain(struct terminal *t)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);
	u8 piece[PIECE];

	if (t->draining) {
		spin_unlock_irqrestore(&t->queue.lock, state);
		return;
	}
	t->draining = true;
	for (;;) {
		size_t n = terminal_shown(t, piece, sizeof(piece));

		if (!n)
			break;
		poll_wake(&t->polls);
		wait_wake_all(&t->queue);
		wait_unlock(&t->queue, state);
		tty_wrote((char *)piece, n);
		console_write((char *)piece, n);
		state = spin_lock_irqsave(&t->queue.lock);
	}
	t->draining = false;
	spin_unlock_irqrestore(&t->queue.lock, state);
}

/* --- Signals ---------------------------------------------------------------------------------- */

static void note(int number)
{
	if (number == SIGINT)
		atomic_store_relaxed(&interrupted, true);
}

static void tell(int number)
{
	if (signal_hook)
		signal_hook(number);
}

/* A key that was typed ahead, while the terminal had no signals, means now what it says. */
static void signal(struct terminal *t __unused, int number)
{
	note(number);
	tell(number);
}

static bool is_quote(const struct terminal *t, char c)
{
	return terminal_has(t, ICANON) && terminal_has(t, IEXTEN) && c &&
	       (u8)c == t->modes.c_cc[VLNEXT];
}

/* In the receive interrupt, the console's lock held. */
static enum console_verdict look(char c)
{
	struct terminal *t = &console_terminal;
	enum console_verdict verdict = CONSOLE_KEEP;
	bool quoted = quotes;
	int number;

	spin_lock(&t->queue.lock);
	quotes = !quoted && is_quote(t, c);
	number = quoted || t->quotes ? -EAGAIN : terminal_type_now(t, (u8)c);
	if (number >= 0) {
		verdict = CONSOLE_TAKE;
		/* writers may go on */
		wait_wake_all(&t->queue);
		poll_wake(&t->polls);
	}
	if (number > 0) {
		atomic_or_relaxed(&typed_signals, (u32)BIT(number));
		note(number);
		if (!terminal_has(t, NOFLSH))
			verdict = number == SIGTSTP ? CONSOLE_TAKE_ALL : CONSOLE_INTERRUPT;
	}
	spin_unlock(&t->queue.lock);
	return verdict;
}

/* In the receive interrupt, the console's lock not held. */
static void taken(void)
{
	u32 signals = atomic_exchange_acquire(&typed_signals, 0);

	drain(&console_terminal);
	for (; signals; signals &= signals - 1)
		tell(__builtin_ctz(signals));
}

void tty_set_signal_hook(void (*hook)(int signal))
{
	signal_hook = hook;
	console_set_filter(look, taken);
}

bool tty_interrupted(void)
{
	return atomic_load_relaxed(&interrupted);
}

void tty_clear_interrupt(void)
{
	atomic_store_relaxed(&interrupted, false);
}

/* --- Modes ------------------------------------------------------------------------------------ */

void tty_get_modes(struct termios *to)
{
	unsigned long state = spin_lock_irqsave(&console_terminal.queue.lock);

	*to = console_terminal.modes;
	spin_unlock_irqrestore(&console_terminal.queue.lock, state);
}

void tty_set_modes(const struct termios *from)
{
	terminal_set_modes(&console_terminal, from);
}

void tty_make_raw(struct termios *m)
{
	m->c_iflag &= ~(u32)(ICRNL | INLCR | IGNCR | ISTRIP | IXON);
	m->c_lflag &= ~(u32)(ISIG | ICANON | ECHO | ECHONL | IEXTEN);
	m->c_cc[VMIN] = 1;
	m->c_cc[VTIME] = 0;
}

/* --- Reading ---------------------------------------------------------------------------------- */

long tty_read(char *buf, size_t size, u64 deadline)
{
	struct iov iov = { .base = (u8 *)buf, .left = size };

	return terminal_read(&console_terminal, &iov, deadline, true);
}

/* For a shell without an editor of its own, in the mode for lines. A long one comes in pieces. */
int tty_read_line(char *buf, size_t size)
{
	bool too_long = false;
	size_t len = 0, typed = 0;
	long n;

	do {
		if (len == size) {
			too_long = true;
			len = 0;
		}
		n = tty_read(buf + len, size - len, TIME_NEVER);
		if (n < 0)
			return (int)n;
		len += (size_t)n;
		typed += (size_t)n;
	} while (len && buf[len - 1] != '\n');
	buf[len ? len - 1 : 0] = '\0';
	/* of one that fills the ring more may have been typed than was kept */
	return too_long || typed >= TERMINAL_RING ? -E2BIG : 0;
}

ssize_t tty_read_some(char *buf, size_t size)
{
	return tty_read(buf, size, TIME_NEVER);
}
