/* SPDX-License-Identifier: MIT */
/* Pseudo-terminals: their names, both sides, what one does when the other is gone, and limits. */
#include "pty.h"

#include <dirent.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

/* What the last call that failed has said. */
#define OK_ERRNO(error) do { \
	int abi_errno_ = errno; \
	EQ(abi_errno_, error); \
} while (0)

static void names(void)
{
	char path[64];
	struct stat s;
	int n = -1, fd;

	pty_begin();
	EQ(ioctl(master, TIOCGPTN, &n), 0);
	snprintf(path, sizeof(path), "/dev/pts/%d", n);
	EQ(strcmp(path, ptsname(master)), 0);
	EQ(strcmp(path, ttyname(slave)), 0);
	EQ(stat(path, &s), 0);
	OK(S_ISCHR(s.st_mode));
	EQ(major(s.st_rdev), 136);
	EQ(minor(s.st_rdev), n);
	EQ(s.st_uid, getuid());
	EQ(stat("/dev/ptmx", &s), 0);
	EQ(s.st_rdev, makedev(5, 2));
	FAILS(stat("/dev/pts/99999", &s), ENOENT);
	FAILS(ioctl(slave, TIOCGPTN, &n), ENOTTY);
	FAILS(ioctl(master, TIOCGPTN, BAD), EFAULT);
	FAILS(ioctl(master, 0x5fff, 0), ENOTTY);
	FAILS(lseek(master, 0, SEEK_CUR), ESPIPE);
	/* the lowest number that is free; and the name is gone with the master */
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	OK(fd >= 0);
	strcpy(path, ptsname(fd));
	EQ(access(path, F_OK), 0);
	close(fd);
	FAILS(open(path, O_RDWR | O_NOCTTY), ENOENT);
	fd = posix_openpt(O_RDWR | O_NOCTTY);
	EQ(strcmp(path, ptsname(fd)), 0);
}

/* Names in /dev/pts: of ours, and ptmx. */
static void listed(void)
{
	int fds[12], found = 0, ptmx = 0;
	struct dirent *e;
	DIR *dir;

	pty_mount();
	for (int i = 0; i < 12; i++) {
		fds[i] = posix_openpt(O_RDWR | O_NOCTTY);
		OK(fds[i] >= 0);
	}
	dir = opendir("/dev/pts");
	OK(dir);
	while ((e = readdir(dir))) {
		char path[300];

		snprintf(path, sizeof(path), "/dev/pts/%s", e->d_name);
		ptmx += !strcmp(e->d_name, "ptmx");
		for (int i = 0; i < 12; i++)
			found += !strcmp(path, ptsname(fds[i]));
	}
	EQ(found, 12);
	EQ(ptmx, 1);
	closedir(dir);
}

static void locked(void)
{
	int on = -1, fd;

	pty_mount();
	master = posix_openpt(O_RDWR | O_NOCTTY);
	FAILS(open(ptsname(master), O_RDWR | O_NOCTTY), EIO);
	EQ(ioctl(master, TIOCGPTLCK, &on), 0);
	EQ(on, 1);
	EQ(unlockpt(master), 0);
	EQ(ioctl(master, TIOCGPTLCK, &on), 0);
	EQ(on, 0);
	FAILS(ioctl(master, TIOCSPTLCK, BAD), EFAULT);
	/* without its name */
	fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	OK(fd >= 0);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQ(strcmp(ttyname(fd), ptsname(master)), 0);
	EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NOCTTY), O_RDWR);
}

static void by_libraries(void)
{
	struct winsize w = { 7, 9, 0, 0 }, now;
	char name[64];
	int status;
	pid_t pid;

	pty_mount();
	EQ(openpty(&master, &slave, name, NULL, &w), 0);
	EQ(strcmp(name, ptsname(master)), 0);
	EQ(ioctl(slave, TIOCGWINSZ, &now), 0);
	EQ(now.ws_col, 9);
	pid = forkpty(&master, name, NULL, &w);
	if (!pid) {
		int fd = open("/dev/tty", O_RDWR);

		OK(fd >= 0 && isatty(0) && getsid(0) == getpid());
		EQ(tcgetpgrp(fd), getpid());
		EQ(write(fd, "here\n", 5), 5);
		_exit(7);
	}
	OK(pid > 0);
	SHOWS("here\r\n");
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 7);
}

