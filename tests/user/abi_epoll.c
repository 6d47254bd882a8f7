/* SPDX-License-Identifier: MIT */
/* epoll: told of by level, by edge or once; sets in sets; files that come and go. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

static int control(int set, int what, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.u64 = 0x100000000UL + (unsigned int)fd };

	return epoll_ctl(set, what, fd, &e);
}

static void add(int set, int fd, uint32_t events)
{
	EQ(control(set, EPOLL_CTL_ADD, fd, events), 0);
}

/* The one event that there is, which is @fd's; 0: there is none. */
static uint32_t one(int set, int fd, int ms)
{
	struct epoll_event e[4] = { { .events = 0 } };
	int n = epoll_wait(set, e, 4, ms);

	if (!n)
		return 0;
	EQ(n, 1);
	EQ(e[0].data.u64, 0x100000000UL + (unsigned int)fd);
	return e[0].events;
}

static int is_ready(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0);
}

static void put(int fd, const char *text)
{
	EQ(write(fd, text, strlen(text)), strlen(text));
}

static void take(int fd, size_t n)
{
	char buffer[64];

	EQ(read(fd, buffer, n), n);
}

static void by_level(void)
{
	int set = epoll_create1(EPOLL_CLOEXEC), ends[2], old = epoll_create(1);
	char text[64] = "", name[32];

	OK(set >= 0 && old >= 0);
	EQ(fcntl(set, F_GETFD), FD_CLOEXEC);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", set);
	OK(readlink(name, text, sizeof(text) - 1) > 0);
	EQ(strcmp(text, "anon_inode:[eventpoll]"), 0);
	EQ(pipe(ends), 0);
	add(set, ends[0], EPOLLIN);
	EQ(one(set, ends[0], 0), 0);
	EQ(is_ready(set), 0);
	put(ends[1], "abc");
	for (int i = 0; i < 3; i++)
		EQ(one(set, ends[0], 0), EPOLLIN);
	EQ(is_ready(set), 1);
	take(ends[0], 2);
	EQ(one(set, ends[0], -1), EPOLLIN);
	take(ends[0], 1);
	EQ(is_ready(set), 0);
	EQ(one(set, ends[0], 0), 0);
	EQ(control(set, EPOLL_CTL_MOD, ends[0], EPOLLOUT), 0);
	put(ends[1], "abc");
	EQ(one(set, ends[0], 0), 0);
	EQ(control(set, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLRDNORM), 0);
	EQ(one(set, ends[0], 0), EPOLLIN | EPOLLRDNORM);
	EQ(epoll_ctl(set, EPOLL_CTL_DEL, ends[0], NULL), 0);
	EQ(one(set, ends[0], 0), 0);
	/* nobody asks for these, and they come */
	add(set, ends[0], 0);
	EQ(close(ends[1]), 0);
	EQ(one(set, ends[0], 0), EPOLLHUP);
}

static void by_edge(void)
{
	int set = epoll_create1(0), ends[2], fd = eventfd(0, 0);

	EQ(pipe(ends), 0);
	put(ends[1], "abc");
	add(set, ends[0], EPOLLIN | EPOLLET);
	EQ(one(set, ends[0], 0), EPOLLIN);
	EQ(one(set, ends[0], 0), 0);
	take(ends[0], 1);
	EQ(one(set, ends[0], 0), 0);
	put(ends[1], "d");
	EQ(one(set, ends[0], -1), EPOLLIN);
	EQ(one(set, ends[0], 0), 0);
	/* said anew it is told anew */
	EQ(control(set, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET), 0);
	EQ(one(set, ends[0], 0), EPOLLIN);
	EQ(epoll_ctl(set, EPOLL_CTL_DEL, ends[0], NULL), 0);
	add(set, fd, EPOLLIN | EPOLLOUT | EPOLLET);
	EQ(one(set, fd, 0), EPOLLOUT);
	EQ(eventfd_write(fd, 1), 0);
	EQ(one(set, fd, 0), EPOLLIN | EPOLLOUT);
	EQ(eventfd_write(fd, 1), 0);
	EQ(one(set, fd, 0), EPOLLIN | EPOLLOUT);
	EQ(one(set, fd, 0), 0);
}

static void once(void)
{
	int set = epoll_create1(0), fd = eventfd(1, 0);

	add(set, fd, EPOLLIN | EPOLLONESHOT);
	EQ(one(set, fd, 0), EPOLLIN);
	EQ(eventfd_write(fd, 1), 0);
	EQ(one(set, fd, 0), 0);
	FAILS(control(set, EPOLL_CTL_ADD, fd, EPOLLIN), EEXIST);
	EQ(control(set, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT), 0);
	EQ(one(set, fd, 0), EPOLLIN);
	EQ(one(set, fd, 0), 0);
}

