/* SPDX-License-Identifier: MIT */
/* splice and tee: from pipes and to pipes; what is not moved stays where it is. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define NAME	"/tmp/abi_splice"
#define SIZE	100000

static char text[SIZE], back[SIZE];

static int make(size_t size, int flags)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC | flags, 0600);

	OK(fd >= 0);
	EQ(unlink(NAME), 0);
	for (size_t i = 0; i < SIZE; i++)
		text[i] = (char)(i * 7 + i / 251);
	EQ(write(fd, text, size), size);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void file_to_pipe(void)
{
	int fd = make(1000, 0), p[2];
	loff_t at = 100;

	EQ(pipe(p), 0);
	EQ(splice(fd, NULL, p[1], NULL, 300, 0), 300);
	EQ(lseek(fd, 0, SEEK_CUR), 300);
	EQ(read(p[0], back, SIZE), 300);
	EQ(memcmp(text, back, 300), 0);
	EQ(splice(fd, &at, p[1], NULL, 50, SPLICE_F_MOVE | SPLICE_F_MORE), 50);
	EQ(at, 150);
	EQ(lseek(fd, 0, SEEK_CUR), 300);
	EQ(read(p[0], back, SIZE), 50);
	EQ(memcmp(text + 100, back, 50), 0);
	EQ(splice(fd, NULL, p[1], NULL, SIZE, 0), 700);
	EQ(splice(fd, NULL, p[1], NULL, SIZE, 0), 0);
	EQ(read(p[0], back, SIZE), 700);
	EQ(memcmp(text + 300, back, 700), 0);
}

/* A pipe takes what it has room for, and then no more. */
static void to_full(void)
{
	int fd = make(SIZE, 0), p[2];
	long n;

	EQ(pipe(p), 0);
	n = splice(fd, NULL, p[1], NULL, SIZE, SPLICE_F_NONBLOCK);
	OK(n > 0 && n < SIZE);
	EQ(lseek(fd, 0, SEEK_CUR), n);
	FAILS(splice(fd, NULL, p[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	EQ(lseek(fd, 0, SEEK_CUR), n);
	EQ(fcntl(p[1], F_SETFL, O_NONBLOCK), 0);
	FAILS(splice(fd, NULL, p[1], NULL, 1, 0), EAGAIN);
	for (long done = 0; done < n; done += 1000)
		EQ(read(p[0], back + done, 1000), n - done < 1000 ? n - done : 1000);
	EQ(memcmp(text, back, (size_t)n), 0);
}

static void pipe_to_file(void)
{
	int fd = make(100, 0), p[2];
	loff_t at = 1000;
	struct stat st;

	EQ(pipe(p), 0);
	EQ(write(p[1], text, 500), 500);
	EQ(splice(p[0], NULL, fd, NULL, 200, 0), 200);
	EQ(lseek(fd, 0, SEEK_CUR), 200);
	/* only what is there, and nobody waits for more */
	EQ(splice(p[0], NULL, fd, &at, SIZE, 0), 300);
	EQ(at, 1300);
	EQ(lseek(fd, 0, SEEK_CUR), 200);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_size, 1300);
	EQ(pread(fd, back, 200, 0), 200);
	EQ(memcmp(text, back, 200), 0);
	EQ(pread(fd, back, 300, 1000), 300);
	EQ(memcmp(text + 200, back, 300), 0);
	FAILS(splice(p[0], NULL, fd, NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	EQ(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	FAILS(splice(p[0], NULL, fd, NULL, 1, 0), EAGAIN);
	close(p[1]);
	EQ(splice(p[0], NULL, fd, NULL, 1, 0), 0);
}

/* What a file does not take stays in the pipe. */
static void stays(void)
{
	int fd = make(0, 0), null = open("/dev/null", O_WRONLY), p[2];
	struct rlimit limit = { 2, RLIM_INFINITY };

	EQ(pipe(p), 0);
	EQ(write(p[1], "abcde", 5), 5);
	signal(SIGXFSZ, SIG_IGN);
	EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	EQ(splice(p[0], NULL, fd, NULL, 5, 0), 2);
	FAILS(splice(p[0], NULL, fd, NULL, 5, 0), EFBIG);
	EQ(read(p[0], back, 1), 1);
	EQ(back[0], 'c');
	EQ(splice(p[0], NULL, null, NULL, 10, 0), 2);
}

static void pipe_to_pipe(void)
{
	int a[2], b[2];

	EQ(pipe(a), 0);
	EQ(pipe(b), 0);
	EQ(write(a[1], text, 5000), 5000);
	EQ(splice(a[0], NULL, b[1], NULL, 3000, 0), 3000);
	EQ(read(b[0], back, SIZE), 3000);
	EQ(memcmp(text, back, 3000), 0);
	EQ(splice(a[0], NULL, b[1], NULL, 3000, 0), 2000);
	EQ(read(b[0], back, SIZE), 2000);
	EQ(memcmp(text + 3000, back, 2000), 0);
	FAILS(splice(a[0], NULL, b[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	close(a[1]);
	EQ(splice(a[0], NULL, b[1], NULL, 1, 0), 0);
}

/* All through two pipes, by processes that wait for each other. */
static void waits(void)
{
	int in = make(SIZE, 0), out = make(0, 0), a[2], b[2], status;
	long total = 0, n;

	EQ(pipe(a), 0);
	EQ(pipe(b), 0);
	if (!fork()) {
		close(a[0]);
		while ((n = splice(in, NULL, a[1], NULL, SIZE, 0)) > 0)
			;
		_exit(n != 0);
	}
	close(a[1]);
	if (!fork()) {
		close(b[0]);
		while ((n = splice(a[0], NULL, b[1], NULL, 7777, 0)) > 0)
			;
		_exit(n != 0);
	}
	close(b[1]);
	close(a[0]);
	while ((n = splice(b[0], NULL, out, NULL, SIZE, 0)) > 0)
		total += n;
	EQ(n, 0);
	EQ(total, SIZE);
	EQ(wait(&status) > 0 && !status, 1);
	EQ(wait(&status) > 0 && !status, 1);
	EQ(pread(out, back, SIZE, 0), SIZE);
	EQ(memcmp(text, back, SIZE), 0);
}

static void errors(void)
{
	int fd = make(100, 0), append = make(0, O_APPEND), p[2], r = open("/dev/null", O_RDONLY);
	int dir = open("/tmp", O_RDONLY), path = open("/tmp", O_PATH);
	loff_t at = 0;

	EQ(pipe(p), 0);
	EQ(write(p[1], "x", 1), 1);
	EQ(splice(-1, NULL, -1, NULL, 0, 0), 0);
	FAILS(splice(fd, NULL, p[1], NULL, 1, 16), EINVAL);
	FAILS(splice(-1, NULL, p[1], NULL, 1, 0), EBADF);
	FAILS(splice(p[0], NULL, -1, NULL, 1, 0), EBADF);
	FAILS(splice(p[0], NULL, path, NULL, 1, 0), EBADF);
	FAILS(splice(p[0], NULL, r, NULL, 1, 0), EBADF);
	FAILS(splice(fd, NULL, p[0], NULL, 1, 0), EBADF);
	FAILS(splice(p[1], NULL, fd, NULL, 1, 0), EBADF);
	FAILS(splice(fd, NULL, fd, NULL, 1, 0), EINVAL);
	FAILS(splice(p[0], NULL, p[1], NULL, 1, 0), EINVAL);
	FAILS(splice(p[0], NULL, append, NULL, 1, 0), EINVAL);
	FAILS(splice(dir, NULL, p[1], NULL, 1, 0), EINVAL);
	FAILS(splice(p[0], &at, fd, NULL, 1, 0), ESPIPE);
	FAILS(splice(fd, NULL, p[1], &at, 1, 0), ESPIPE);
	FAILS(splice(fd, BAD, p[1], NULL, 1, 0), EFAULT);
	FAILS(splice(p[0], NULL, fd, BAD, 1, 0), EFAULT);
	at = -1;
	FAILS(splice(fd, &at, p[1], NULL, 1, 0), EINVAL);
	FAILS(splice(p[0], NULL, fd, &at, 1, 0), EINVAL);
	EQ(read(p[0], back, 10), 1);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	FAILS(splice(fd, NULL, p[1], NULL, 1, 0), EPIPE);
	EQ(lseek(fd, 0, SEEK_CUR), 0);
}

static void tee_some(void)
{
	int a[2], b[2], fd = make(10, 0);

	EQ(pipe(a), 0);
	EQ(pipe(b), 0);
	EQ(write(a[1], text, 1000), 1000);
	EQ(tee(a[0], b[1], 300, 0), 300);
	EQ(tee(a[0], b[1], SIZE, 0), 1000);
	EQ(read(b[0], back, SIZE), 1300);
	EQ(memcmp(text, back, 300), 0);
	EQ(memcmp(text, back + 300, 1000), 0);
	EQ(read(a[0], back, SIZE), 1000);
	EQ(memcmp(text, back, 1000), 0);
	FAILS(tee(a[0], b[1], 1, SPLICE_F_NONBLOCK), EAGAIN);
	EQ(tee(-1, -1, 0, 0), 0);
	FAILS(tee(a[0], b[1], 1, 16), EINVAL);
	FAILS(tee(-1, b[1], 1, 0), EBADF);
	FAILS(tee(a[0], -1, 1, 0), EBADF);
	FAILS(tee(a[1], b[1], 1, 0), EBADF);
	FAILS(tee(a[0], b[0], 1, 0), EBADF);
	FAILS(tee(a[0], a[1], 1, 0), EINVAL);
	FAILS(tee(fd, b[1], 1, 0), EINVAL);
	FAILS(tee(a[0], fd, 1, 0), EINVAL);
	close(a[1]);
	EQ(tee(a[0], b[1], 1, 0), 0);
}

static const struct abi_case cases[] = {
	CASE(file_to_pipe), CASE(to_full), CASE(pipe_to_file), CASE(stays), CASE(pipe_to_pipe),
	CASE(waits), CASE(errors), CASE(tee_some),
};

ABI_MAIN(cases)
