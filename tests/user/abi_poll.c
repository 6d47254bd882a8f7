/* SPDX-License-Identifier: MIT */
/* ppoll and pselect6: what is ready, waiting for it, for how long, and what goes wrong. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

#define MS	1000000L

static int ends[2];

static void begin(void)
{
	EQ(pipe(ends), 0);
}

static long poll_one(int fd, int events, int *got, long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * MS };
	struct pollfd p = { fd, (short)events, 0x7fff };
	long n = ppoll(&p, 1, ms < 0 ? NULL : &t, NULL);

	*got = (unsigned short)p.revents;
	return n;
}

/* In another process, after some time. */
static pid_t later(long ms, void (*what)(void))
{
	struct timespec t = { 0, ms * MS };
	pid_t pid = fork();

	if (pid)
		return pid;
	nanosleep(&t, NULL);
	what();
	_exit(0);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / MS;
}

static void ready_or_not(void)
{
	int got, file = open("/tmp", O_RDONLY), null = open("/dev/null", O_RDWR);

	begin();
	EQ(poll_one(ends[0], POLLIN, &got, 0), 0);
	EQ(got, 0);
	EQ(poll_one(ends[1], POLLOUT | POLLIN, &got, 0), 1);
	EQ(got, POLLOUT);
	EQ(write(ends[1], "x", 1), 1);
	EQ(poll_one(ends[0], POLLIN | POLLOUT | POLLPRI, &got, 0), 1);
	EQ(got, POLLIN);
	EQ(poll_one(ends[0], POLLRDNORM, &got, -1), 1);
	EQ(got, POLLRDNORM);
	EQ(poll_one(ends[0], 0, &got, 0), 0);
	EQ(poll_one(file, POLLIN | POLLOUT, &got, 0), 1);
	EQ(got, POLLIN | POLLOUT);
	EQ(poll_one(null, POLLIN | POLLOUT, &got, -1), 1);
	EQ(got, POLLIN | POLLOUT);
	EQ(poll_one(-5, POLLIN, &got, 0), 0);
	EQ(got, 0);
	EQ(poll_one(500, POLLIN, &got, 0), 1);
	EQ(got, POLLNVAL);
	EQ(poll_one(open("/tmp", O_PATH), POLLIN, &got, 0), 1);
	EQ(got, POLLNVAL);
}

static void hanging_up(void)
{
	int got;

	begin();
	EQ(write(ends[1], "x", 1), 1);
	EQ(close(ends[1]), 0);
	EQ(poll_one(ends[0], POLLIN, &got, 0), 1);
	EQ(got, POLLIN | POLLHUP);
	EQ(poll_one(ends[0], 0, &got, -1), 1);
	EQ(got, POLLHUP);
	begin();
	EQ(close(ends[0]), 0);
	EQ(poll_one(ends[1], 0, &got, -1), 1);
	EQ(got, POLLERR);
}

static void full(void)
{
	static char much[4096];
	int got;

	begin();
	EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; i < 16; i++)
		EQ(write(ends[1], much, sizeof(much)), sizeof(much));
	FAILS(write(ends[1], much, 1), EAGAIN);
	EQ(poll_one(ends[1], POLLOUT, &got, 0), 0);
	for (int i = 0; i < 16; i++)
		EQ(read(ends[0], much, sizeof(much)), sizeof(much));
	EQ(poll_one(ends[1], POLLOUT, &got, 0), 1);
	EQ(got, POLLOUT);
}

static void write_one(void)
{
	EQ(write(ends[1], "x", 1), 1);
}

static void read_all(void)
{
	static char much[65536];

	EQ(read(ends[0], much, sizeof(much)), sizeof(much));
}

static void nothing(void)
{
}

static void woken(void)
{
	static char much[65536];
	pid_t pid;
	int got;

	begin();
	pid = later(20, write_one);
	EQ(poll_one(ends[0], POLLIN, &got, -1), 1);
	EQ(got, POLLIN);
	EQ(waitpid(pid, NULL, 0), pid);
	EQ(read(ends[0], much, 10), 1);
	/* the last writer goes */
	pid = later(20, nothing);
	EQ(close(ends[1]), 0);
	EQ(poll_one(ends[0], POLLIN, &got, 5000), 1);
	EQ(got, POLLHUP);
	EQ(waitpid(pid, NULL, 0), pid);
	begin();
	EQ(write(ends[1], much, sizeof(much)), sizeof(much));
	pid = later(20, read_all);
	EQ(poll_one(ends[1], POLLOUT, &got, -1), 1);
	EQ(got, POLLOUT);
	EQ(waitpid(pid, NULL, 0), pid);
}

static void of_many(void)
{
	struct pollfd p[100];
	pid_t pid;

	for (int i = 0; i < 100; i++) {
		begin();
		p[i] = (struct pollfd){ ends[0], POLLIN, 0 };
	}
	pid = later(20, write_one);
	EQ(poll(p, 100, -1), 1);
	for (int i = 0; i < 100; i++)
		EQ(p[i].revents, i == 99 ? POLLIN : 0);
	EQ(waitpid(pid, NULL, 0), pid);
	EQ(poll(p, 99, 0), 0);
}