static void kinds(void)
{
	struct itimerspec t = { .it_value = { 0, 1000000 } };
	int set = epoll_create1(0), fd, timer = timerfd_create(CLOCK_MONOTONIC, 0);
	sigset_t signals;

	fd = open("/tmp", O_RDONLY);
	FAILS(control(set, EPOLL_CTL_ADD, fd, EPOLLIN), EPERM);
	EQ(close(fd), 0);
	fd = open("/tmp/epoll", O_RDWR | O_CREAT, 0600);
	FAILS(control(set, EPOLL_CTL_ADD, fd, EPOLLIN), EPERM);
	EQ(close(fd), 0);
	fd = open("/dev/null", O_RDWR);
	FAILS(control(set, EPOLL_CTL_ADD, fd, EPOLLIN), EPERM);
	EQ(close(fd), 0);
	add(set, timer, EPOLLIN);
	EQ(timerfd_settime(timer, 0, &t, NULL), 0);
	EQ(one(set, timer, -1), EPOLLIN);
	EQ(close(timer), 0);
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	EQ(sigprocmask(SIG_BLOCK, &signals, NULL), 0);
	fd = signalfd(-1, &signals, 0);
	add(set, fd, EPOLLIN);
	EQ(one(set, fd, 0), 0);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(one(set, fd, -1), EPOLLIN);
}

/* What was added goes with its file, not with its descriptor. */
static void closed(void)
{
	int set = epoll_create1(0), fd = eventfd(1, 0), copy = dup(fd), second, status;
	struct epoll_event e[4];
	pid_t pid;

	add(set, fd, EPOLLIN);
	EQ(control(set, EPOLL_CTL_ADD, copy, EPOLLIN), 0);
	EQ(epoll_wait(set, e, 4, 0), 2);
	EQ(epoll_ctl(set, EPOLL_CTL_DEL, copy, NULL), 0);
	EQ(close(fd), 0);
	EQ(one(set, fd, 0), EPOLLIN);
	FAILS(epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL), EBADF);
	/* the number is another file's, which is not in the set */
	second = eventfd(1, 0);
	EQ(second, fd);
	FAILS(epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL), ENOENT);
	EQ(close(second), 0);
	EQ(close(copy), 0);
	EQ(one(set, fd, 0), 0);
	/* another process has it still */
	fd = eventfd(1, 0);
	add(set, fd, EPOLLIN);
	pid = fork();
	if (!pid) {
		EQ(one(set, fd, 0), EPOLLIN);
		pause();
	}
	EQ(close(fd), 0);
	EQ(one(set, fd, 0), EPOLLIN);
	EQ(kill(pid, SIGKILL), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(one(set, fd, 0), 0);
	/* the set goes first */
	fd = eventfd(1, 0);
	add(set, fd, EPOLLIN);
	EQ(close(set), 0);
	take(fd, 8);
}

/* Who looks is not told of nothing because another one looks at the same time. */
static void *look_on(void *arg)
{
	int set = *(int *)arg;
	struct epoll_event e[4];

	for (int i = 0; i < 2000; i++)
		EQ(epoll_wait(set, e, 4, 0), 1);
	return NULL;
}

static void by_several(void)
{
	int set = epoll_create1(0), fd = eventfd(1, 0);
	pthread_t t[4];

	add(set, fd, EPOLLIN);
	for (int i = 0; i < 4; i++)
		EQ(pthread_create(&t[i], NULL, look_on, &set), 0);
	for (int i = 0; i < 4; i++)
		EQ(pthread_join(t[i], NULL), 0);
}

