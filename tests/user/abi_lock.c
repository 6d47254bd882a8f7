/* SPDX-License-Identifier: MIT */
/* Locks of files: ranges by process and by open file, whole files by flock; who waits. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>

#define NAME "/tmp/locks"

static int open_file(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT, 0600);

	OK(fd >= 0);
	return fd;
}

static int lock(int fd, int command, int type, long start, long size)
{
	struct flock f = { .l_type = (short)type, .l_start = start, .l_len = size };

	return fcntl(fd, command, &f);
}

/* What would keep another process from writing to [@start, @start + @size): its begin, or -1. */
static long held(int fd, long start, long size, long *length, int *type)
{
	struct { long start, length; int type; pid_t pid; } found;
	int ends[2];
	pid_t pid, self = getpid();

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		struct flock f = { .l_type = F_WRLCK, .l_start = start, .l_len = size };

		EQ(fcntl(fd, F_GETLK, &f), 0);
		found.start = f.l_type == F_UNLCK ? -1 : f.l_start;
		found.length = f.l_len;
		found.type = f.l_type;
		found.pid = f.l_pid;
		EQ(write(ends[1], &found, sizeof(found)), sizeof(found));
		_exit(0);
	}
	EQ(read(ends[0], &found, sizeof(found)), sizeof(found));
	EQ(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	if (found.start >= 0)
		EQ(found.pid, self);
	if (length)
		*length = found.length;
	if (type)
		*type = found.type;
	return found.start;
}

static void ranges(void)
{
	int fd = open_file(), type;
	long length;

	EQ(held(fd, 0, 0, NULL, NULL), -1);
	EQ(lock(fd, F_SETLK, F_WRLCK, 10, 10), 0);
	EQ(held(fd, 0, 10, NULL, NULL), -1);
	EQ(held(fd, 19, 1, &length, &type), 10);
	EQ(length, 10);
	EQ(type, F_WRLCK);
	/* next to it: one */
	EQ(lock(fd, F_SETLK, F_WRLCK, 20, 5), 0);
	EQ(held(fd, 24, 1, &length, NULL), 10);
	EQ(length, 15);
	/* a hole */
	EQ(lock(fd, F_SETLK, F_UNLCK, 12, 3), 0);
	EQ(held(fd, 0, 0, &length, NULL) >= 10, 1);
	EQ(held(fd, 12, 3, NULL, NULL), -1);
	EQ(held(fd, 11, 1, &length, NULL), 10);
	EQ(length, 2);
	EQ(held(fd, 16, 1, &length, NULL), 15);
	EQ(length, 10);
	/* of another kind in the middle, and over all of it */
	EQ(lock(fd, F_SETLK, F_RDLCK, 17, 2), 0);
	EQ(held(fd, 17, 1, &length, &type), 17);
	EQ(type, F_RDLCK);
	EQ(length, 2);
	EQ(held(fd, 19, 1, &length, &type), 19);
	EQ(type, F_WRLCK);
	EQ(lock(fd, F_SETLK, F_RDLCK, 0, 0), 0);
	EQ(held(fd, 1000, 1, &length, &type), 0);
	EQ(length, 0);
	EQ(type, F_RDLCK);
	EQ(lock(fd, F_SETLK, F_UNLCK, 0, 0), 0);
	EQ(held(fd, 0, 0, NULL, NULL), -1);
	/* backwards, and from the end */
	EQ(lock(fd, F_SETLK, F_WRLCK, 10, -4), 0);
	EQ(held(fd, 0, 0, &length, NULL), 6);
	EQ(length, 4);
	EQ(ftruncate(fd, 100), 0);
	{
		struct flock f = { .l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -10 };

		EQ(fcntl(fd, F_SETLK, &f), 0);
	}
	EQ(held(fd, 90, 1, &length, NULL), 90);
	EQ(length, 0);
}

