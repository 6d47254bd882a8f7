/* SPDX-License-Identifier: MIT */
/*
 * Terminals, for programs: the console, and pseudo-terminals. A terminal is a line discipline as
 * Linux's n_tty between two sides: the keys and the screen, which are a device or the program that
 * has a pseudo-terminal's master; and the programs on it. Its modes are those of termios(3).
 *
 *   keys    -> terminal_type() -> signals, editing, echo -> ring `in`  -> terminal_read()
 *   screen  <- ops->drain, or terminal_shown()           <- ring `out` <- terminal_write(), echo
 *
 * With CONFIG_PROCESS. Modes that are kept only: IXOFF, IUCLC, IMAXBEL, parity and breaks, OLCUC,
 * ECHOPRT, EXTPROC, and delays but for XTABS.
 */
#ifndef KERNEL_TERMINAL_H
#define KERNEL_TERMINAL_H

#include <kernel/mutex.h>
#include <kernel/poll.h>
#include <kernel/spinlock.h>
#include <kernel/wait.h>
#include <lib/types.h>
#include <uapi/termios.h>

#define TERMINAL_RING	4096U	/* bytes, a power of two: a line has 4,095 and its end at most */

#define TERMINAL_CTRL(c)	((c) - '@')

/* Linux's first modes. */
#define TERMINAL_IFLAG	(ICRNL | IXON)
#define TERMINAL_OFLAG	(OPOST | ONLCR)
#define TERMINAL_LFLAG	(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN)
#define TERMINAL_CC { \
	[VINTR] = TERMINAL_CTRL('C'), [VQUIT] = TERMINAL_CTRL('\\'), [VERASE] = 0x7f, \
	[VKILL] = TERMINAL_CTRL('U'), [VEOF] = TERMINAL_CTRL('D'), [VMIN] = 1, \
	[VSTART] = TERMINAL_CTRL('Q'), [VSTOP] = TERMINAL_CTRL('S'), \
	[VSUSP] = TERMINAL_CTRL('Z'), [VREPRINT] = TERMINAL_CTRL('R'), \
	[VDISCARD] = TERMINAL_CTRL('O'), [VWERASE] = TERMINAL_CTRL('W'), \
	[VLNEXT] = TERMINAL_CTRL('V'), \
}

struct iov;
struct terminal;

/* What a terminal's other side does. Called without the terminal's lock. Each may be NULL. */
struct terminal_ops {
	/* The ring `out` has something: shows it, by terminal_shown(). Any context. */
	void (*drain)(struct terminal *t);
	/*
	 * The next key, waited for until @deadline: it is handed to terminal_type() by who asked.
	 * As console_read(). NULL: keys come by themselves.
	 */
	int (*pull)(u64 deadline);
	/* How many keys can be pulled without waiting. With pull. */
	size_t (*pending)(void);
	/* Has @poller woken when a key can be pulled. With pull. */
	void (*poll_wait)(struct poller *poller);
	/* Waits until what was shown has left. */
	void (*flush)(void);
	/* A key that is @signal was typed. Never NULL. */
	void (*signal)(struct terminal *t, int signal);
};

struct terminal {
	/* constant: */
	const struct terminal_ops *ops;
	u32 number;		/* NODE_NUMBER() of its device */
	u8 *in, *out;		/* the rings */
	struct mutex reader;	/* held for a read, while it sleeps too */
	struct mutex writer;	/* for a write */
	struct wait_queue queue;	/* who waits for anything here */
	/* queue.lock held: */
	struct poll_queue polls;
	struct termios modes;
	struct winsize size;
	u32 in_head;		/* where the next byte is typed; these count on and on */
	u32 in_tail;		/* where the next one is read */
	u32 in_line;		/* the end of the last line that can be read, with ICANON */
	u32 out_head, out_tail;
	u32 out_stop;		/* while output is stopped: how far it is shown all the same */
	u32 column;		/* where the cursor stands */
	u32 line_column;	/* and stood when the line at in_line was begun */
	bool stopped;		/* by VSTOP, or by TCXONC */
	bool stopped_by_call;	/* by TCXONC: no key starts it again */
	bool quotes;		/* VLNEXT was typed */
	bool draining;		/* somebody is in ops->drain */
	bool exclusive;		/* TIOCEXCL */
	bool hung_up;		/* the other side is gone for good */
	u32 users;		/* open files of the programs' side */
	u8 ends[TERMINAL_RING / 8];	/* a bit for each byte of `in` that ends a line */
};

