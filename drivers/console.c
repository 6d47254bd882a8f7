/* SPDX-License-Identifier: MIT */
/*
 * The console between the UART's driver and everybody else. Output goes straight to the FIFO
 * while that takes it; the rest waits in a ring which the transmit interrupt empties. Input
 * comes by interrupt into a ring; when that is full the receive interrupt is masked and bytes
 * stay in the device, so that a sender with flow control stops and nothing is lost.
 */
#include <arch/cpu.h>
#include <arch/early_console.h>
#include <arch/irq.h>
#include <device/console.h>
#include <device/driver.h>
#include <kernel/poll.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define RING_SIZE	1024	/* a power of two, bytes */
#define FLUSH_NS	(2 * NS_PER_SEC)	/* a full ring at 9,600 baud takes 1.1 s */

struct ring {
	unsigned int head;	/* where the next byte goes; both count on and on */
	unsigned int tail;
	char data[RING_SIZE];
};

static struct {
	struct wait_queue readers;
	/* its lock held: */
	struct poll_queue polls;
	struct ring in, out;
	bool receive_masked;
	bool interrupted;	/* CONSOLE_INTERRUPT, until a reader was told */
	unsigned long overruns;
	/* set by the first console_register(), then constant: */
	struct device *dev;
	const struct console_ops *ops;
	enum console_verdict (*look)(char c);
	void (*taken)(void);
	/* set when a CPU panics: no lock, no interrupt any more */
	bool panicking;
} console;

static bool ring_full(const struct ring *r)
{
	return r->head - r->tail == RING_SIZE;
}

static bool ring_empty(const struct ring *r)
{
	return r->head == r->tail;
}

static void ring_put(struct ring *r, char c)
{
	r->data[r->head++ % RING_SIZE] = c;
}

static char ring_get(struct ring *r)
{
	return r->data[r->tail++ % RING_SIZE];
}

/* A UART's driver has taken the node, or is going to. */
static bool has_driver(const struct dt_node *node)
{
	const struct device *dev = NULL;

	while ((dev = device_next(dev)))
		if (dev->node == node)
			return dev->driver->phase == PHASE_CONSOLE && dev->state != DEVICE_FAILED;
	return false;
}

bool console_register(struct device *dev, const struct console_ops *ops)
{
	const char *options;
	const struct dt_node *want = dt_stdout(&options);

	/* a stdout-path that names nothing of use leaves the choice to the order of the tree */
	if (console.dev || (want && want != dev->node && has_driver(want)))
		return false;
	wait_queue_init(&console.readers);
	poll_queue_init(&console.polls);
	console.dev = dev;
	console.ops = ops;
	ops->receive_irq(dev, true);
	return true;
}

const struct device *console_device(void)
{
	return console.dev;
}

/* Moves what waits into the FIFO, as far as it goes. */
static void drain_locked(void)
{
	struct ring *r = &console.out;

	while (!ring_empty(r)) {
		unsigned int at = r->tail % RING_SIZE;
		unsigned int run = MIN(r->head - r->tail, RING_SIZE - at);
		size_t sent = console.ops->write(console.dev, r->data + at, run);

		r->tail += (unsigned int)sent;
		if (sent < run)
			return;
	}
}

/* Takes as much of the text as there is room for, without waiting. Returns how much that was. */
static size_t write_locked(const char *buf, size_t len)
{
	size_t done = 0;

	drain_locked();
	if (ring_empty(&console.out))
		done = console.ops->write(console.dev, buf, len);
	for (; done < len && !ring_full(&console.out); done++)
		ring_put(&console.out, buf[done]);
	if (!ring_empty(&console.out))
		console.ops->transmit_irq(console.dev, true);
	return done;
}

static void write_polled(const char *buf, size_t len)
{
	while (len) {
		size_t sent = console.ops->write(console.dev, buf, len);

		buf += sent;
		len -= sent;
		arch_relax();
	}
}

void console_write(const char *buf, size_t len)
{
	if (!console.dev) {
		if (console.panicking)
			arch_early_write(buf, len);
		return;
	}
	if (console.panicking) {
		write_polled(buf, len);
		return;
	}
	/* a full ring is waited for without the lock, so that input is still taken meanwhile */
	while (len) {
		unsigned long state = spin_lock_irqsave(&console.readers.lock);
		size_t done = write_locked(buf, len);

		spin_unlock_irqrestore(&console.readers.lock, state);
		buf += done;
		len -= done;
		arch_relax();
	}
}

