/* SPDX-License-Identifier: MIT */
/*
 * Terminals as files: what is read and written, waited for by poll, and asked by ioctl; and the
 * nodes /dev/console and /dev/tty. What is the pseudo-terminals' own is in pty.c.
 *
 * A terminal that was hung up reads as empty, and does nothing else.
 */
#include <fs/device.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <mm/space.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "terminal.h"

static unsigned long lock(struct terminal *t)
{
	return spin_lock_irqsave(&t->queue.lock);
}

static void unlock(struct terminal *t, unsigned long state)
{
	spin_unlock_irqrestore(&t->queue.lock, state);
}

static void get_modes(struct terminal *t, struct termios *modes)
{
	unsigned long state = lock(t);

	*modes = t->modes;
	unlock(t, state);
}

/* --- Reading, writing, waiting ---------------------------------------------------------------- */

ssize_t tty_file_read(struct file *file, struct iov *iov, u64 pos __unused)
{
	bool waits = !(file->flags & O_NONBLOCK);
	struct terminal *t = file->data;
	ssize_t n;

	if (t->hung_up)
		return 0;
	n = tty_may(t, SIGTTIN);
	if (n)
		return n;
	n = waits ? mutex_lock(&t->reader, TIME_NEVER) : mutex_try_lock(&t->reader);
	if (n)
		return waits ? n : -EAGAIN;
	n = terminal_read(t, iov, waits ? TIME_NEVER : 0, !task_is_here());
	mutex_unlock(&t->reader);
	/* for those who asked meanwhile there may be more */
	terminal_changed(t, lock(t));
	return n == -ETIMEDOUT ? -EAGAIN : n;
}

ssize_t tty_file_write(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct terminal *t = file->data;
	int err;

	if (t->hung_up)
		return -EIO;
	err = terminal_has(t, TOSTOP) ? tty_may(t, SIGTTOU) : 0;
	return err ? err : terminal_write(t, iov, !(file->flags & O_NONBLOCK));
}

unsigned int tty_file_poll(struct file *file, struct poller *poller)
{
	struct terminal *t = file->data;
	unsigned int events = 0;
	unsigned long state;

	poll_wait(poller, &t->polls, &t->queue.lock);
	if (t->ops->poll_wait)
		t->ops->poll_wait(poller);
	/* while another one reads nothing is left for others */
	if (!mutex_try_lock(&t->reader)) {
		if (terminal_readable(t))
			events |= POLLIN | POLLRDNORM;
		mutex_unlock(&t->reader);
	}
	state = lock(t);
	if (terminal_writable(t))
		events |= POLLOUT | POLLWRNORM;
	if (t->hung_up)
		events = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLERR | POLLHUP;
	unlock(t, state);
	return events;
}

/* --- ioctl: modes ----------------------------------------------------------------------------- */

/* Numbers of the speeds' codes from 0 on, and from CBAUDEX + 1 on. */
static const u32 speeds[] = {
	0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
};
static const u32 fast_speeds[] = {
	57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000,
	2500000, 3000000, 3500000, 4000000,
};

static u32 speed_of(u32 cflag)
{
	u32 code = cflag & CBAUD;

	if (code < ARRAY_SIZE(speeds))
		return speeds[code];
	code -= CBAUDEX + 1;
	return code < ARRAY_SIZE(fast_speeds) ? fast_speeds[code] : 0;
}

static long put_modes(struct terminal *t, u64 argument, bool with_speeds)
{
	struct termios2 modes;

	get_modes(t, &modes.old);
	modes.c_ispeed = modes.c_ospeed = speed_of(modes.old.c_cflag);
	return copy_to_user(argument, &modes, with_speeds ? sizeof(modes) : sizeof(modes.old));
}

/* Waits until programs' output has left, as far as somebody knows of that. */
static void wait_until_sent(struct terminal *t)
{
	if (t->ops->flush)
		t->ops->flush();
}

static int flush_input(struct terminal *t)
{
	int err = mutex_lock(&t->reader, TIME_NEVER);

	if (err)
		return err;
	terminal_flush_input(t);
	mutex_unlock(&t->reader);
	return 0;
}

