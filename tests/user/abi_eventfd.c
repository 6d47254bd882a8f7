/* SPDX-License-Identifier: MIT */
/* eventfd: a number that is a file: taken whole or one by one, waited for, polled, full. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MOST	(UINT64_MAX - 1)

static uint64_t take(int fd)
{
	uint64_t value = 99;

	EQ(read(fd, &value, sizeof(value)), sizeof(value));
	return value;
}

static void add(int fd, uint64_t value)
{
	EQ(write(fd, &value, sizeof(value)), sizeof(value));
}

static void counts(void)
{
	int fd = eventfd(3, EFD_CLOEXEC), all = eventfd(3, EFD_SEMAPHORE);
	char text[64] = "", name[32];
	struct stat st;

	OK(fd >= 0 && all >= 0);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQ(fcntl(all, F_GETFD), 0);
	EQ(take(fd), 3);
	add(fd, 4);
	add(fd, 5);
	add(fd, 0);
	EQ(take(fd), 9);
	for (int i = 0; i < 3; i++)
		EQ(take(all), 1);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_mode, 0600);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	OK(readlink(name, text, sizeof(text) - 1) > 0);
	EQ(strcmp(text, "anon_inode:[eventfd]"), 0);
}

static void would_wait(void)
{
	int fd = eventfd(0, EFD_NONBLOCK);
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	uint64_t value = 1;

	FAILS(read(fd, &value, 8), EAGAIN);
	EQ(poll(&p, 1, 0), 1);
	EQ(p.revents, POLLOUT);
	add(fd, MOST - 1);
	EQ(poll(&p, 1, 0), 1);
	EQ(p.revents, POLLIN | POLLOUT);
	add(fd, 1);
	EQ(poll(&p, 1, 0), 1);
	EQ(p.revents, POLLIN);
	FAILS(write(fd, &value, 8), EAGAIN);
	value = UINT64_MAX;
	FAILS(write(fd, &value, 8), EINVAL);
	EQ(take(fd), MOST);
}

static void waits(void)
{
	int fd = eventfd(0, 0), full = eventfd(0, 0), ends[2], status;
	struct pollfd p = { fd, POLLIN, 0 };
	char c;
	pid_t pid;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		usleep(3000);
		add(fd, 7);
		EQ(read(ends[0], &c, 1), 1);
		usleep(3000);
		add(fd, 8);
		EQ(read(ends[0], &c, 1), 1);
		usleep(3000);
		_exit((int)(take(full) == MOST));
	}
	EQ(take(fd), 7);
	EQ(write(ends[1], "x", 1), 1);
	EQ(poll(&p, 1, -1), 1);
	EQ(take(fd), 8);
	add(full, MOST);
	EQ(write(ends[1], "x", 1), 1);
	add(full, 2);		/* when the other one has taken what there was */
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 1 << 8);
	EQ(take(full), 2);
}

static void nothing(int signal)
{
	(void)signal;
}

static void errors(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct rlimit limit = { 3, 3 };
	int fd = eventfd(1, 0), status;
	uint64_t value = 1;
	pid_t pid;

	FAILS(eventfd(0, 1 << 20), EINVAL);
	FAILS(read(fd, &value, 7), EINVAL);
	FAILS(write(fd, &value, 7), EINVAL);
	FAILS(write(fd, BAD, 8), EFAULT);
	EQ(take(fd), 1);
	add(fd, 5);
	FAILS(read(fd, BAD, 8), EFAULT);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	pid = fork();
	if (!pid) {
		/* nobody can say when the other one has begun to wait */
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(read(fd, &value, 8), EINTR);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(pid, &status, 0) != pid)
		;
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(eventfd(0, 0), EMFILE);
}

static const struct abi_case cases[] = {
	CASE(counts), CASE(would_wait), CASE(waits), CASE(errors),
};

ABI_MAIN(cases)
