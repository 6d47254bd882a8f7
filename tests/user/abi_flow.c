/* SPDX-License-Identifier: MIT */
/*
 * Terminals: when bytes come that no line ends, stopping output and starting it again, and more
 * than fits.
 */
#include "pty.h"

#include <time.h>

#define PASTE	(1 << 17)

static int nonblocking(int fd, int on)
{
	return fcntl(fd, F_SETFL, O_RDWR | (on ? O_NONBLOCK : 0));
}

/* Milliseconds since some time. */
static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- VMIN and VTIME --------------------------------------------------------------------------- */

static void some_at_least(void)
{
	pid_t pid;
	char c;

	pty_begin();
	pty_set_raw(3, 0);
	pid = fork();
	if (!pid) {
		READS("abc");
		_exit(0);
	}
	pty_type("a");
	pty_type("b");
	pty_type("c");
	{
		int status;

		EQ(waitpid(pid, &status, 0), pid);
		EQ(status, 0);
	}
	pty_type("ab");
	pty_wait(2);
	EQ(pty_poll(slave), POLLOUT);
	pty_type("c");
	pty_wait(3);
	EQ(pty_poll(slave), POLLIN | POLLOUT);
	EQ(read(slave, &c, 1), 1);	/* no more than there is room for */
	pty_reads(__LINE__, "b", 1);
	EQ(nonblocking(slave, 1), 0);
	READS("c");
	FAILS(read(slave, &c, 1), EAGAIN);
}

static void at_once(void)
{
	char c;

	pty_begin();
	pty_set_raw(0, 0);
	READS("");
	pty_type("ab");
	pty_wait(2);
	READS("ab");
	EQ(nonblocking(slave, 1), 0);
	EQ(read(slave, &c, 1), 0);
}

static void within_a_time(void)
{
	long begun;
	char c;

	pty_begin();
	pty_set_raw(0, 2);
	begun = now();
	READS("");
	OK(now() - begun >= 190);
	pty_type("ab");
	pty_wait(2);
	READS("ab");
	EQ(nonblocking(slave, 1), 0);
	FAILS(read(slave, &c, 1), EAGAIN);
}

static void within_a_time_of_the_last_one(void)
{
	long begun;

	pty_begin();
	pty_set_raw(100, 2);
	pty_type("ab");
	pty_wait(2);
	begun = now();
	READS("ab");
	OK(now() - begun >= 190);
}

static void other_kind(void)
{
	pty_begin();
	pty_type("half");
	SHOWS("half");
	pty_set(0, 0, ICANON, 0);
	READS("half");
	pty_type("line\nmore");
	pty_wait(9);
	pty_set(0, 0, 0, ICANON);
	READS("line\nmore");		/* what was there is one that can be read */
	pty_type("x\n");
	READS("x\n");
	/* an end of file is a byte then */
	pty_type("a\4");
	pty_wait(1);
	pty_set(0, 0, ICANON, 0);
	pty_reads(__LINE__, "a", 1);
	EQ(read(slave, (char[4]){ 1 }, 4), 1);
}

/* --- Stopping --------------------------------------------------------------------------------- */

static void by_keys(void)
{
	pty_begin();
	EQ(nonblocking(master, 1), 0);
	EQ(nonblocking(slave, 1), 0);
	pty_type("\23");
	while (pty_poll(slave) & POLLOUT)
		usleep(1000);
	FAILS(write(slave, "x", 1), EAGAIN);
	pty_type("typed\21");
	while (!(pty_poll(slave) & POLLOUT))
		usleep(1000);
	EQ(nonblocking(master, 0), 0);
	SHOWS_ONLY("typed");
	/* by any key, which is one still */
	pty_set(0, IXANY, ECHO, 0);
	pty_type("\23");
	while (pty_poll(slave) & POLLOUT)
		usleep(1000);
	pty_type(".\n");
	while (!(pty_poll(slave) & POLLOUT))
		usleep(1000);
	READS("typed.\n");
	/* by no mode any more */
	pty_type("\23");
	while (pty_poll(slave) & POLLOUT)
		usleep(1000);
	pty_set(IXON | IXANY, 0, 0, 0);
	EQ(pty_poll(slave), POLLOUT);
	pty_type("\23\21\n");
	READS("\23\21\n");
}

