/* SPDX-License-Identifier: MIT */
/* A pseudo-terminal for tests: both sides, what is typed, what is shown, and what is read. */
#ifndef TESTS_USER_PTY_H
#define TESTS_USER_PTY_H

#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <termios.h>

static int master, slave;

/* /dev/pts is there, as a system's first programs would have it. */
static inline void pty_mount(void)
{
	if (!access("/dev/pts/ptmx", F_OK))
		return;
	mkdir("/dev/pts", 0755);
	EQ(mount("devpts", "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666"), 0);
}

static inline void pty_begin(void)
{
	pty_mount();
	master = posix_openpt(O_RDWR | O_NOCTTY);
	OK(master >= 0);
	EQ(grantpt(master), 0);
	EQ(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	OK(slave >= 0);
}

/* In a child: a session of its own, which has the terminal. */
static inline void pty_take(void)
{
	EQ(setsid(), getpid());
	EQ(ioctl(slave, TIOCSCTTY, 0), 0);
}

static inline void pty_type(const char *keys)
{
	EQ(write(master, keys, strlen(keys)), strlen(keys));
}

/* @fd gives @text next, however many reads that takes. */
static inline void pty_gives(int line, int fd, const char *text)
{
	size_t want = strlen(text), have = 0;
	char got[1024] = { 0 };

	while (have < want) {
		ssize_t n = read(fd, got + have, want - have);

		if (n <= 0)
			abi_fail(line, text, (long)have, errno);
		have += n;
		if (memcmp(got, text, have)) {
			printf("got \"%s\"\n", got);
			abi_fail(line, text, (long)have, 0);
		}
	}
}

/* What is shown next; and that nothing more was, before what the program writes now. */
#define SHOWS(text)	pty_gives(__LINE__, master, text)
#define SHOWS_ONLY(text) do { \
	EQ(write(slave, "|", 1), 1); \
	SHOWS(text "|"); \
} while (0)

/* One read of the program's gives exactly @text. */
static inline void pty_reads(int line, const char *text, size_t size)
{
	char got[8192];
	ssize_t n = read(slave, got, size);

	if (n == (ssize_t)strlen(text) && !memcmp(got, text, n))
		return;
	printf("got \"%.*s\"\n", (int)(n > 0 ? n : 0), got);
	abi_fail(line, text, n, errno);
}

#define READS(text)	pty_reads(__LINE__, text, sizeof((char[8192]){ 0 }))

/* Flags off and on. */
static inline void pty_set(tcflag_t ioff, tcflag_t ion, tcflag_t loff, tcflag_t lon)
{
	struct termios t;

	EQ(tcgetattr(slave, &t), 0);
	t.c_iflag = (t.c_iflag & ~ioff) | ion;
	t.c_lflag = (t.c_lflag & ~loff) | lon;
	EQ(tcsetattr(slave, TCSANOW, &t), 0);
}

static inline void pty_set_output(tcflag_t off, tcflag_t on)
{
	struct termios t;

	EQ(tcgetattr(slave, &t), 0);
	t.c_oflag = (t.c_oflag & ~off) | on;
	EQ(tcsetattr(slave, TCSANOW, &t), 0);
}

static inline void pty_set_key(int which, int c)
{
	struct termios t;

	EQ(tcgetattr(slave, &t), 0);
	t.c_cc[which] = c;
	EQ(tcsetattr(slave, TCSANOW, &t), 0);
}

static inline void pty_set_raw(int least, int time)
{
	struct termios t;

	EQ(tcgetattr(slave, &t), 0);
	cfmakeraw(&t);
	t.c_cc[VMIN] = least;
	t.c_cc[VTIME] = time;
	EQ(tcsetattr(slave, TCSANOW, &t), 0);
}

/* Waits until @n bytes can be read by the program. */
static inline void pty_wait(int n)
{
	int there = 0;

	while (there < n) {
		EQ(ioctl(slave, FIONREAD, &there), 0);
		usleep(1000);
	}
	EQ(there, n);
}

/* What poll() says of @fd at once. */
static inline int pty_poll(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };

	OK(poll(&p, 1, 0) >= 0);
	return p.revents;
}

#endif