/* Makes @t a terminal with Linux's first modes and with two rings at @rings. */
void terminal_init(struct terminal *t, const struct terminal_ops *ops, u32 number, u8 *rings);

/* --- The other side (tty_input.c, tty_output.c) ----------------------------------------------- */

/*
 * A key. 0; a signal's number, for ops->signal when the lock is released; -EAGAIN: there is no
 * room for it. What it changed is told by terminal_changed(). @t's lock held; any context.
 */
int terminal_type(struct terminal *t, u8 c);

/*
 * The same, as far as it cannot wait for a reader: a signal's number, 0 for what was another key
 * that acts at once, -EAGAIN for one that does not.
 */
int terminal_type_now(struct terminal *t, u8 c);

/* Whether a key that is no signal would find room. @t's lock held. */
bool terminal_has_room(const struct terminal *t);

/* Up to @n bytes for the screen are taken out to @to; how many. @t's lock held. */
size_t terminal_shown(struct terminal *t, u8 *to, size_t n);

/* How many there are to be taken. @t's lock held. */
size_t terminal_to_show(const struct terminal *t);

/*
 * Something has changed: releases @t's lock, which was taken by spin_lock_irqsave(), has those who
 * wait look again, and has the screen show what there is. Any context.
 */
void terminal_changed(struct terminal *t, unsigned long state);

/* --- The programs' side (tty_read.c, tty_output.c) -------------------------------------------- */

/*
 * Reads to @iov, waiting until @deadline: with ICANON a line, or what there is room for of one; 0
 * at the end of the file. Without, what VMIN and VTIME say. A key that is a signal ends it where
 * the thread is @kernel's own. Bytes; -EINTR, -ETIMEDOUT, -EFAULT; -ENODEV without a console; 0
 * where it was hung up. Thread context.
 */
ssize_t terminal_read(struct terminal *t, struct iov *iov, u64 deadline, bool kernel);

/* How many bytes a read would give at once; whether it would return at once. Thread context. */
size_t terminal_available(struct terminal *t);
bool terminal_readable(struct terminal *t);

/* Forgets what was typed and not read yet. Thread context. */
void terminal_flush_input(struct terminal *t);

/* Other modes, all at once. Any context but under @t's lock. */
void terminal_set_modes(struct terminal *t, const struct termios *modes);

/*
 * Writes what @iov has left, as c_oflag says. Bytes; -EAGAIN where it would wait and @waits is not
 * set; -EINTR; -EFAULT; -EIO: it was hung up. Thread context.
 */
ssize_t terminal_write(struct terminal *t, struct iov *iov, bool waits);

/* Whether a write would not wait. @t's lock held. */
bool terminal_writable(const struct terminal *t);

/* Stops the output, and starts it again; by TCXONC, or by a key. @t's lock held. */
void terminal_stop(struct terminal *t, bool by_call);
void terminal_start(struct terminal *t, bool by_call);

/* --- Between the files of the discipline ------------------------------------------------------ */

/* Puts a byte on the screen, as c_oflag says; or as echo: as a key is shown. @t's lock held. */
void terminal_emit(struct terminal *t, u8 c);
void terminal_echo(struct terminal *t, u8 c);

static inline bool terminal_has(const struct terminal *t, u32 lflag)
{
	return t->modes.c_lflag & lflag;
}

/* What a program writes: 32 and less, and DEL, have no picture of their own. */
static inline bool terminal_is_control(u8 c)
{
	return c < ' ' || c == 0x7f;
}

/* --- The console (tty_console.c) -------------------------------------------------------------- */

extern struct terminal console_terminal;

#endif
