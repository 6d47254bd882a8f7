/* SPDX-License-Identifier: MIT */
/* Limits that other calls feel: how long a file may become. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define NAME	"/tmp/abi_limit"
#define LIMIT	10000

static char text[16384];

static int make(void)
{
	struct rlimit limit = { LIMIT, RLIM_INFINITY };
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	OK(fd >= 0);
	EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return fd;
}

static long size_of(int fd)
{
	struct stat st;

	EQ(fstat(fd, &st), 0);
	return (long)st.st_size;
}

static void ignored(void)
{
	struct iovec iov[2] = { { text, 600 }, { text, 600 } };
	int fd = make(), end = open(NAME, O_WRONLY | O_APPEND), in, ends[2];

	OK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	EQ(write(fd, text, sizeof(text)), LIMIT);
	EQ(size_of(fd), LIMIT);
	FAILS(write(fd, text, 1), EFBIG);
	EQ(write(fd, text, 0), 0);
	FAILS(write(end, text, 1), EFBIG);
	FAILS(pwrite(fd, text, 1, LIMIT), EFBIG);
	EQ(pwrite(fd, text, 100, LIMIT - 1), 1);
	EQ(pwritev(fd, iov, 2, LIMIT - 1000), 1000);
	FAILS(pwritev(fd, iov, 2, LIMIT + 1000), EFBIG);
	EQ(size_of(fd), LIMIT);
	FAILS(ftruncate(fd, LIMIT + 1), EFBIG);
	FAILS(truncate(NAME, LIMIT + 1), EFBIG);
	FAILS(fallocate(fd, 0, 0, LIMIT + 1), EFBIG);
	EQ(size_of(fd), LIMIT);
	EQ(ftruncate(fd, LIMIT - 10), 0);
	EQ(ftruncate(fd, LIMIT), 0);
	EQ(ftruncate(fd, LIMIT - 10), 0);
	/* a regular file: Linux takes it from others since 6.5 only */
	in = open("/tmp/limit.from", O_RDWR | O_CREAT | O_TRUNC, 0600);
	EQ(unlink("/tmp/limit.from"), 0);
	EQ(write(in, text, 1000), 1000);
	EQ(lseek(in, 0, SEEK_SET), 0);
	EQ(lseek(fd, 0, SEEK_END), LIMIT - 10);
	EQ(sendfile(fd, in, NULL, 100), 10);
	FAILS(sendfile(fd, in, NULL, 100), EFBIG);
	/* what is no file has no length */
	EQ(pipe(ends), 0);
	EQ(write(ends[1], text, sizeof(text)), sizeof(text));
}

/* What was longer before stays so, and may be written to below the limit. */
static void longer(void)
{
	struct rlimit limit = { LIMIT, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	int fd = make();

	EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
	EQ(ftruncate(fd, 3 * LIMIT), 0);
	EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
	EQ(ftruncate(fd, 3 * LIMIT), 0);
	FAILS(pwrite(fd, text, 1, LIMIT), EFBIG);
	EQ(pwrite(fd, text, 1, 0), 1);
}

static int end_of(int kind)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int fd = make();

		signal(SIGXFSZ, SIG_DFL);
		if (kind == 0)
			_exit(pwrite(fd, text, 1, LIMIT) < 0);
		if (kind == 1)
			_exit(ftruncate(fd, LIMIT + 1) < 0);
		_exit(fallocate(fd, 0, 0, LIMIT + 1) < 0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static void killed(void)
{
	for (int kind = 0; kind < 3; kind++)
		EQ(end_of(kind), SIGXFSZ);
}

int main(int argc, char **argv)
{
	static const struct abi_case cases[] = { CASE(ignored), CASE(longer), CASE(killed) };

	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