static void both_ways(void)
{
	struct termios t;
	char c;
	int n = -1;

	pty_begin();
	EQ(write(slave, "out\n", 4), 4);
	SHOWS("out\r\n");
	pty_type("in\n");
	pty_wait(3);
	READS("in\n");
	SHOWS("in\r\n");
	EQ(ioctl(master, FIONREAD, &n), 0);
	EQ(n, 0);
	EQ(ioctl(slave, TIOCOUTQ, &n), 0);
	EQ(n, 0);
	/* modes and size are those of the terminal, whichever side asks */
	EQ(tcgetattr(master, &t), 0);
	t.c_lflag &= ~ECHO;
	EQ(tcsetattr(master, TCSANOW, &t), 0);
	pty_type("quiet\n");
	READS("quiet\n");
	SHOWS_ONLY("");
	EQ(fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	FAILS(read(master, &c, 1), EAGAIN);
	EQ(fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	FAILS(read(slave, &c, 1), EAGAIN);
}

static void bad_memory(void)
{
	pty_begin();
	FAILS(write(slave, BAD, 4), EFAULT);
	FAILS(write(master, BAD, 4), EFAULT);
	EQ(write(slave, "x", 1), 1);
	FAILS(read(master, BAD, 4), EFAULT);
	pty_type("x\n");
	FAILS(read(slave, BAD, 4), EFAULT);
}

static void waiting(void)
{
	struct pollfd p;

	pty_begin();
	EQ(pty_poll(master), POLLOUT);
	EQ(pty_poll(slave), POLLOUT);
	EQ(write(slave, "x", 1), 1);
	p = (struct pollfd){ master, POLLIN, 0 };
	EQ(poll(&p, 1, -1), 1);
	EQ(p.revents, POLLIN);
	SHOWS("x");
	pty_type("x");
	SHOWS("x");
	EQ(pty_poll(slave), POLLOUT);	/* a line that has not ended is not there */
	pty_type("\n");
	p = (struct pollfd){ slave, POLLIN, 0 };
	EQ(poll(&p, 1, -1), 1);
	EQ(p.revents, POLLIN);
	READS("x\n");
	pty_type("\4");
	EQ(poll(&p, 1, -1), 1);
	READS("");
}

static void programs_side_is_gone(void)
{
	ssize_t n;
	char c;

	pty_begin();
	EQ(write(slave, "last", 4), 4);
	close(slave);
	SHOWS("last");
	FAILS(read(master, &c, 1), EIO);
	EQ(pty_poll(master), POLLOUT | POLLHUP);
	EQ(write(master, "x", 1), 1);
	/* until somebody opens it again */
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	OK(slave >= 0);
	EQ(fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	do
		n = read(master, &c, 1);
	while (n >= 0);
	OK_ERRNO(EAGAIN);
	EQ(pty_poll(master), POLLOUT);
}

static void reader_is_told(void)
{
	pid_t pid;
	char c;

	pty_begin();
	pid = fork();
	if (!pid) {
		close(slave);
		FAILS(read(master, &c, 1), EIO);
		_exit(0);
	}
	close(slave);
	EQ(waitpid(pid, NULL, 0), pid);
	pty_begin();
	pid = fork();
	if (!pid) {
		ssize_t n;

		close(master);
		n = read(slave, &c, 1);		/* who waits gets an error or the end */
		OK(!n || errno == EIO);
		EQ(read(slave, &c, 1), 0);
		_exit(0);
	}
	close(master);
	{
		int status;

		EQ(waitpid(pid, &status, 0), pid);
		EQ(status, 0);
	}
}

static void master_is_gone(void)
{
	struct termios t;
	char path[64], c;
	int n;

	pty_begin();
	strcpy(path, ptsname(master));
	pty_type("lost\n");
	pty_wait(5);
	close(master);
	EQ(read(slave, &c, 1), 0);
	FAILS(write(slave, "x", 1), EIO);
	EQ(pty_poll(slave), POLLIN | POLLOUT | POLLERR | POLLHUP);
	FAILS(tcgetattr(slave, &t), EIO);
	FAILS(ioctl(slave, FIONREAD, &n), EIO);
	FAILS(ioctl(slave, TIOCSPGRP, &n), ENOTTY);
	FAILS(ioctl(slave, TIOCSCTTY, 0), EIO);
	FAILS(open(path, O_RDWR | O_NOCTTY), ENOENT);
	/* its number is nobody's while somebody has it */
	master = posix_openpt(O_RDWR | O_NOCTTY);
	OK(strcmp(path, ptsname(master)));
}

static void exclusive(void)
{
	int on = -1;

	pty_begin();
	EQ(ioctl(slave, TIOCEXCL, 0), 0);
	EQ(ioctl(slave, TIOCGEXCL, &on), 0);
	EQ(on, 1);
	OK(open(ptsname(master), O_RDWR | O_NOCTTY) >= 0);	/* by root */
	EQ(chmod(ptsname(master), 0666), 0);
	if (!fork()) {
		char path[64];

		strcpy(path, ptsname(master));
		EQ(setuid(1000), 0);
		FAILS(open(path, O_RDWR | O_NOCTTY), EBUSY);
		EQ(ioctl(slave, TIOCNXCL, 0), 0);
		OK(open(path, O_RDWR | O_NOCTTY) >= 0);
		_exit(0);
	}
	{
		int status;

		OK(wait(&status) > 0);
		EQ(status, 0);
	}
}

static void no_descriptors(void)
{
	int fd, last = -1;

	pty_mount();
	EQ(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20, 20 }), 0);
	while ((fd = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0)
		last = fd;
	OK_ERRNO(EMFILE);
	EQ(unlockpt(last), 0);
	FAILS(ioctl(last, TIOCGPTPEER, O_RDWR | O_NOCTTY), EMFILE);
	close(last - 1);
	OK(open(ptsname(last), O_RDWR | O_NOCTTY) >= 0);
}

static void as_many_as_can_be(void)
{
	struct rlimit limit = { 8192, 8192 };
	int fd, n = 0, last = -1;

	pty_mount();
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while ((fd = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0) {
		last = fd;
		n++;
	}
	OK_ERRNO(ENOSPC);
	OK(n >= 200);
	FAILS(open("/dev/ptmx", O_RDWR | O_NOCTTY), ENOSPC);
	close(last);
	OK(open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0);
}

static const struct abi_case cases[] = {
	CASE(names), CASE(listed), CASE(locked), CASE(by_libraries), CASE(both_ways),
	CASE(bad_memory), CASE(waiting), CASE(programs_side_is_gone), CASE(reader_is_told),
	CASE(master_is_gone), CASE(exclusive), CASE(no_descriptors),
	CASE(as_many_as_can_be),
};

ABI_MAIN(cases)
