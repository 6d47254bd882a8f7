/* SPDX-License-Identifier: MIT */
/*
 * Every system call with every pointer that a program could think of: the kernel's, none,
 * read-only, at the end of what is mapped, wrapping. Nothing but an errno may come of it, and each
 * pointer of a call must be EFAULT at least once. Calls that may wait for ever are cut short by
 * signals, which come all the time. Prints what it did; the status is 0 when all is well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

#define ROUNDS	40	/* other arguments for one pointer */
#define PAGE	65536UL
#define NUMBER_MAX	64	/* the largest that may be a process's */

/*
 * Not all of whose pointers are looked at with generated arguments: with those of `chosen` they
 * are, and reboot() has one for which the machine would really start again.
 */
#define OPTIONAL " fcntl ioctl prctl syslog getgroups setgroups mount wait4 waitid nanosleep " \
	"clock_nanosleep sigaltstack rt_sigtimedwait futex splice reboot timer_create " \
	"timer_gettime timer_settime timerfd_settime timerfd_gettime epoll_pwait epoll_pwait2 " \
	"accept accept4 getpeername pidfd_send_signal "

static uint64_t state = 1;

static uint64_t next_random(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

#define PICK(...) ({ \
	static const uint64_t choice_[] = { __VA_ARGS__ }; \
	choice_[next_random() % (sizeof(choice_) / sizeof(choice_[0]))]; \
})

static const char cwd[] = "/proc/self/cwd";
static int file, folder, sock, pipes[2];
static char *good;	/* zeroes, a page, nothing behind it */
static uint64_t bad[16];
static int bad_count;

static void prepare(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *map = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);

	good = map;
	mprotect(map + PAGE, PAGE, PROT_NONE);
	mprotect(map + 2 * PAGE, PAGE, PROT_READ);
	mprotect(map + 3 * PAGE, PAGE, PROT_NONE);
	munmap(map + 5 * PAGE, PAGE);
	bad[bad_count++] = 8;
	bad[bad_count++] = (uintptr_t)map + PAGE;		/* nobody's */
	bad[bad_count++] = (uintptr_t)map + 2 * PAGE;		/* read-only */
	bad[bad_count++] = (uintptr_t)map + 3 * PAGE - 1;	/* its last byte */
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE - 1;	/* behind it is nothing */
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE - 7;
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE;
	bad[bad_count++] = 0x7ffffffff8;			/* across the end of all */
	bad[bad_count++] = 0x8000000000;
	bad[bad_count++] = 0x0000ffffffffffff;
	bad[bad_count++] = 0x8000000000000000;
	bad[bad_count++] = 0xffffff8000000000;			/* the kernel's memory */
	bad[bad_count++] = 0xffffff8040200000;
	bad[bad_count++] = 0xffffffff80000000;			/* and the kernel */
	bad[bad_count++] = 0xfffffffffffffff8;			/* it wraps */
	bad[bad_count++] = 0xffffffffffffffff;
	file = open("/tmp/hostile.file", O_RDWR | O_CREAT, 0600);
	folder = open("/tmp", O_RDONLY | O_DIRECTORY);
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (pipe(pipes) || write(pipes[1], map, 64) != 64)
		perror("pipe");
}

/* One of them. */
#define PICK_INT(...) ({ \
	const int choice_[] = { __VA_ARGS__ }; \
	choice_[next_random() % (sizeof(choice_) / sizeof(choice_[0]))]; \
})

static int is_pointer(const char *type)
{
	return is_listed(" path in out both buf argv ", type);
}

static uint64_t harmless(const char *type)
{
	if (!strcmp(type, "fd"))
		return (uint64_t)PICK_INT(file, folder, sock);
	if (!strcmp(type, "at"))
		return next_random() % 2 ? (uint64_t)AT_FDCWD : (uint64_t)folder;
	if (!strcmp(type, "id"))
		return ~0UL;
	/* a link, and a folder; no program */
	if (!strcmp(type, "path"))
		return (uintptr_t)cwd;
	if (is_pointer(type))
		return (uintptr_t)good;
	if (is_listed(" hex open mode prot map ", type))
		return PICK(0, 0, 1, 2, 4, 0x1000);
	if (!strcmp(type, "ulong"))
		return PICK(8, 8, 24, 64, 4096, 0x7fffffff, 1UL << 63, ~0UL);
	return PICK(0, 0, 1, 2, 3, 8, 48, NUMBER_MAX);
}

