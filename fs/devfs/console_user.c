/* SPDX-License-Identifier: MIT */
/*
 * The terminal for programs: its modes and its size by ioctl, waiting for it by poll, and one
 * reader at a time, as the line discipline wants it. The size is what programs say it is.
 */
#include <device/console.h>
#include <kernel/mutex.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/space.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>
#include <uapi/termios.h>

#include "console.h"

static struct mutex reader = MUTEX_INIT(reader);
static struct winsize size;

ssize_t console_read_some(struct file *file, char *text, size_t n)
{
	bool waits = !(file->flags & O_NONBLOCK);
	ssize_t got = tty_may(SIGTTIN);

	if (got)
		return got;
	got = waits ? mutex_lock(&reader, TIME_NEVER) : mutex_try_lock(&reader);
	if (got)
		return waits ? got : -EAGAIN;
	got = tty_read(text, n, waits ? TIME_NEVER : 0);
	mutex_unlock(&reader);
	/* for those who asked meanwhile there may be more */
	console_poll_wake();
	return got == -ETIMEDOUT ? -EAGAIN : got;
}

unsigned int console_poll_file(struct file *file __unused, struct poller *poller)
{
	unsigned int events = POLLOUT | POLLWRNORM;

	console_poll_wait(poller);
	/* while another one reads nothing is left for others */
	if (!mutex_try_lock(&reader)) {
		if (tty_readable())
			events |= POLLIN | POLLRDNORM;
		mutex_unlock(&reader);
	}
	return events;
}

static long set_modes(unsigned int request, u64 argument)
{
	struct termios modes;
	int err;

	if (copy_from_user(&modes, argument, sizeof(modes)))
		return -EFAULT;
	err = tty_may(SIGTTOU);
	if (err)
		return err;
	if (request != TCSETS)
		console_flush();
	if (request == TCSETSF) {
		err = mutex_lock(&reader, TIME_NEVER);
		if (err)
			return err;
		tty_flush_input();
		mutex_unlock(&reader);
	}
	tty_set_modes(&modes);
	return 0;
}

static long get_available(u64 argument)
{
	int n = 0;

	if (!mutex_try_lock(&reader)) {
		n = (int)tty_available();
		mutex_unlock(&reader);
	}
	return copy_to_user(argument, &n, sizeof(n));
}

/* A number for the program, or an error. */
static long put_number(u64 argument, int number)
{
	return number < 0 ? number : copy_to_user(argument, &number, sizeof(number));
}

static long set_group(u64 argument)
{
	int group;

	return copy_from_user(&group, argument, sizeof(group)) ? -EFAULT : tty_set_group(group);
}

static long set_size(const struct winsize *asked)
{
	bool changed = memcmp(&size, asked, sizeof(size));

	size = *asked;
	if (changed)
		tty_resized();
	return 0;
}

int console_may_write(void)
{
	struct termios modes;

	tty_get_modes(&modes);
	return modes.c_lflag & TOSTOP ? tty_may(SIGTTOU) : 0;
}

long console_ioctl(struct file *file __unused, unsigned int request, u64 argument)
{
	struct termios modes;
	struct winsize asked;

	switch (request) {
	case TCGETS:
		tty_get_modes(&modes);
		return copy_to_user(argument, &modes, sizeof(modes));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_modes(request, argument);
	case TIOCGWINSZ:
		return copy_to_user(argument, &size, sizeof(size));
	case TIOCSWINSZ:
		if (copy_from_user(&asked, argument, sizeof(asked)))
			return -EFAULT;
		return set_size(&asked);
	case TIOCGPGRP:
		return put_number(argument, tty_group());
	case TIOCSPGRP:
		return set_group(argument);
	case TIOCGSID:
		return put_number(argument, tty_session());
	case TIOCSCTTY:
		return tty_take(argument == 1);
	case TIOCNOTTY:
		return tty_leave();
	case FIONREAD:
		return get_available(argument);
	default:
		return -ENOTTY;
	}
}