/* @how: as TCSETS, + 1: when output has left, + 2: and without what was typed. */
static long set_modes(struct terminal *t, unsigned int how, u64 argument, size_t size)
{
	struct termios2 modes;
	int err = tty_may(t, SIGTTOU);

	if (err)
		return err;
	if (copy_from_user(&modes, argument, size))
		return -EFAULT;
	if (how)
		wait_until_sent(t);
	if (how == 2)
		err = flush_input(t);
	if (!err)
		terminal_set_modes(t, &modes.old);
	return err;
}

/* --- ioctl: flow ------------------------------------------------------------------------------ */

/* TCIOFF, TCION: the other side is asked to stop, or to go on, by the character for that. */
static void show_key(struct terminal *t, unsigned int which)
{
	unsigned long state = lock(t);
	u8 c = t->modes.c_cc[which];
	u32 flags = t->modes.c_oflag;

	t->modes.c_oflag &= ~(u32)OPOST;
	if (c)
		terminal_emit(t, c);
	t->modes.c_oflag = flags;
	terminal_changed(t, state);
}

static long flow(struct terminal *t, u64 what)
{
	int err = tty_may(t, SIGTTOU);
	unsigned long state;

	if (err)
		return err;
	if (what == TCIOFF || what == TCION) {
		show_key(t, what == TCIOFF ? VSTOP : VSTART);
		return 0;
	}
	if (what != TCOOFF && what != TCOON)
		return -EINVAL;
	state = lock(t);
	if (what == TCOOFF)
		terminal_stop(t, true);
	else if (t->stopped_by_call)
		terminal_start(t, true);
	terminal_changed(t, state);
	return 0;
}

/* Output that was written is the other side's already: there is nothing of it to forget. */
static long flush(struct terminal *t, u64 what)
{
	int err = tty_may(t, SIGTTOU);

	if (err)
		return err;
	if (what > TCIOFLUSH)
		return -EINVAL;
	return what == TCOFLUSH ? 0 : flush_input(t);
}

/* A break is not sent; but what is written before it has left then. */
static long send_break(struct terminal *t)
{
	int err = tty_may(t, SIGTTOU);

	if (!err)
		wait_until_sent(t);
	return err;
}

/* --- ioctl: the rest -------------------------------------------------------------------------- */

long tty_put_number(u64 argument, int number)
{
	return number < 0 ? number : copy_to_user(argument, &number, sizeof(number));
}

static long get_available(struct terminal *t, u64 argument)
{
	int n = 0;

	if (!mutex_try_lock(&t->reader)) {
		n = (int)terminal_available(t);
		mutex_unlock(&t->reader);
	}
	return tty_put_number(argument, n);
}

static long set_group(struct terminal *t, u64 argument)
{
	int group, err = tty_may(t, SIGTTOU);

	if (err)
		return err == -EIO ? -ENOTTY : err;
	return copy_from_user(&group, argument, sizeof(group)) ? -EFAULT : tty_set_group(t, group);
}

static long set_size(struct terminal *t, u64 argument)
{
	struct winsize size;
	unsigned long state;
	bool changes;

	if (copy_from_user(&size, argument, sizeof(size)))
		return -EFAULT;
	state = lock(t);
	changes = memcmp(&t->size, &size, sizeof(size));
	t->size = size;
	unlock(t, state);
	if (changes)
		tty_signal(t, SIGWINCH);
	return 0;
}

static long get_size(struct terminal *t, u64 argument)
{
	unsigned long state = lock(t);
	struct winsize size = t->size;

	unlock(t, state);
	return copy_to_user(argument, &size, sizeof(size));
}

/* TIOCSTI, as until Linux 6.2: by whose terminal it is. */
static long type(struct terminal *t, u64 argument)
{
	unsigned long state;
	int signal;
	u8 c;

	if (tty_session(t, false) < 0 && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&c, argument, sizeof(c)))
		return -EFAULT;
	state = lock(t);
	signal = terminal_type(t, c);
	terminal_changed(t, state);
	if (signal > 0)
		tty_signal(t, signal);
	return 0;
}