static void in_sets(void)
{
	int fd = eventfd(0, 0), sets[8];
	uint64_t n;

	for (int i = 0; i < 8; i++)
		sets[i] = epoll_create1(0);
	add(sets[0], fd, EPOLLIN);
	for (int i = 1; i < 5; i++)
		add(sets[i], sets[i - 1], EPOLLIN);
	EQ(is_ready(sets[4]), 0);
	EQ(eventfd_write(fd, 1), 0);
	EQ(one(sets[4], sets[3], -1), EPOLLIN);
	EQ(is_ready(sets[4]), 1);
	EQ(read(fd, &n, 8), 8);
	EQ(one(sets[4], sets[3], 0), 0);
	EQ(is_ready(sets[4]), 0);
	/* in itself over some corners, or too deep */
	FAILS(control(sets[0], EPOLL_CTL_ADD, sets[4], EPOLLIN), ELOOP);
	FAILS(control(sets[0], EPOLL_CTL_ADD, sets[1], EPOLLIN), ELOOP);
	add(sets[6], sets[5], EPOLLIN);
	FAILS(control(sets[5], EPOLL_CTL_ADD, sets[6], EPOLLIN), ELOOP);
	FAILS(control(sets[5], EPOLL_CTL_ADD, sets[5], EPOLLIN), EINVAL);
	EQ(close(sets[2]), 0);
	EQ(eventfd_write(fd, 1), 0);
	EQ(one(sets[4], sets[3], 0), 0);
	EQ(one(sets[1], sets[0], 0), EPOLLIN);
}

static void many(void)
{
	struct epoll_event e[64];
	int set = epoll_create1(0), fds[300], seen = 0, n;
	struct rlimit limit = { 400, 400 };

	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (int i = 0; i < 300; i++) {
		fds[i] = eventfd(0, EFD_NONBLOCK);
		add(set, fds[i], EPOLLIN | EPOLLET);
	}
	for (int i = 0; i < 300; i += 3)
		EQ(eventfd_write(fds[i], 1), 0);
	while ((n = epoll_wait(set, e, 64, 0)) > 0)
		seen += n;
	EQ(n, 0);
	EQ(seen, 100);
	/* by level all get their turn, though fewer are asked for than are ready */
	for (int i = 0; i < 300; i++)
		EQ(control(set, EPOLL_CTL_MOD, fds[i], i % 3 ? 0 : EPOLLIN), 0);
	seen = 0;
	for (int i = 0; i < 100; i++) {
		eventfd_t value;

		EQ(epoll_wait(set, e, 1, 0), 1);
		seen += !eventfd_read((int)e[0].data.u32, &value);
	}
	EQ(seen, 100);
	EQ(epoll_wait(set, e, 64, 0), 0);
}

#define ROUNDS	100

struct waiter {
	pthread_t thread;
	int set, fd, seen;
};

/* Takes one at a time: each that is put has to be taken by somebody. */
static void *wait_and_take(void *arg)
{
	struct waiter *w = arg;
	struct epoll_event e;
	uint64_t n;

	for (;;) {
		if (epoll_wait(w->set, &e, 1, -1) < 1)
			return arg;
		if (e.data.u64)
			return NULL;
		if (read(w->fd, &n, sizeof(n)) == sizeof(n))
			__atomic_fetch_add(&w->seen, 1, __ATOMIC_RELAXED);
	}
}

static void by_threads(void)
{
	static const uint32_t how[] = { EPOLLIN, EPOLLIN | EPOLLET, EPOLLIN | EPOLLEXCLUSIVE };

	for (size_t round = 0; round < 3; round++) {
		struct waiter waiters[4];
		int set = epoll_create1(0), end = eventfd(0, 0);
		int fd = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
		struct epoll_event e = { .events = how[round] }, last = { .events = EPOLLIN };
		int seen;

		last.data.u64 = 1;
		EQ(epoll_ctl(set, EPOLL_CTL_ADD, fd, &e), 0);
		EQ(epoll_ctl(set, EPOLL_CTL_ADD, end, &last), 0);
		for (int i = 0; i < 4; i++) {
			waiters[i] = (struct waiter){ .set = set, .fd = fd };
			EQ(pthread_create(&waiters[i].thread, NULL, wait_and_take, &waiters[i]), 0);
		}
		for (int i = 0; i < ROUNDS; i++) {
			EQ(eventfd_write(fd, 1), 0);
			/* by edge each is told of once: it has to be taken before the next comes */
			do {
				seen = 0;
				for (int w = 0; w < 4; w++)
					seen += __atomic_load_n(&waiters[w].seen, __ATOMIC_RELAXED);
				if (seen <= i)
					sched_yield();
			} while (seen <= i && (round == 1 || i % 10 == 9));
		}
		EQ(eventfd_write(end, 1), 0);
		for (int i = 0; i < 4; i++)
			EQ(pthread_join(waiters[i].thread, NULL), 0);
	}
}

static volatile sig_atomic_t hits;

static void hit(int signal)
{
	(void)signal;
	hits++;
}