static long make(const struct call *c, char type[6][8], int count, int which, uint64_t pointer)
{
	uint64_t a[6] = { 0 };

	for (int i = 0; i < count; i++)
		a[i] = i == which ? pointer : harmless(type[i]);
	return syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? -errno : 0;
}

/* All of one call: how many times it said EFAULT, up to 1; in a process of its own. */
static int try(const struct call *c)
{
	char type[6][8];
	int count = read_types(c->types, type), faults = 0, pointers = 0;

	for (int i = 0; i < count; i++) {
		int before = faults;

		if (!is_pointer(type[i]))
			continue;
		pointers++;
		for (int b = 0; b < bad_count; b++)
			for (int round = 0; round < ROUNDS; round++) {
				long result = make(c, type, count, i, bad[b]);

				if (result < -133)
					return 2;
				faults += result == -EFAULT;
			}
		if (faults == before && !is_listed(OPTIONAL, c->name)) {
			printf("%s: argument %d is never EFAULT\n", c->name, i + 1);
			return 3;
		}
	}
	/* it goes on: what it has is as it was */
	for (size_t i = 0; pointers && i < 16; i++)
		if (syscall(SYS_getpid) <= 0)
			return 4;
	return 0;
}

/* --- Calls whose other arguments say what a pointer is ---------------------------------------- */

static const char nowhere[] = "/tmp/nowhere", ramfs[] = "ramfs";

/* A child that has ended, and that nobody has waited for. */
static void end_child_by(int fails)
{
	volatile int *nowhere_at = (int *)bad[0];
	siginfo_t info;
	pid_t pid = fork();

	if (!pid) {
		if (fails)
			*nowhere_at = 0;
		_exit(0);
	}
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
		;
}

static void end_child(void)
{
	end_child_by(0);
}

/* The kernel's log has a line of it. */
static void fail_child(void)
{
	end_child_by(1);
}

static void take_groups(void)
{
	syscall(SYS_setgroups, 16, good);
}

/* --- What those calls need that look at their pointers late */

static int listener, peer, epoll, clockfd;
static int timer;	/* the kernel's number of one */

static void prepare_more(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0hostile" };
	struct epoll_event event = { .events = EPOLLIN };
	int pair[2];

	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	epoll = epoll_create1(0);
	clockfd = timerfd_create(CLOCK_MONOTONIC, 0);
	if (bind(listener, (struct sockaddr *)&name, sizeof(name)) || listen(listener, 4) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &event) ||
	    syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &timer))
		perror("prepare");
	peer = pair[0];
}

/* Somebody for accept(). */
static void connect_one(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0hostile" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) && errno != EAGAIN)
		perror("connect");
	close(fd);
}

/* A second, in which a signal comes. */
static uint64_t long_time(void)
{
	static const struct timespec t = { .tv_sec = 1 };

	return (uintptr_t)&t;
}

#define FD(fd)	((uint64_t)(fd))
#define POINTER	0xbadbadUL	/* stands where the pointer goes */