/* Two wait for the same. */
static void both_woken(void)
{
	int got, status;
	pid_t pid;

	begin();
	pid = fork();
	if (!pid) {
		EQ(poll_one(ends[0], POLLIN, &got, 5000), 1);
		_exit(0);
	}
	later(30, write_one);
	EQ(poll_one(ends[0], POLLIN, &got, 5000), 1);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void time_runs_out(void)
{
	struct timespec t = { 0, 30 * MS };
	struct pollfd p;
	long before = now_ms();

	begin();
	p = (struct pollfd){ ends[0], POLLIN, 0 };
	EQ(syscall(SYS_ppoll, &p, 1, &t, NULL, 0), 0);
	OK(now_ms() - before >= 29);
	EQ(t.tv_sec | t.tv_nsec, 0);
	t = (struct timespec){ 100, 0 };
	EQ(write(ends[1], "x", 1), 1);
	EQ(syscall(SYS_ppoll, &p, 1, &t, NULL, 0), 1);
	OK(t.tv_sec == 99 || t.tv_sec == 100);
	before = now_ms();
	EQ(poll(NULL, 0, 30), 0);
	OK(now_ms() - before >= 29);
}

static void poll_errors(void)
{
	struct timespec bad = { 0, 1000000000 }, negative = { -1, 0 };
	struct pollfd p = { 0, POLLIN, 0 };
	uint64_t mask = 0;

	FAILS(syscall(SYS_ppoll, BAD, 1, NULL, NULL, 0), EFAULT);
	FAILS(syscall(SYS_ppoll, KERNEL, 1, NULL, NULL, 0), EFAULT);
	FAILS(syscall(SYS_ppoll, &p, 1 << 30, NULL, NULL, 0), EINVAL);
	FAILS(syscall(SYS_ppoll, &p, 0, &bad, NULL, 0), EINVAL);
	FAILS(syscall(SYS_ppoll, &p, 0, &negative, NULL, 0), EINVAL);
	FAILS(syscall(SYS_ppoll, &p, 0, BAD, NULL, 0), EFAULT);
	FAILS(syscall(SYS_ppoll, &p, 0, NULL, &mask, 4), EINVAL);
	FAILS(syscall(SYS_ppoll, &p, 0, NULL, BAD, 8), EFAULT);
}

static void selected(void)
{
	struct timeval zero = { 0, 0 };
	fd_set in, out, other;
	int a[2], b[2];
	pid_t pid;

	EQ(pipe(a), 0);
	EQ(pipe(b), 0);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&other);
	FD_SET(a[0], &in);
	FD_SET(b[0], &in);
	FD_SET(a[0], &other);
	EQ(select(b[1] + 1, &in, NULL, &other, &zero), 0);
	OK(!FD_ISSET(a[0], &in) && !FD_ISSET(b[0], &in) && !FD_ISSET(a[0], &other));
	FD_SET(a[0], &in);
	FD_SET(b[0], &in);
	FD_SET(a[1], &out);
	EQ(write(b[1], "x", 1), 1);
	EQ(select(b[1] + 1, &in, &out, NULL, NULL), 2);
	OK(!FD_ISSET(a[0], &in) && FD_ISSET(b[0], &in) && FD_ISSET(a[1], &out));
	ends[1] = a[1];
	FD_ZERO(&in);
	FD_SET(a[0], &in);
	pid = later(20, write_one);
	EQ(select(a[0] + 1, &in, NULL, NULL, NULL), 1);
	OK(FD_ISSET(a[0], &in));
	EQ(waitpid(pid, NULL, 0), pid);
	EQ(close(b[1]), 0);
	EQ(read(b[0], &zero, 1), 1);
	FD_ZERO(&in);
	FD_SET(b[0], &in);
	EQ(select(b[0] + 1, &in, NULL, NULL, NULL), 1);	/* the end can be read */
}

static void select_errors(void)
{
	struct timespec bad = { 0, 1000000000 };
	fd_set in;

	FD_ZERO(&in);
	FD_SET(60, &in);
	EQ(dup2(1, 61), 61);
	FAILS(syscall(SYS_pselect6, 62, &in, NULL, NULL, NULL, NULL), EBADF);
	FAILS(syscall(SYS_pselect6, -1, NULL, NULL, NULL, NULL, NULL), EINVAL);
	FAILS(syscall(SYS_pselect6, 1, BAD, NULL, NULL, NULL, NULL), EFAULT);
	FAILS(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &bad, NULL), EINVAL);
	FAILS(syscall(SYS_pselect6, 0, NULL, NULL, NULL, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, BAD), EFAULT);
}

/* A signal that has waited comes when the call's mask lets it. */
static void masked(void)
{
	struct timespec t = { 5, 0 };
	sigset_t all, none;
	int status;
	pid_t pid;

	begin();
	EQ(close(ends[0]), 0);
	sigfillset(&all);
	sigemptyset(&none);
	pid = fork();
	if (!pid) {
		EQ(sigprocmask(SIG_SETMASK, &all, NULL), 0);
		FAILS(write(ends[1], "x", 1), EPIPE);
		EQ(ppoll(NULL, 0, &(struct timespec){ 0, MS }, NULL), 0);
		EQ(ppoll(NULL, 0, &(struct timespec){ 0, MS }, &all), 0);
		ppoll(NULL, 0, &t, &none);
		_exit(1);
	}
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status));
	EQ(WTERMSIG(status), SIGPIPE);
}

static const struct abi_case cases[] = {
	CASE(ready_or_not), CASE(hanging_up), CASE(full), CASE(woken), CASE(of_many),
	CASE(both_woken), CASE(time_runs_out), CASE(poll_errors), CASE(selected),
	CASE(select_errors), CASE(masked),
};

ABI_MAIN(cases)
