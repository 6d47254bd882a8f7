/* SPDX-License-Identifier: MIT */
/* Descriptors of processes: pidfd_open, pidfd_send_signal, CLONE_PIDFD, waitid; and __WCLONE. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef P_PIDFD
#define P_PIDFD	((idtype_t)3)
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD	0x1000
#endif
#ifndef CLONE_DETACHED
#define CLONE_DETACHED	0x00400000
#endif

static int end;

/* One that ends with @status when end is closed, or by a signal. */
static pid_t child_that_waits(int status)
{
	int ends[2];
	pid_t pid;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		char c;

		close(ends[1]);
		(void)!read(ends[0], &c, 1);
		_exit(status);
	}
	close(ends[0]);
	end = ends[1];
	return pid;
}

static int pidfd_of(pid_t pid, int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static void opens(void)
{
	pid_t pid = child_that_waits(7);
	int fd = pidfd_of(pid, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	siginfo_t info;
	char c;

	OK(fd >= 0);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	FAILS(read(fd, &c, 1), EINVAL);
	EQ(poll(&p, 1, 0), 0);
	close(end);
	EQ(poll(&p, 1, -1), 1);
	EQ(p.revents, POLLIN);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOWAIT), 0);
	EQ(info.si_pid, pid);
	EQ(info.si_status, 7);
	EQ(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), 0);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
	EQ(info.si_pid, pid);
	EQ(poll(&p, 1, 0), 1);
	FAILS(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), ECHILD);
	FAILS(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), ESRCH);
	FAILS(pidfd_of(pid, 0), ESRCH);
}

static void open_fails(void)
{
	struct rlimit limit = { 3, 3 };

	FAILS(pidfd_of(0, 0), EINVAL);
	FAILS(pidfd_of(-1, 0), EINVAL);
	FAILS(pidfd_of(getpid(), 1), EINVAL);
	FAILS(pidfd_of(0x7ffffff0, 0), ESRCH);
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(pidfd_of(getpid(), 0), EMFILE);
}

static void does_not_wait(void)
{
	pid_t pid = child_that_waits(0);
	int fd = pidfd_of(pid, O_NONBLOCK);
	struct pollfd p = { fd, POLLIN, 0 };
	siginfo_t info = { 0 };

	EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	FAILS(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), EAGAIN);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG), 0);
	EQ(info.si_pid, 0);
	FAILS(waitid(P_PIDFD, 1, &info, WEXITED), EBADF);
	FAILS(waitid(P_PIDFD, 77, &info, WEXITED), EBADF);
	FAILS(waitid(P_PIDFD, (id_t)-1, &info, WEXITED), EINVAL);
	close(end);
	EQ(poll(&p, 1, -1), 1);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
	EQ(info.si_pid, pid);
	/* of one that is no child */
	FAILS(waitid(P_PIDFD, (id_t)pidfd_of(getpid(), 0), &info, WEXITED), ECHILD);
}

static void epoll_tells(void)
{
	pid_t pid = child_that_waits(0);
	struct epoll_event event = { EPOLLIN, { .u64 = 5 } };
	int epoll = epoll_create1(0);

	EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, pidfd_of(pid, 0), &event), 0);
	EQ(epoll_wait(epoll, &event, 1, 0), 0);
	close(end);
	event.data.u64 = 0;
	EQ(epoll_wait(epoll, &event, 1, -1), 1);
	EQ(event.data.u64, 5);
}