static void by_call(void)
{
	pid_t pid;
	int status;

	pty_begin();
	EQ(tcflow(slave, TCOOFF), 0);
	EQ(pty_poll(slave) & POLLOUT, 0);
	pid = fork();
	if (!pid) {
		EQ(write(slave, "held", 4), 4);
		_exit(0);
	}
	pty_type("\21");		/* that starts nothing */
	EQ(usleep(20000), 0);
	EQ(waitpid(pid, &status, WNOHANG), 0);
	EQ(tcflow(slave, TCOON), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	SHOWS("held");
	FAILS(ioctl(slave, TCXONC, 9), EINVAL);
	EQ(tcsendbreak(slave, 0), 0);
	EQ(tcdrain(slave), 0);
}

static void forgetting(void)
{
	pty_begin();
	pty_type("gone\n");
	pty_wait(5);
	EQ(tcflush(slave, TCIFLUSH), 0);
	pty_type("gone\n");
	pty_wait(5);
	EQ(tcflush(slave, TCIOFLUSH), 0);
	EQ(tcflush(slave, TCOFLUSH), 0);
	pty_type("gone\n");
	pty_wait(5);
	{
		struct termios t;

		EQ(tcgetattr(slave, &t), 0);
		EQ(tcsetattr(slave, TCSAFLUSH, &t), 0);
	}
	pty_type("here\n");
	READS("here\n");
	FAILS(ioctl(slave, TCFLSH, 9), EINVAL);
	FAILS(ioctl(master, TCFLSH, 9), EINVAL);
}

/* --- More than fits --------------------------------------------------------------------------- */

static void long_line(void)
{
	static char text[8000], got[8000];

	pty_begin();
	pty_set(0, 0, ECHO, 0);
	memset(text, 'x', sizeof(text));
	EQ(write(master, text, sizeof(text)), sizeof(text));
	pty_type("\n");
	EQ(read(slave, got, sizeof(got)), 4096);	/* the rest is lost, but its end is not */
	EQ(got[4095], '\n');
	EQ(memcmp(got, text, 4095), 0);
	pty_type("y\n");
	READS("y\n");
}

/* A child types @size bytes by @type; what the parent reads is theirs, in their order. */
static void paste(size_t size, size_t line)
{
	static char text[1 << 16], got[1 << 16];
	size_t done = 0;
	pid_t pid = fork();
	int status;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = line && i % line == line - 1 ? '\n' : 'a' + i / 64 % 26;
	if (!pid) {
		for (size_t at = 0; at < size;) {
			size_t from = at % sizeof(text);
			ssize_t n = write(master, text + from, sizeof(text) - from);

			OK(n > 0);
			at += n;
		}
		_exit(0);
	}
	while (done < size) {
		ssize_t n = read(slave, got, sizeof(got) - done % sizeof(got));

		OK(n > 0);
		EQ(memcmp(got, text + done % sizeof(text), n), 0);
		done += n;
	}
	EQ(done, size);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void pasted_lines(void)
{
	pty_begin();
	pty_set(0, 0, ECHO, 0);
	paste(PASTE, 64);
	/* with an echo that nobody reads */
	pty_set(0, 0, 0, ECHO);
	paste(PASTE, 64);
}

static void pasted_bytes(void)
{
	pty_begin();
	pty_set_raw(1, 0);
	paste(PASTE, 0);
}

static void without_waiting(void)
{
	static char text[4096];
	size_t typed = 0, written = 0;
	ssize_t n;

	pty_begin();
	pty_set_raw(1, 0);
	memset(text, 'x', sizeof(text));
	EQ(nonblocking(master, 1), 0);
	EQ(nonblocking(slave, 1), 0);
	while ((n = write(slave, text, sizeof(text))) > 0)
		written += n;
	FAILS(write(slave, text, 1), EAGAIN);
	OK(written >= 1024);
	EQ(pty_poll(slave) & POLLOUT, 0);
	while ((n = write(master, text, sizeof(text))) > 0)
		typed += n;
	FAILS(write(master, text, 1), EAGAIN);
	OK(typed >= 4095);
	/* nothing of it is lost */
	while (written) {
		n = read(master, text, sizeof(text));
		if (n > 0)
			written -= n;
	}
	FAILS(read(master, text, 1), EAGAIN);
	while (typed) {
		n = read(slave, text, sizeof(text));
		if (n > 0)
			typed -= n;
	}
	FAILS(read(slave, text, 1), EAGAIN);
}

/* Whoever waits for room is told when nobody will make any. */
static void full_and_gone(void)
{
	int full[2];
	pid_t pid;
	int status;
	char c;

	pty_begin();
	EQ(pipe(full), 0);
	pid = fork();
	if (!pid) {
		static char text[4096];

		close(master);
		EQ(nonblocking(slave, 1), 0);
		while (write(slave, text, sizeof(text)) > 0)
			;
		EQ(nonblocking(slave, 0), 0);
		EQ(write(full[1], "x", 1), 1);
		FAILS(write(slave, text, sizeof(text)), EIO);
		_exit(0);
	}
	EQ(read(full[0], &c, 1), 1);
	usleep(20000);
	close(master);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static const struct abi_case cases[] = {
	CASE(some_at_least), CASE(at_once), CASE(within_a_time),
	CASE(within_a_time_of_the_last_one), CASE(other_kind), CASE(by_keys), CASE(by_call),
	CASE(forgetting), CASE(long_line), CASE(pasted_lines), CASE(pasted_bytes),
	CASE(without_waiting), CASE(full_and_gone),
};

ABI_MAIN(cases)