void console_flush(void)
{
	u64 deadline = time_now() + FLUSH_NS;

	while (console.dev && !console.panicking && time_now() < deadline) {
		unsigned long state = spin_lock_irqsave(&console.readers.lock);
		bool done;

		drain_locked();
		done = ring_empty(&console.out) && console.ops->idle(console.dev);
		spin_unlock_irqrestore(&console.readers.lock, state);
		if (done)
			return;
		arch_relax();
	}
}

void console_panic(void)
{
	if (console.panicking)
		console.dev = NULL;	/* the second time: the driver itself may be what failed */
	console.panicking = true;
	if (!console.dev)
		return;
	/* whoever had the lock does not run any more: what it had queued goes out first */
	console.ops->transmit_irq(console.dev, false);
	while (!ring_empty(&console.out)) {
		drain_locked();
		arch_relax();
	}
}

void console_set_filter(enum console_verdict (*look)(char c), void (*taken)(void))
{
	unsigned long state = spin_lock_irqsave(&console.readers.lock);

	console.look = look;
	console.taken = taken;
	spin_unlock_irqrestore(&console.readers.lock, state);
}

/* Queues a byte, unless it is none for the reader: true. */
static bool receive_locked(char c)
{
	enum console_verdict verdict = CONSOLE_KEEP;

	if (IS_ENABLED(CONFIG_TTY_MODES) && console.look)
		verdict = console.look(c);
	if (verdict == CONSOLE_KEEP)
		ring_put(&console.in, c);
	else if (verdict >= CONSOLE_TAKE_ALL)
		console.in.tail = console.in.head;
	if (verdict == CONSOLE_INTERRUPT)
		console.interrupted = true;
	return verdict != CONSOLE_KEEP;
}

void console_interrupt(struct device *dev)
{
	unsigned long state = spin_lock_irqsave(&console.readers.lock);
	bool taken = false;

	if (dev == console.dev) {
		while (!ring_full(&console.in)) {
			int c = console.ops->read(dev);

			if (c < 0)
				break;
			taken |= receive_locked((char)c);
		}
		if (!ring_empty(&console.in)) {
			wait_wake_all(&console.readers);
			poll_wake(&console.polls);
		}
		if (ring_full(&console.in) && !console.receive_masked) {
			console.receive_masked = true;
			console.ops->receive_irq(dev, false);
		}
		drain_locked();
		if (ring_empty(&console.out))
			console.ops->transmit_irq(dev, false);
	}
	spin_unlock_irqrestore(&console.readers.lock, state);
	if (IS_ENABLED(CONFIG_TTY_MODES) && taken)
		console.taken();
}

bool console_pending(void)
{
	return !ring_empty(&console.in);
}

/* The next byte. Makes the device interrupt again when half of a full ring has been read. */
static int take_locked(void)
{
	int c = (unsigned char)ring_get(&console.in);

	if (console.receive_masked && console.in.head - console.in.tail <= RING_SIZE / 2) {
		console.receive_masked = false;
		console.ops->receive_irq(console.dev, true);
	}
	return c;
}

int console_read(u64 deadline)
{
	unsigned long state;
	int c = 0;

	if (!console.dev)
		return -ENODEV;
	state = spin_lock_irqsave(&console.readers.lock);
	while (ring_empty(&console.in) && !c) {
		c = wait_sleep(&console.readers, state, deadline);
		state = spin_lock_irqsave(&console.readers.lock);
	}
	if (IS_ENABLED(CONFIG_TTY_MODES) && console.interrupted) {
		/* what follows the key is for whoever reads when that has had its effect */
		console.interrupted = false;
		c = -EINTR;
	} else if (!ring_empty(&console.in)) {
		c = take_locked();
	}
	spin_unlock_irqrestore(&console.readers.lock, state);
	return c;
}

#ifdef CONFIG_PROCESS
void console_poll_wait(struct poller *poller)
{
	if (console.dev)
		poll_wait(poller, &console.polls, &console.readers.lock);
}

void console_poll_wake(void)
{
	unsigned long state = spin_lock_irqsave(&console.readers.lock);

	if (console.dev)
		poll_wake(&console.polls);
	wait_unlock(&console.readers, state);
}

size_t console_available(void)
{
	return console.in.head - console.in.tail;
}
#endif

int console_poll(void)
{
	return console.dev ? console.ops->read(console.dev) : -1;
}

void console_count_overrun(void)
{
	console.overruns++;
}

unsigned long console_overruns(void)
{
	return console.overruns;
}