static void sends(void)
{
	pid_t pid = child_that_waits(0);
	int fd = pidfd_of(pid, 0), status;
	siginfo_t info = { 0 };

	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 1), EINVAL);
	FAILS(syscall(SYS_pidfd_send_signal, fd, 65, NULL, 0), EINVAL);
	FAILS(syscall(SYS_pidfd_send_signal, 77, SIGTERM, NULL, 0), EBADF);
	FAILS(syscall(SYS_pidfd_send_signal, 1, SIGTERM, NULL, 0), EBADF);
	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, BAD, 0), EFAULT);
	info.si_signo = SIGINT;
	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, &info, 0), EINVAL);
	info.si_signo = SIGTERM;
	info.si_code = SI_USER;
	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, &info, 0), EPERM);
	EQ(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), 0);
	info.si_code = SI_QUEUE;
	EQ(syscall(SYS_pidfd_send_signal, fd, SIGTERM, &info, 0), 0);
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	/* one's own is what one may send anything */
	fd = pidfd_of(getppid(), 0);
	EQ(setresuid(77, 77, 77), 0);
	FAILS(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), EPERM);
}

/* --- clone ------------------------------------------------------------------------------------ */

struct arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static long clone3(uint64_t flags, void *pidfd, void *parent_tid)
{
	struct arguments a = {
		.flags = flags, .pidfd = (uintptr_t)pidfd, .parent_tid = (uintptr_t)parent_tid,
		.exit_signal = SIGCHLD,
	};

	return syscall(SYS_clone3, &a, sizeof(a));
}

static void clone_gives_one(void)
{
	int fd = -1, tid = 0;
	siginfo_t info;
	long pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);

	if (!pid)
		_exit(3);
	OK(pid > 0 && fd > 2);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
	EQ(info.si_pid, pid);
	EQ(info.si_status, 3);
	pid = clone3(CLONE_PIDFD | CLONE_PARENT_SETTID, &fd, &tid);
	if (!pid)
		_exit(4);
	EQ(tid, pid);
	EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
	EQ(info.si_status, 4);
}

static void clone_fails(void)
{
	struct rlimit limit = { 3, 3 };
	int fd, status;

	FAILS(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID, 0, &fd, 0, 0), EINVAL);
	FAILS(syscall(SYS_clone, CLONE_PIDFD | CLONE_DETACHED, 0, &fd, 0, 0), EINVAL);
	FAILS(syscall(SYS_clone, CLONE_PIDFD | CLONE_THREAD | CLONE_VM | CLONE_SIGHAND | CLONE_FS |
		      CLONE_FILES, 0, &fd, 0, 0), EINVAL);
	FAILS(syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, BAD, 0, 0), EFAULT);
	FAILS(clone3(CLONE_PIDFD | CLONE_PARENT_SETTID, &fd, &fd), EINVAL);
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(clone3(CLONE_PIDFD, &fd, NULL), EMFILE);
	FAILS(waitpid(-1, &status, __WALL), ECHILD);
}

static void clone_children(void)
{
	int status;
	long pid = syscall(SYS_clone, 0, 0, 0, 0, 0);

	if (!pid)
		_exit(5);
	FAILS(waitpid((pid_t)pid, &status, 0), ECHILD);
	FAILS(waitpid(-1, &status, WNOHANG), ECHILD);
	EQ(waitpid(-1, &status, (int)__WCLONE), pid);
	EQ(WEXITSTATUS(status), 5);
	/* a new program is a child as others, from when its parent goes on */
	for (int i = 0; i < 20; i++) {
		pid = syscall(SYS_clone, SIGUSR2 | CLONE_VFORK, 0, 0, 0, 0);
		if (!pid) {
			signal(SIGUSR2, SIG_IGN);
			execl("/proc/self/exe", "abi_pidfd", "--status", NULL);
		}
		EQ(waitpid((pid_t)pid, &status, 0), pid);
		EQ(WEXITSTATUS(status), 21);
	}
	pid = fork();
	if (!pid)
		_exit(6);
	FAILS(waitpid((pid_t)pid, &status, (int)__WCLONE), ECHILD);
	EQ(waitpid((pid_t)pid, &status, __WALL), pid);
	EQ(WEXITSTATUS(status), 6);
}

static const struct abi_case cases[] = {
	CASE(opens), CASE(open_fails), CASE(does_not_wait), CASE(epoll_tells), CASE(sends),
	CASE(clone_gives_one), CASE(clone_fails), CASE(clone_children),
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--status"))
		return 21;
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
