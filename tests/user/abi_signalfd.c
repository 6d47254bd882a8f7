/* SPDX-License-Identifier: MIT */
/* signalfd: signals read from a file: what is known of each, by whom, waited for. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

/* @signal and @other, which may be 0, blocked. */
static sigset_t block(int signal, int other)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	if (other)
		sigaddset(&set, other);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	return set;
}

static struct signalfd_siginfo take(int fd)
{
	struct signalfd_siginfo info;

	EQ(read(fd, &info, sizeof(info)), sizeof(info));
	return info;
}

static int is_ready(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	int n = poll(&p, 1, 0);

	OK(!n || (n == 1 && p.revents == POLLIN));
	return n;
}

static void tells(void)
{
	sigset_t set = block(SIGUSR1, SIGRTMIN + 1);
	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	union sigval value = { .sival_ptr = (void *)0x1234567890 };
	struct signalfd_siginfo info, several[4];
	char text[64] = "", name[32];

	OK(fd >= 0);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	OK(readlink(name, text, sizeof(text) - 1) > 0);
	EQ(strcmp(text, "anon_inode:[signalfd]"), 0);
	EQ(is_ready(fd), 0);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(is_ready(fd), 1);
	info = take(fd);
	EQ(info.ssi_signo, SIGUSR1);
	EQ(info.ssi_code, SI_USER);
	EQ(info.ssi_pid, getpid());
	EQ(info.ssi_uid, getuid());
	EQ(info.ssi_ptr, 0);
	EQ(is_ready(fd), 0);
	EQ(sigqueue(getpid(), SIGRTMIN + 1, value), 0);
	value.sival_ptr = (void *)7;
	EQ(sigqueue(getpid(), SIGRTMIN + 1, value), 0);
	EQ(kill(getpid(), SIGUSR1), 0);
	/* as many as fit, in the order of signals */
	EQ(read(fd, several, sizeof(several) - 1), 3 * sizeof(info));
	EQ(several[0].ssi_signo, SIGUSR1);
	EQ(several[1].ssi_signo, SIGRTMIN + 1);
	EQ(several[1].ssi_code, SI_QUEUE);
	EQ(several[1].ssi_ptr, 0x1234567890);
	EQ(several[1].ssi_int, 0x34567890);
	EQ(several[2].ssi_ptr, 7);
}

static void of_a_child(void)
{
	sigset_t set = block(SIGCHLD, 0);
	int fd = signalfd(-1, &set, 0), status;
	struct signalfd_siginfo info;
	pid_t pid = fork();

	if (!pid)
		_exit(7);
	info = take(fd);
	EQ(info.ssi_signo, SIGCHLD);
	EQ(info.ssi_code, CLD_EXITED);
	EQ(info.ssi_pid, pid);
	EQ(info.ssi_status, 7);
	EQ(waitpid(pid, &status, 0), pid);
}

static void of_a_timer(void)
{
	sigset_t set = block(SIGUSR1, 0);
	int fd = signalfd(-1, &set, 0);
	struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec t = { .it_value = { 0, 1000000 } };
	struct signalfd_siginfo info;
	timer_t timer;

	e.sigev_value.sival_int = 55;
	EQ(timer_create(CLOCK_MONOTONIC, &e, &timer), 0);
	EQ(timer_settime(timer, 0, &t, NULL), 0);
	info = take(fd);
	EQ(info.ssi_code, SI_TIMER);
	EQ(info.ssi_int, 55);
	EQ(info.ssi_overrun, 0);
}

/* Woken out of read and poll. */
static void waits(void)
{
	sigset_t set = block(SIGUSR1, 0);
	int fd = signalfd(-1, &set, 0), ends[2], status;
	struct pollfd p = { fd, POLLIN, 0 };
	char c;
	pid_t pid;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		usleep(3000);
		kill(getppid(), SIGUSR1);
		read(ends[0], &c, 1);
		usleep(3000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	EQ(take(fd).ssi_pid, pid);
	EQ(write(ends[1], "x", 1), 1);
	EQ(poll(&p, 1, -1), 1);
	EQ(take(fd).ssi_pid, pid);
	EQ(waitpid(pid, &status, 0), pid);
}

/* Who reads takes his own. */
static void is_the_readers(void)
{
	sigset_t set = block(SIGUSR1, 0);
	int fd = signalfd(-1, &set, SFD_NONBLOCK), status;
	struct signalfd_siginfo info;
	pid_t pid;

	EQ(kill(getpid(), SIGUSR1), 0);
	pid = fork();
	if (!pid) {
		EQ(is_ready(fd), 0);
		FAILS(read(fd, &info, sizeof(info)), EAGAIN);
		EQ(kill(getpid(), SIGUSR1), 0);
		EQ(is_ready(fd), 1);
		EQ(take(fd).ssi_pid, getpid());
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(take(fd).ssi_pid, getpid());
	FAILS(read(fd, &info, sizeof(info)), EAGAIN);
}

static int thread_fd;

static void *reader(void *arg)
{
	EQ(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1), 0);
	EQ(take(thread_fd).ssi_code, SI_TKILL);
	EQ(take(thread_fd).ssi_code, SI_USER);
	return arg;
}

static void among_threads(void)
{
	sigset_t set = block(SIGUSR1, 0);
	pthread_t thread;

	thread_fd = signalfd(-1, &set, 0);
	EQ(pthread_create(&thread, NULL, reader, NULL), 0);
	usleep(3000);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(pthread_join(thread, NULL), 0);
}

static void another_set(void)
{
	sigset_t set = block(SIGUSR1, SIGUSR2), one;
	int fd;

	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	fd = signalfd(-1, &one, SFD_NONBLOCK);
	EQ(kill(getpid(), SIGUSR2), 0);
	EQ(is_ready(fd), 0);
	EQ(signalfd(fd, &set, 0), fd);
	EQ(is_ready(fd), 1);
	EQ(take(fd).ssi_signo, SIGUSR2);
}

static void nothing(int signal)
{
	(void)signal;
}

static void errors(void)
{
	sigset_t set = block(SIGUSR2, 0);
	struct sigaction action = { .sa_handler = nothing };
	struct rlimit limit = { 3, 3 };
	struct signalfd_siginfo info;
	int fd = signalfd(-1, &set, 0), status;
	pid_t pid;

	FAILS(syscall(SYS_signalfd4, -1, &set, 7, 0), EINVAL);
	FAILS(syscall(SYS_signalfd4, -1, &set, 8, 1), EINVAL);
	FAILS(syscall(SYS_signalfd4, -1, BAD, 8, 0), EFAULT);
	FAILS(syscall(SYS_signalfd4, 99, &set, 8, 0), EBADF);
	FAILS(syscall(SYS_signalfd4, 0, &set, 8, 0), EINVAL);
	FAILS(read(fd, &info, sizeof(info) - 1), EINVAL);
	FAILS(write(fd, &info, sizeof(info)), EINVAL);
	EQ(kill(getpid(), SIGUSR2), 0);
	FAILS(read(fd, BAD, sizeof(info)), EFAULT);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	pid = fork();
	if (!pid) {
		/* nobody can say when the other one has begun to wait */
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(read(fd, &info, sizeof(info)), EINTR);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(pid, &status, 0) != pid)
		;
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(signalfd(-1, &set, 0), EMFILE);
}

static const struct abi_case cases[] = {
	CASE(tells), CASE(of_a_child), CASE(of_a_timer), CASE(waits), CASE(is_the_readers),
	CASE(among_threads), CASE(another_set), CASE(errors),
};

ABI_MAIN(cases)