static void signals_and_times(void)
{
	struct sigaction action = { .sa_handler = hit, .sa_flags = SA_RESTART };
	struct timespec begin, end, t = { 0, 3000000 };
	int set = epoll_create1(0), status;
	struct epoll_event e;
	sigset_t mask, none;
	pid_t pid;

	EQ(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
	EQ(epoll_wait(set, &e, 1, 3), 0);
	EQ(clock_gettime(CLOCK_MONOTONIC, &end), 0);
	OK((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec >= 3000000);
	EQ(syscall(SYS_epoll_pwait2, set, &e, 1, &t, NULL, 0), 0);
	t.tv_nsec = 0;
	EQ(syscall(SYS_epoll_pwait2, set, &e, 1, &t, NULL, 0), 0);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	sigemptyset(&none);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	EQ(sigprocmask(SIG_BLOCK, &mask, NULL), 0);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(epoll_wait(set, &e, 1, 0), 0);
	FAILS(epoll_pwait(set, &e, 1, -1, &none), EINTR);
	EQ(hits, 1);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(hits, 1);
	FAILS(syscall(SYS_epoll_pwait2, set, &e, 1, NULL, &none, 8), EINTR);
	EQ(hits, 2);
	EQ(sigprocmask(SIG_UNBLOCK, &mask, NULL), 0);
	pid = fork();
	if (!pid) {
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(epoll_wait(set, &e, 1, -1), EINTR);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(pid, &status, 0) != pid)
		;
}

static void errors(void)
{
	int set = epoll_create1(0), fd = eventfd(1, 0), file = open("/", O_PATH), inner;
	struct epoll_event e = { .events = EPOLLIN };
	struct timespec bad = { 0, 1000000000 };
	struct rlimit limit = { 3, 3 };
	sigset_t mask;

	sigemptyset(&mask);
	FAILS(epoll_create1(1), EINVAL);
	FAILS(epoll_ctl(set, 9, fd, &e), EINVAL);
	FAILS(epoll_ctl(set, EPOLL_CTL_ADD, fd, BAD), EFAULT);
	FAILS(epoll_ctl(set, EPOLL_CTL_ADD, 99, &e), EBADF);
	FAILS(epoll_ctl(set, EPOLL_CTL_ADD, file, &e), EBADF);
	FAILS(epoll_ctl(99, EPOLL_CTL_ADD, fd, &e), EBADF);
	FAILS(epoll_ctl(fd, EPOLL_CTL_ADD, set, &e), EINVAL);
	FAILS(epoll_ctl(set, EPOLL_CTL_MOD, fd, &e), ENOENT);
	inner = epoll_create1(0);
	FAILS(control(set, EPOLL_CTL_ADD, inner, EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
	FAILS(control(set, EPOLL_CTL_ADD, fd, EPOLLPRI | EPOLLEXCLUSIVE), EINVAL);
	EQ(control(set, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLEXCLUSIVE), 0);
	FAILS(control(set, EPOLL_CTL_MOD, fd, EPOLLIN), EINVAL);
	FAILS(syscall(SYS_epoll_pwait, set, &e, 0, 0, NULL, 0), EINVAL);
	FAILS(syscall(SYS_epoll_pwait, set, &e, 1 << 28, 0, NULL, 0), EINVAL);
	FAILS(syscall(SYS_epoll_pwait, 99, &e, 1, 0, NULL, 0), EBADF);
	FAILS(syscall(SYS_epoll_pwait, fd, &e, 1, 0, NULL, 0), EINVAL);
	FAILS(syscall(SYS_epoll_pwait, set, KERNEL, 1, 0, NULL, 0), EFAULT);
	FAILS(syscall(SYS_epoll_pwait, set, BAD, 1, 0, NULL, 0), EFAULT);
	FAILS(syscall(SYS_epoll_pwait, set, &e, 1, 0, BAD, 8), EFAULT);
	FAILS(syscall(SYS_epoll_pwait, set, &e, 1, 0, &mask, 7), EINVAL);
	FAILS(syscall(SYS_epoll_pwait2, set, &e, 1, &bad, NULL, 0), EINVAL);
	FAILS(syscall(SYS_epoll_pwait2, set, &e, 1, BAD, NULL, 0), EFAULT);
	FAILS(syscall(SYS_epoll_pwait2, 99, &e, 1, NULL, NULL, 0), EBADF);
	FAILS(read(set, &e, sizeof(e)), EINVAL);
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(epoll_create1(0), EMFILE);
}

static const struct abi_case cases[] = {
	CASE(by_level), CASE(by_edge), CASE(once), CASE(kinds), CASE(closed),
	CASE(by_several), CASE(in_sets),
	CASE(many), CASE(by_threads), CASE(signals_and_times), CASE(errors),
};

ABI_MAIN(cases)
