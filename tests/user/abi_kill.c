/* SPDX-License-Identifier: MIT */
/* kill -9 of a process in every state that it can sleep in; that it does /proc says first. */
#include "kill.h"

#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>

/* A child in @run, killed when its state is one of @states, after it has begun so many times. */
static void kill_in(void (*run)(void), const char *states, int times)
{
	pid_t pid;

	open_pipes();
	pid = fork();
	if (!pid) {
		begin();
		run();
		_exit(0);
	}
	OK(pid > 0);
	while (times--)
		await_begin();
	while (!strchr(states, state_of(pid)))
		usleep(1000);
	kill_it(pid);
	close_pipes();
}

static void nothing(void)
{
	for (;;)
		pause();
}

static void in_nanosleep(void)
{
	sleep(1000);
}

static void in_read(void)
{
	char c;

	OK(read(pipes[0], &c, 1) < 0);
}

static void in_write(void)
{
	static char text[65536];

	for (;;)
		OK(write(pipes[1], text, sizeof(text)) > 0);
}

static void in_open(void)
{
	unlink("kill.fifo");
	EQ(mkfifo("kill.fifo", 0600), 0);
	open("kill.fifo", O_RDONLY);
}

static void in_futex(void)
{
	static int word;

	syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void in_wait(void)
{
	pid_t parent = getpid();

	if (!fork()) {
		while (getppid() == parent)
			usleep(1000);
		_exit(0);
	}
	wait(NULL);
}

static void in_vfork(void)
{
	/*
	 * Who waits is killed, and the child ends when it sees that it is alone. By number: musl's
	 * vfork() is a fork().
	 */
	if (!syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)) {
		pid_t parent = getppid();

		while (getppid() == parent)
			usleep(1000);
		_exit(0);
	}
}

static void in_sigsuspend(void)
{
	sigset_t all;

	sigfillset(&all);
	sigsuspend(&all);
}

static void in_sigwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigwaitinfo(&set, NULL);
}

static void in_poll(void)
{
	struct pollfd fd = { pipes[0], POLLIN, 0 };

	poll(&fd, 1, -1);
}

static void in_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pipes[0], &set);
	select(pipes[0] + 1, &set, NULL, NULL, NULL);
}

static void in_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(0);

	EQ(epoll_ctl(fd, EPOLL_CTL_ADD, pipes[0], &event), 0);
	epoll_wait(fd, &event, 1, -1);
}

static void in_eventfd(void)
{
	uint64_t n;

	OK(read(eventfd(0, 0), &n, 8) < 0);
}

static void in_timerfd(void)
{
	uint64_t n;

	OK(read(timerfd_create(CLOCK_MONOTONIC, 0), &n, 8) < 0);
}

static void in_signalfd(void)
{
	struct signalfd_siginfo info;
	sigset_t set;

	sigemptyset(&set);
	OK(read(signalfd(-1, &set, 0), &info, sizeof(info)) < 0);
}

static void in_accept(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* a name of its own */
	EQ(bind(fd, (struct sockaddr *)&name, sizeof(sa_family_t)), 0);
	EQ(listen(fd, 1), 0);
	accept(fd, NULL, NULL);
}

static void in_receive(void)
{
	int pair[2];
	char c;

	EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	recv(pair[0], &c, 1, 0);
}

static void in_send(void)
{
	static char text[65536];
	int pair[2];

	EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	for (;;)
		OK(send(pair[0], text, sizeof(text), 0) > 0);
}

static void in_terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	char c;

	OK(fd >= 0);
	EQ(unlockpt(fd), 0);
	OK(read(fd, &c, 1) < 0);
}

/* A child has the lock, and ends with us. */
static int locked_by_another(int (*lock)(int fd))
{
	int fd = open("kill.lock", O_RDWR | O_CREAT, 0600), done[2];
	char c;

	EQ(pipe(done), 0);
	if (!fork()) {
		pid_t parent = getppid();
		int own = open("kill.lock", O_RDWR);

		EQ(lock(own), 0);
		EQ(write(done[1], "x", 1), 1);
		while (getppid() == parent)
			usleep(1000);
		_exit(0);
	}
	EQ(read(done[0], &c, 1), 1);
	return fd;
}

static int lock_all(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLKW, &whole);
}

static int lock_open(int fd)
{
	return flock(fd, LOCK_EX);
}

static void in_lock(void)
{
	int fd = locked_by_another(lock_all);

	begin();
	lock_all(fd);
}

static void in_flock(void)
{
	int fd = locked_by_another(lock_open);

	begin();
	lock_open(fd);
}

static void asleep(void)
{
	void (*const all[])(void) = {
		nothing, in_nanosleep, in_read, in_write, in_open, in_futex, in_wait, in_sigsuspend,
		in_sigwait, in_poll, in_select, in_epoll, in_eventfd, in_timerfd, in_signalfd,
		in_accept, in_receive, in_send, in_terminal,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		kill_in(all[i], "S", 1);
	kill_in(in_lock, "S", 2);
	kill_in(in_flock, "S", 2);
	/* Linux calls the wait of vfork() D */
	kill_in(in_vfork, "SD", 1);
	unlink("kill.fifo");
	unlink("kill.lock");
}

static void stopped_self(void)
{
	raise(SIGSTOP);
}

static void stopped(void)
{
	kill_in(stopped_self, "T", 1);
}

/* All signals are blocked, and none is left to its default. */
static void deaf_run(void)
{
	sigset_t all;

	for (int n = 1; n < 65; n++)
		signal(n, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	nothing();
}

static void deaf(void)
{
	kill_in(deaf_run, "S", 1);
}

static const struct abi_case cases[] = { CASE(asleep), CASE(stopped), CASE(deaf) };

int main(int argc, char **argv)
{
	OK(!chdir("/tmp"));
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
