/* SPDX-License-Identifier: MIT */
/* timerfd: a timer that is a file: read, waited for, polled; and when the clock is set. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

#define MS	1000000L

static const int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME };

static void set(int fd, int flags, long ns, long interval)
{
	struct itimerspec t = { { interval / 1000000000, interval % 1000000000 },
				{ ns / 1000000000, ns % 1000000000 } };

	EQ(timerfd_settime(fd, flags, &t, NULL), 0);
}

static long now(int clock)
{
	struct timespec t;

	EQ(clock_gettime(clock, &t), 0);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static uint64_t take(int fd)
{
	uint64_t n = 0;

	EQ(read(fd, &n, sizeof(n)), sizeof(n));
	return n;
}

static int is_ready(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	int n = poll(&p, 1, 0);

	OK(!n || (n == 1 && p.revents == POLLIN));
	return n;
}

static void expires(void)
{
	struct itimerspec t;
	char text[64] = "", name[32];

	for (int i = 0; i < 3; i++) {
		int fd = timerfd_create(clocks[i], TFD_CLOEXEC);
		struct pollfd p = { fd, POLLIN, 0 };

		OK(fd >= 0);
		EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		OK(readlink(name, text, sizeof(text) - 1) > 0);
		EQ(strcmp(text, "anon_inode:[timerfd]"), 0);
		EQ(is_ready(fd), 0);
		set(fd, 0, 2 * MS, 0);
		EQ(take(fd), 1);
		EQ(is_ready(fd), 0);
		set(fd, 0, 2 * MS, 0);
		EQ(poll(&p, 1, -1), 1);
		EQ(is_ready(fd), 1);
		EQ(take(fd), 1);
		EQ(timerfd_gettime(fd, &t), 0);
		EQ(t.it_value.tv_sec + t.it_value.tv_nsec, 0);
		set(fd, TFD_TIMER_ABSTIME, now(clocks[i]) + 3 * MS, 0);
		EQ(take(fd), 1);
		set(fd, TFD_TIMER_ABSTIME, 1, 0);
		EQ(take(fd), 1);
		set(fd, TFD_TIMER_ABSTIME, now(clocks[i]) + 1000000 * MS, 0);
		EQ(timerfd_gettime(fd, &t), 0);
		OK(t.it_value.tv_sec > 900 && t.it_value.tv_sec <= 1000);
		set(fd, 0, 0, 0);
		EQ(timerfd_gettime(fd, &t), 0);
		EQ(t.it_value.tv_sec, 0);
		EQ(close(fd), 0);
	}
}

static void periods(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct itimerspec t = { { 0, MS }, { 0, MS } }, old;
	uint64_t n;

	FAILS(read(fd, &n, 8), EAGAIN);
	set(fd, 0, MS, MS);
	usleep(30000);
	OK(take(fd) >= 25);
	/* shorter than anything takes: the rest goes on */
	set(fd, 0, 1, 1);
	for (int i = 0; i < 10; i++) {
		while (!is_ready(fd))
			;
		OK(take(fd) > 10);
	}
	set(fd, 0, 1000000 * MS, 5 * MS);
	EQ(timerfd_settime(fd, 0, &t, &old), 0);
	OK(old.it_value.tv_sec > 900);
	EQ(old.it_interval.tv_nsec, 5 * MS);
	usleep(5000);
	EQ(timerfd_gettime(fd, &t), 0);
	/* 0 where another one is due already */
	OK(t.it_value.tv_nsec <= MS);
	OK(take(fd) >= 3);
	/* what was not read is gone when it is set anew */
	usleep(3000);
	set(fd, 0, 1000000 * MS, 0);
	FAILS(read(fd, &n, 8), EAGAIN);
}

/* Nobody looks at the timer of another process; its file they share. */
static void shared(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0), status;
	pid_t pid = fork();

	if (!pid) {
		EQ(take(fd), 1);
		_exit(0);
	}
	set(fd, 0, 3 * MS, 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void clock_is_set(void)
{
	int told = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
	int moved = timerfd_create(CLOCK_REALTIME, 0), other = timerfd_create(CLOCK_REALTIME, 0);
	long real = now(CLOCK_REALTIME);
	struct timespec t = { real / 1000000000 + 500, 0 };
	struct itimerspec left;
	uint64_t n;

	set(told, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, real + 1000000 * MS, 0);
	set(moved, TFD_TIMER_ABSTIME, real + 400000 * MS, 0);
	set(other, 0, 400000 * MS, 0);
	EQ(is_ready(told), 0);
	EQ(clock_settime(CLOCK_REALTIME, &t), 0);
	EQ(is_ready(told), 1);
	FAILS(read(told, &n, 8), ECANCELED);
	FAILS(read(told, &n, 8), EAGAIN);
	EQ(timerfd_gettime(told, &left), 0);
	OK(left.it_value.tv_sec > 400 && left.it_value.tv_sec <= 500);
	EQ(take(moved), 1);
	EQ(is_ready(other), 0);
	t.tv_sec -= 500;
	EQ(clock_settime(CLOCK_REALTIME, &t), 0);
}

static void nothing(int signal)
{
	(void)signal;
}

static void errors(void)
{
	struct itimerspec t = { { 0, 0 }, { 0, 1000000000 } };
	struct sigaction action = { .sa_handler = nothing };
	struct rlimit limit = { 3, 3 };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0), status;
	uint64_t n;
	pid_t pid;

	FAILS(timerfd_create(CLOCK_MONOTONIC_RAW, 0), EINVAL);
	FAILS(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL);
	FAILS(syscall(SYS_timerfd_settime, fd, 0, &t, NULL), EINVAL);
	t.it_value = (struct timespec){ -1, 0 };
	FAILS(syscall(SYS_timerfd_settime, fd, 0, &t, NULL), EINVAL);
	t.it_value = (struct timespec){ 1, 0 };
	FAILS(syscall(SYS_timerfd_settime, fd, 4, &t, NULL), EINVAL);
	FAILS(syscall(SYS_timerfd_settime, 0, 0, &t, NULL), EINVAL);
	FAILS(syscall(SYS_timerfd_settime, 99, 0, &t, NULL), EBADF);
	FAILS(syscall(SYS_timerfd_settime, fd, 0, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_timerfd_settime, fd, 0, &t, BAD), EFAULT);
	FAILS(syscall(SYS_timerfd_gettime, fd, BAD), EFAULT);
	FAILS(syscall(SYS_timerfd_gettime, 99, &t), EBADF);
	FAILS(syscall(SYS_timerfd_gettime, 0, &t), EINVAL);
	FAILS(read(fd, &n, 7), EINVAL);
	FAILS(write(fd, &n, 8), EINVAL);
	set(fd, 0, 1, 0);
	FAILS(read(fd, BAD, 8), EFAULT);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	pid = fork();
	if (!pid) {
		/* nobody can say when the other one has begun to wait */
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(read(fd, &n, 8), EINTR);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(pid, &status, 0) != pid)
		;
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(timerfd_create(CLOCK_MONOTONIC, 0), EMFILE);
}

static const struct abi_case cases[] = {
	CASE(expires), CASE(periods), CASE(shared), CASE(clock_is_set), CASE(errors),
};

ABI_MAIN(cases)
