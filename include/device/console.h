/* SPDX-License-Identifier: MIT */
/*
 * The console: the UART that /chosen's stdout-path names, or else the first one that probes.
 * The driver moves bytes between the device and two rings; the log, the terminal line
 * discipline and panics use the functions here.
 */
#ifndef DEVICE_CONSOLE_H
#define DEVICE_CONSOLE_H

#include <device/driver.h>
#include <lib/types.h>

/*
 * What a UART driver gives. Calls for one console come one at a time (the console's lock,
 * interrupts off).
 */
struct console_ops {
	/* Puts up to @len bytes into the transmit FIFO without waiting; returns how many fitted. */
	size_t (*write)(struct device *dev, const char *buf, size_t len);
	/*
	 * On: raise an interrupt when the FIFO has room again; asked for only after write() has
	 * filled it, since some UARTs tell nothing but the way down. Off: none.
	 */
	void (*transmit_irq)(struct device *dev, bool on);
	/*
	 * On: raise an interrupt for received bytes. Off: none, and bytes stay in the device's
	 * FIFO.
	 */
	void (*receive_irq)(struct device *dev, bool on);
	/* Returns the next received byte, or -1 when there is none. */
	int (*read)(struct device *dev);
	/* True when everything that was written has left on the wire. */
	bool (*idle)(struct device *dev);
};

/*
 * Offers @dev as a console. It is used when stdout-path names its node, or, where no
 * stdout-path is usable, when it is the first. From probe. Returns whether it is now the
 * console. @ops stays in use.
 */
bool console_register(struct device *dev, const struct console_ops *ops);

/*
 * From the driver's interrupt handler: moves received bytes to the ring, and waiting output to
 * the FIFO.
 */
void console_interrupt(struct device *dev);

struct poller;

enum console_verdict {
	CONSOLE_KEEP,		/* a byte for whoever reads */
	CONSOLE_TAKE,		/* not for the reader */
	CONSOLE_TAKE_ALL,	/* nor what came before it and has not been read yet */
	CONSOLE_INTERRUPT,	/* and whoever reads next gets -EINTR, once, before any byte */
};

/*
 * Has every received byte looked at before it is queued: @look runs under the console's lock and
 * returns at once. When it took one, @taken is called after that in the same interrupt, without
 * the lock. With CONFIG_TTY_MODES only.
 */
void console_set_filter(enum console_verdict (*look)(char c), void (*taken)(void));

/* The console's device, or NULL. */
const struct device *console_device(void);

/*
 * Sends @len bytes as they are: into the ring that the transmit interrupt empties. Waits for
 * room by polling, so that nothing is lost. Any context. Without a console it does nothing,
 * but for a panic, whose words go to the boot UART.
 */
void console_write(const char *buf, size_t len);

/*
 * Waits until all output is on the wire, two seconds at most. Any context; for the last
 * words before power-off.
 */
void console_flush(void);

/*
 * For a panicking CPU: takes the console over, whoever holds it, and from here on every write
 * goes out by polling.
 */
void console_panic(void);

/*
 * Returns the next received byte, waiting for it until the time @deadline (ns as time_now();
 * UINT64_MAX: for ever). -ETIMEDOUT; -EINTR when the sleep was cancelled, or for the filter's
 * CONSOLE_INTERRUPT; -ENODEV without a console. Thread context, interrupts on.
 */
int console_read(u64 deadline);

/*
 * The next byte out of the device itself, or -1 when it has none now. For a CPU that panics, after
 * console_panic(); what was received before that by interrupt is not given. No lock.
 */
int console_poll(void);

/* True when a byte can be read without waiting. */
bool console_pending(void);

#ifdef CONFIG_PROCESS
/* How many can be read without waiting. */
size_t console_available(void);

/*
 * Has @poller woken when something was received (<kernel/poll.h>); and has all of those look again,
 * after a reader that they had to leave it to. Thread context.
 */
void console_poll_wait(struct poller *poller);
void console_poll_wake(void);
#endif

/* Bytes that the device could not keep because it was not read in time, since boot. */
unsigned long console_overruns(void);
void console_count_overrun(void);

#endif