static long set_discipline(u64 argument)
{
	int number;

	if (copy_from_user(&number, argument, sizeof(number)))
		return -EFAULT;
	return number ? -EINVAL : 0;
}

static long set_exclusive(struct terminal *t, bool on)
{
	unsigned long state = lock(t);

	t->exclusive = on;
	unlock(t, state);
	return 0;
}

/* Modes, and what is done to output and input. */
static long ioctl_modes(struct terminal *t, unsigned int request, u64 argument)
{
	switch (request) {
	case TCGETS:
	case TCGETS2:
		return put_modes(t, argument, request == TCGETS2);
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_modes(t, request - TCSETS, argument, sizeof(struct termios));
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return set_modes(t, request - TCSETS2, argument, sizeof(struct termios2));
	case TCXONC:
		return flow(t, argument);
	case TCSBRK:
	case TCSBRKP:
	case TIOCSBRK:
	case TIOCCBRK:
		return send_break(t);
	case TIOCGETD:
		return tty_put_number(argument, 0);
	case TIOCSETD:
		return set_discipline(argument);
	default:
		return -ENOTTY;
	}
}

long tty_ioctl(struct terminal *t, bool master, unsigned int request, u64 argument)
{
	switch (request) {
	case TIOCGWINSZ:
		return get_size(t, argument);
	case TIOCSWINSZ:
		return set_size(t, argument);
	case TIOCGPGRP:
		return tty_put_number(argument, tty_group(t, master));
	case TIOCSPGRP:
		return set_group(t, argument);
	case TIOCGSID:
		return tty_put_number(argument, tty_session(t, master));
	case TIOCEXCL:
	case TIOCNXCL:
		return set_exclusive(t, request == TIOCEXCL);
	case TIOCGEXCL:
		return tty_put_number(argument, t->exclusive);
	case TIOCOUTQ:
		return tty_put_number(argument, 0);
	default:
		return ioctl_modes(t, request, argument);
	}
}

long tty_file_ioctl(struct file *file, unsigned int request, u64 argument)
{
	struct terminal *t = file->data;

	if (t->hung_up)
		return request == TIOCSPGRP ? -ENOTTY : -EIO;
	switch (request) {
	case FIONREAD:
		return get_available(t, argument);
	case TCFLSH:
		return flush(t, argument);
	case TIOCSTI:
		return type(t, argument);
	case TIOCSCTTY:
		return tty_take(t, argument == 1);
	case TIOCNOTTY:
		return tty_leave(t);
	default:
		return tty_ioctl(t, false, request, argument);
	}
}

/* --- Nodes ------------------------------------------------------------------------------------ */

static int open_console(struct file *file)
{
	file->access |= FILE_STREAM;
	file->data = &console_terminal;
	return 0;
}

static int open_own(struct file *file)
{
	struct terminal *t = tty_own();

	file->access |= FILE_STREAM;
	file->data = t;
	return t ? 0 : -ENXIO;
}

static void release_own(struct file *file)
{
	if (file->data != &console_terminal)
		pty_put(file->data);
}

static const struct file_ops console_ops = {
	.open = open_console, .read = tty_file_read, .write = tty_file_write,
	.ioctl = tty_file_ioctl, .poll = tty_file_poll,
};

static const struct device_node console_node = {
	.name = "console", .number = NODE_NUMBER(5, 1), .mode = S_IFCHR | 0600,
	.ops = &console_ops,
};
DEVICE_NODE(console_node);

static const struct file_ops own_ops = {
	.open = open_own, .release = release_own, .read = tty_file_read, .write = tty_file_write,
	.ioctl = tty_file_ioctl, .poll = tty_file_poll,
};

static const struct device_node tty_node = {
	.name = "tty", .number = NODE_NUMBER(5, 0), .mode = S_IFCHR | 0666, .ops = &own_ops,
};
DEVICE_NODE(tty_node);