static int try_chosen(const struct call *call __attribute__((unused)))
{
	const uint64_t comes = 1UL << (SIGUSR1 - 1);
	const uint64_t ok = (uintptr_t)good, sleep = long_time();
	/* a length that is larger than any of these */
	static socklen_t length;
	const uint64_t room = (uintptr_t)&length;

	prepare_more();
	const struct {
		const char *name;
		int number;
		void (*before)(void);
		uint64_t a[6];
	} chosen[] = {
		{ "ioctl TCGETS", SYS_ioctl, NULL, { 0, TCGETS, POINTER } },
		{ "ioctl TCSETS", SYS_ioctl, NULL, { 0, TCSETS, POINTER } },
		{ "ioctl TIOCGWINSZ", SYS_ioctl, NULL, { 0, TIOCGWINSZ, POINTER } },
		{ "ioctl TIOCSWINSZ", SYS_ioctl, NULL, { 0, TIOCSWINSZ, POINTER } },
		{ "ioctl TIOCGPGRP", SYS_ioctl, NULL, { 0, TIOCGPGRP, POINTER } },
		{ "ioctl TIOCSPGRP", SYS_ioctl, NULL, { 0, TIOCSPGRP, POINTER } },
		{ "ioctl FIONREAD", SYS_ioctl, NULL, { FD(pipes[0]), FIONREAD, POINTER } },
		{ "prctl PR_GET_PDEATHSIG", SYS_prctl, NULL, { PR_GET_PDEATHSIG, POINTER } },
		{ "prctl PR_SET_NAME", SYS_prctl, NULL, { PR_SET_NAME, POINTER } },
		{ "prctl PR_GET_NAME", SYS_prctl, NULL, { PR_GET_NAME, POINTER } },
		{ "syslog", SYS_syslog, fail_child, { 3, POINTER, 1024 } },
		{ "setgroups", SYS_setgroups, NULL, { 16, POINTER } },
		{ "getgroups", SYS_getgroups, take_groups, { 16, POINTER } },
		{ "mount source", SYS_mount, NULL,
		  { POINTER, (uintptr_t)nowhere, (uintptr_t)ramfs, 0, 0 } },
		{ "mount target", SYS_mount, NULL, { ok, POINTER, (uintptr_t)ramfs, 0, 0 } },
		{ "mount type", SYS_mount, NULL, { ok, (uintptr_t)nowhere, POINTER, 0, 0 } },
		{ "wait4 status", SYS_wait4, end_child, { ~0UL, POINTER, 0, 0 } },
		{ "wait4 usage", SYS_wait4, end_child, { ~0UL, 0, 0, POINTER } },
		{ "waitid info", SYS_waitid, end_child, { P_ALL, 0, POINTER, WEXITED, 0 } },
		{ "waitid usage", SYS_waitid, end_child, { P_ALL, 0, ok, WEXITED, POINTER } },
		{ "nanosleep", SYS_nanosleep, NULL, { sleep, POINTER } },
		{ "clock_nanosleep", SYS_clock_nanosleep, NULL,
		  { CLOCK_MONOTONIC, 0, sleep, POINTER } },
		{ "splice in", SYS_splice, NULL,
		  { FD(file), POINTER, FD(pipes[1]), 0, 8, SPLICE_F_NONBLOCK } },
		{ "splice out", SYS_splice, NULL,
		  { FD(pipes[0]), 0, FD(file), POINTER, 8, SPLICE_F_NONBLOCK } },
		{ "sigaltstack new", SYS_sigaltstack, NULL, { POINTER, 0 } },
		{ "sigaltstack old", SYS_sigaltstack, NULL, { 0, POINTER } },
		{ "rt_sigtimedwait info", SYS_rt_sigtimedwait, NULL,
		  { (uintptr_t)&comes, POINTER, sleep, sizeof(comes) } },
		{ "fcntl F_GETLK", SYS_fcntl, NULL, { FD(file), F_GETLK, POINTER } },
		{ "fcntl F_SETLK", SYS_fcntl, NULL, { FD(file), F_SETLK, POINTER } },
		{ "fcntl F_SETLKW", SYS_fcntl, NULL, { FD(file), F_SETLKW, POINTER } },
		{ "timer_create event", SYS_timer_create, NULL, { CLOCK_MONOTONIC, POINTER, ok } },
		{ "timer_create id", SYS_timer_create, NULL, { CLOCK_MONOTONIC, 0, POINTER } },
		{ "timer_gettime", SYS_timer_gettime, NULL, { FD(timer), POINTER } },
		{ "timer_settime new", SYS_timer_settime, NULL, { FD(timer), 0, POINTER, 0 } },
		{ "timer_settime old", SYS_timer_settime, NULL, { FD(timer), 0, ok, POINTER } },
		{ "timerfd_gettime", SYS_timerfd_gettime, NULL, { FD(clockfd), POINTER } },
		{ "timerfd_settime new", SYS_timerfd_settime, NULL,
		  { FD(clockfd), 0, POINTER, 0 } },
		{ "timerfd_settime old", SYS_timerfd_settime, NULL,
		  { FD(clockfd), 0, ok, POINTER } },
		{ "epoll_pwait events", SYS_epoll_pwait, NULL, { FD(epoll), POINTER, 4, 0, 0 } },
		{ "epoll_pwait mask", SYS_epoll_pwait, NULL,
		  { FD(epoll), ok, 4, 0, POINTER, 8 } },
		{ "epoll_pwait2 time", SYS_epoll_pwait2, NULL, { FD(epoll), ok, 4, POINTER, 0 } },
		{ "accept address", SYS_accept, connect_one, { FD(listener), POINTER, room } },
		{ "accept length", SYS_accept, connect_one, { FD(listener), ok, POINTER } },
		{ "getpeername address", SYS_getpeername, NULL, { FD(peer), POINTER, room } },
		{ "getpeername length", SYS_getpeername, NULL, { FD(peer), ok, POINTER } },
		{ "futex wait", SYS_futex, NULL, { POINTER, FUTEX_WAIT, 0, sleep } },
		{ "futex timeout", SYS_futex, NULL, { ok, FUTEX_WAIT, 0, POINTER } },
		{ "futex requeue", SYS_futex, NULL, { ok, FUTEX_CMP_REQUEUE, 1, 1, POINTER, 0 } },
		{ "futex wake op", SYS_futex, NULL, { ok, FUTEX_WAKE_OP, 1, 1, POINTER, 0 } },
	};
	struct termios modes;
	int failed = 0;

	tcgetattr(0, &modes);
	for (size_t i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++) {
		int faults = 0;

		for (int b = 0; b < bad_count; b++) {
			uint64_t a[6];
			long result;

			for (int n = 0; n < 6; n++)
				a[n] = chosen[i].a[n] == POINTER ? bad[b] : chosen[i].a[n];
			length = 64;
			if (chosen[i].before)
				chosen[i].before();
			result = syscall(chosen[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
			faults += result < 0 && errno == EFAULT;
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		}
		tcsetattr(0, TCSANOW, &modes);
		/* fewer than half of them may be of use for reading, or for writing */
		if (faults < bad_count / 2) {
			failed++;
			printf("%s: EFAULT %d times of %d\n", chosen[i].name, faults, bad_count);
		}
	}
	return failed;
}

/* --- */

static void ignore(int signal)
{
	(void)signal;
}

/* A child that has signals come, until its parent goes. */
static void disturb(void)
{
	const struct timespec t = { .tv_nsec = 1000000 };
	pid_t parent = getpid();

	if (fork())
		return;
	while (getppid() == parent) {
		nanosleep(&t, NULL);
		kill(parent, SIGUSR1);
	}
	_exit(0);
}

/* Goes on in a process that has a higher number than those which calls pick. */
static void become_another(void)
{
	int status;
	pid_t pid;

	while (getpid() <= NUMBER_MAX) {
		pid = fork();
		if (pid && waitpid(pid, &status, 0) == pid)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
}

/* What @run says, in a process of its own: 0, or it is told of. */
static int run_apart(const char *name, int (*run)(const struct call *), const struct call *c)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		disturb();
		status = run(c);
		fflush(stdout);
		_exit(status);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		status = -1;
	if (status)
		printf("%s: %s %d\n", name, WIFSIGNALED(status) ? "killed by" : "status",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return status != 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = ignore };	/* and no SA_RESTART */
	int failed = 0, tried = 0;

	become_another();
	prepare();
	sigaction(SIGUSR1, &action, NULL);
	/* before others change what there is, as the log */
	if (argc == 1)
		failed += run_apart("chosen", try_chosen, NULL);
	for (size_t i = 0; i < CALLS; i++) {
		if (argc > 1 && strcmp(argv[1], calls[i].name))
			continue;
		failed += run_apart(calls[i].name, try, &calls[i]);
		tried++;
	}
	printf("%d calls, %d failed\n", tried, failed);
	return failed != 0;
}
