/* SPDX-License-Identifier: MIT */
/*
 * Terminals: modes, size, process groups. On the terminal that it was started with, or on a new
 * pseudo-terminal where there is none.
 */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int terminal(void)
{
	int master, fd;

	if (isatty(0))
		return 0;
	EQ(setsid() > 0, 1);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	OK(master >= 0);
	EQ(grantpt(master) | unlockpt(master), 0);
	fd = open(ptsname(master), O_RDWR);	/* it is the session's from here on */
	OK(fd >= 0);
	return fd;
}

static void modes(void)
{
	int fd = terminal(), file = open("/tmp", O_RDONLY), ends[2];
	struct termios before, t;

	EQ(tcgetattr(fd, &before), 0);
	OK(before.c_lflag & ICANON);
	OK(before.c_cflag & CREAD);
	OK(cfgetospeed(&before) != B0);
	EQ(before.c_cc[VMIN], 1);
	t = before;
	t.c_lflag &= ~(ICANON | ECHO);
	t.c_cc[VMIN] = 0;
	EQ(tcsetattr(fd, TCSANOW, &t), 0);
	EQ(tcgetattr(fd, &t), 0);
	OK(!(t.c_lflag & (ICANON | ECHO)));
	EQ(t.c_cc[VMIN], 0);
	EQ(tcsetattr(fd, TCSADRAIN, &t), 0);
	EQ(tcsetattr(fd, TCSAFLUSH, &before), 0);
	EQ(tcgetattr(fd, &t), 0);
	EQ(t.c_lflag, before.c_lflag);
	FAILS(ioctl(fd, TCGETS, BAD), EFAULT);
	FAILS(ioctl(fd, TCSETS, BAD), EFAULT);
	FAILS(tcgetattr(file, &t), ENOTTY);
	FAILS(tcgetattr(-1, &t), EBADF);
	EQ(pipe(ends), 0);
	FAILS(tcgetattr(ends[0], &t), ENOTTY);
	FAILS(ioctl(fd, 0x5fff, 0), ENOTTY);
}

static void size(void)
{
	int fd = terminal();
	struct winsize w = { 33, 77, 0, 0 }, before, now;

	EQ(ioctl(fd, TIOCGWINSZ, &before), 0);
	EQ(ioctl(fd, TIOCSWINSZ, &w), 0);
	EQ(ioctl(fd, TIOCGWINSZ, &now), 0);
	EQ(now.ws_row, 33);
	EQ(now.ws_col, 77);
	EQ(ioctl(fd, TIOCSWINSZ, &before), 0);
	FAILS(ioctl(fd, TIOCGWINSZ, BAD), EFAULT);
	FAILS(ioctl(fd, TIOCSWINSZ, BAD), EFAULT);
}

static void groups(void)
{
	int fd = terminal(), group = tcgetpgrp(fd);

	OK(group > 0);
	EQ(tcsetpgrp(fd, group), 0);
	EQ(tcgetpgrp(fd), group);
	OK(tcgetsid(fd) > 0);
	FAILS(tcsetpgrp(fd, 32000), ESRCH);
	FAILS(ioctl(fd, TIOCSPGRP, BAD), EFAULT);
	FAILS(tcgetpgrp(open("/tmp", O_RDONLY)), ENOTTY);
	FAILS(tcgetpgrp(-1), EBADF);
}

static void nothing_typed(void)
{
	struct pollfd p = { terminal(), POLLIN | POLLOUT, 0 };
	struct termios before, t;
	int n = -1;
	char c;

	EQ(ioctl(p.fd, FIONREAD, &n), 0);
	EQ(n, 0);
	EQ(poll(&p, 1, 0), 1);
	EQ(p.revents, POLLOUT);
	p.events = POLLIN;
	EQ(poll(&p, 1, 20), 0);
	EQ(fcntl(p.fd, F_SETFL, fcntl(p.fd, F_GETFL) | O_NONBLOCK), 0);
	FAILS(read(p.fd, &c, 1), EAGAIN);
	EQ(fcntl(p.fd, F_SETFL, fcntl(p.fd, F_GETFL) & ~O_NONBLOCK), 0);
	EQ(tcgetattr(p.fd, &before), 0);
	t = before;
	t.c_lflag &= ~ICANON;
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 1;
	EQ(tcsetattr(p.fd, TCSANOW, &t), 0);
	EQ(read(p.fd, &c, 1), 0);	/* after a tenth of a second */
	EQ(poll(&p, 1, 0), 0);
	EQ(tcsetattr(p.fd, TCSANOW, &before), 0);
	FAILS(lseek(p.fd, 0, SEEK_CUR), ESPIPE);
}

static const struct abi_case cases[] = {
	CASE(modes), CASE(size), CASE(groups), CASE(nothing_typed),
};

ABI_MAIN(cases)