/* A close of any descriptor of the file, and the end of the process, give it back. */
static void goes(void)
{
	int fd = open_file(), other = open_file(), status;
	pid_t pid;

	EQ(lock(fd, F_SETLK, F_WRLCK, 0, 0), 0);
	/* nobody's else: the owner's own look finds nothing */
	{
		struct flock f = { .l_type = F_WRLCK };

		EQ(fcntl(other, F_GETLK, &f), 0);
		EQ(f.l_type, F_UNLCK);
	}
	EQ(held(fd, 0, 1, NULL, NULL), 0);
	EQ(close(other), 0);
	EQ(held(fd, 0, 1, NULL, NULL), -1);
	pid = fork();
	if (!pid) {
		EQ(lock(fd, F_SETLK, F_WRLCK, 0, 0), 0);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(held(fd, 0, 1, NULL, NULL), -1);
	/* a copy over one is a close of it */
	EQ(lock(fd, F_SETLK, F_WRLCK, 0, 0), 0);
	other = open_file();
	EQ(dup2(0, other), other);
	EQ(held(fd, 0, 1, NULL, NULL), -1);
}

static void in_the_way(void)
{
	int fd = open_file(), ends[2], status;
	char c = 0;
	pid_t pid;

	EQ(pipe(ends), 0);
	EQ(lock(fd, F_SETLK, F_RDLCK, 0, 10), 0);
	pid = fork();
	if (!pid) {
		EQ(lock(fd, F_SETLK, F_RDLCK, 0, 10), 0);
		FAILS(lock(fd, F_SETLK, F_WRLCK, 0, 1), EAGAIN);
		EQ(lock(fd, F_SETLK, F_UNLCK, 0, 10), 0);
		EQ(write(ends[1], "r", 1), 1);
		EQ(lock(fd, F_SETLKW, F_WRLCK, 5, 10), 0);
		_exit(0);
	}
	EQ(read(ends[0], &c, 1), 1);
	usleep(3000);
	EQ(waitpid(pid, &status, WNOHANG), 0);
	/* a part that he does not wait for; then that */
	EQ(lock(fd, F_SETLK, F_UNLCK, 0, 5), 0);
	usleep(3000);
	EQ(waitpid(pid, &status, WNOHANG), 0);
	EQ(lock(fd, F_SETLK, F_UNLCK, 5, 1), 0);
	EQ(lock(fd, F_SETLK, F_UNLCK, 0, 0), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void each_waits_for_the_other(void)
{
	int fd = open_file(), ends[2], status;
	char c;
	pid_t pid;

	EQ(pipe(ends), 0);
	EQ(lock(fd, F_SETLK, F_WRLCK, 0, 1), 0);
	pid = fork();
	if (!pid) {
		EQ(lock(fd, F_SETLK, F_WRLCK, 1, 1), 0);
		EQ(write(ends[1], "r", 1), 1);
		EQ(lock(fd, F_SETLKW, F_WRLCK, 0, 1), 0);
		_exit(0);
	}
	EQ(read(ends[0], &c, 1), 1);
	/* until he waits nothing is wrong with it */
	while (lock(fd, F_SETLK, F_WRLCK, 1, 1) && errno == EAGAIN) {
		char path[64], text[64] = "";
		int call;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		call = open(path, O_RDONLY);
		OK(call >= 0 && read(call, text, sizeof(text) - 1) > 0);
		EQ(close(call), 0);
		if (strstr(text, ") S "))
			break;
	}
	FAILS(lock(fd, F_SETLKW, F_WRLCK, 1, 1), EDEADLK);
	EQ(lock(fd, F_SETLK, F_UNLCK, 0, 1), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void of_open_files(void)
{
	int fd = open_file(), other = open_file(), copy = dup(fd), status, ends[2];
	struct flock f = { .l_type = F_WRLCK };
	pid_t pid;
	char c;

	EQ(lock(fd, F_OFD_SETLK, F_WRLCK, 0, 10), 0);
	FAILS(lock(other, F_OFD_SETLK, F_RDLCK, 5, 1), EAGAIN);
	FAILS(lock(other, F_SETLK, F_RDLCK, 5, 1), EAGAIN);
	EQ(lock(copy, F_OFD_SETLK, F_WRLCK, 5, 1), 0);
	EQ(fcntl(other, F_OFD_GETLK, &f), 0);
	EQ(f.l_type, F_WRLCK);
	EQ(f.l_pid, -1);
	EQ(f.l_len, 10);
	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		EQ(lock(fd, F_OFD_SETLK, F_WRLCK, 0, 1), 0);
		EQ(write(ends[1], "x", 1), 1);
		EQ(lock(other, F_OFD_SETLKW, F_WRLCK, 0, 1), 0);
		_exit(0);
	}
	EQ(read(ends[0], &c, 1), 1);
	EQ(close(fd), 0);
	FAILS(lock(other, F_OFD_SETLK, F_RDLCK, 5, 1), EAGAIN);
	EQ(lock(copy, F_OFD_SETLK, F_UNLCK, 0, 0), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	/* with the last use of the file */
	EQ(lock(copy, F_OFD_SETLK, F_WRLCK, 50, 1), 0);
	EQ(close(copy), 0);
	EQ(lock(other, F_OFD_SETLK, F_RDLCK, 50, 1), 0);
	f.l_pid = 1;
	FAILS(fcntl(other, F_OFD_SETLK, &f), EINVAL);
	FAILS(fcntl(other, F_OFD_GETLK, &f), EINVAL);
}

static void whole(void)
{
	int fd = open_file(), other = open_file(), copy = dup(fd), status;
	pid_t pid;

	EQ(flock(fd, LOCK_SH), 0);
	EQ(flock(other, LOCK_SH | LOCK_NB), 0);
	FAILS(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	/* what it had is gone by that */
	EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
	EQ(flock(copy, LOCK_EX | LOCK_NB), 0);
	FAILS(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	/* of the others it knows nothing */
	EQ(lock(other, F_SETLK, F_WRLCK, 0, 0), 0);
	pid = fork();
	if (!pid) {
		EQ(close(fd), 0);
		EQ(flock(other, LOCK_EX), 0);
		_exit(0);
	}
	usleep(3000);
	EQ(waitpid(pid, &status, WNOHANG), 0);
	EQ(flock(copy, LOCK_UN), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(flock(other, LOCK_EX | LOCK_NB), 0);
	EQ(close(other), 0);
	EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
	EQ(close(fd), 0);
	EQ(close(copy), 0);
	other = open_file();
	EQ(flock(other, LOCK_EX | LOCK_NB), 0);
}

static void in_proc(void)
{
	int fd = open_file(), proc;
	char text[4096] = "", wanted[64];
	ssize_t n = 0, got;

	EQ(lock(fd, F_SETLK, F_WRLCK, 7, 5), 0);
	EQ(lock(fd, F_OFD_SETLK, F_RDLCK, 100, 0), 0);
	EQ(flock(fd, LOCK_SH), 0);
	proc = open("/proc/locks", O_RDONLY);
	OK(proc >= 0);
	while ((got = read(proc, text + n, sizeof(text) - 1 - (size_t)n)) > 0)
		n += got;
	snprintf(wanted, sizeof(wanted), ": POSIX  ADVISORY  WRITE %d ", getpid());
	OK(strstr(text, wanted));
	OK(strstr(text, " 7 11\n"));
	OK(strstr(text, ": OFDLCK ADVISORY  READ -1 "));
	OK(strstr(text, " 100 EOF\n"));
	snprintf(wanted, sizeof(wanted), ": FLOCK  ADVISORY  READ %d ", getpid());
	OK(strstr(text, wanted));
}

static void nothing(int signal)
{
	(void)signal;
}

static void errors(void)
{
	struct sigaction action = { .sa_handler = nothing };
	int fd = open_file(), reads = open(NAME, O_RDONLY), writes = open(NAME, O_WRONLY), status;
	int path = open(NAME, O_PATH), other = open_file(), ends[2];
	struct flock f = { .l_type = 7 };
	char c;
	pid_t pid, interrupts;

	FAILS(fcntl(fd, F_SETLK, &f), EINVAL);
	FAILS(fcntl(fd, F_GETLK, &f), EINVAL);
	f = (struct flock){ .l_type = F_WRLCK, .l_whence = 9 };
	FAILS(fcntl(fd, F_SETLK, &f), EINVAL);
	FAILS(lock(fd, F_SETLK, F_WRLCK, -1, 1), EINVAL);
	FAILS(lock(fd, F_SETLK, F_WRLCK, 5, -6), EINVAL);
	FAILS(lock(fd, F_SETLK, F_WRLCK, 0x7fffffffffffffff, 2), EOVERFLOW);
	FAILS(lock(reads, F_SETLK, F_WRLCK, 0, 1), EBADF);
	FAILS(lock(writes, F_SETLK, F_RDLCK, 0, 1), EBADF);
	FAILS(lock(path, F_SETLK, F_RDLCK, 0, 1), EBADF);
	FAILS(syscall(SYS_fcntl, fd, F_SETLK, BAD), EFAULT);
	FAILS(syscall(SYS_fcntl, fd, F_GETLK, BAD), EFAULT);
	FAILS(flock(99, LOCK_SH), EBADF);
	FAILS(flock(path, LOCK_SH), EBADF);
	FAILS(flock(fd, 0), EINVAL);
	FAILS(flock(fd, LOCK_SH | LOCK_UN), EINVAL);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		EQ(lock(fd, F_SETLK, F_WRLCK, 0, 0), 0);
		EQ(write(ends[1], "x", 1), 1);
		pause();
	}
	EQ(read(ends[0], &c, 1), 1);
	EQ(flock(other, LOCK_EX), 0);
	interrupts = fork();
	if (!interrupts) {
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(lock(fd, F_SETLKW, F_RDLCK, 0, 1), EINTR);
	FAILS(flock(fd, LOCK_EX), EINTR);
	EQ(kill(interrupts, SIGKILL), 0);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(interrupts, &status, 0) != interrupts)
		;
	while (waitpid(pid, &status, 0) != pid)
		;
}

static const struct abi_case cases[] = {
	CASE(ranges), CASE(goes), CASE(in_the_way), CASE(each_waits_for_the_other),
	CASE(of_open_files), CASE(whole), CASE(in_proc), CASE(errors),
};

ABI_MAIN(cases)
