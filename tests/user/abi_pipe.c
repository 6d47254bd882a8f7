/* SPDX-License-Identifier: MIT */
/* Pipes: order, ends, sizes, what is whole and what waits. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define SIZE	65536

static char out[4 * SIZE], in[4 * SIZE];
static int ends[2];

static void begin(int flags)
{
	EQ(pipe2(ends, flags), 0);
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 31 + i / 253);
}

static void bytes(void)
{
	int n;

	begin(0);
	EQ(write(ends[1], out, 100), 100);
	EQ(write(ends[1], out + 100, 100), 100);
	EQ(ioctl(ends[0], FIONREAD, &n), 0);
	EQ(n, 200);
	EQ(read(ends[0], in, 150), 150);
	EQ(read(ends[0], in + 150, 150), 50);
	EQ(memcmp(in, out, 200), 0);
	EQ(write(ends[1], out, 0), 0);
	EQ(read(ends[0], in, 0), 0);
	FAILS(read(ends[1], in, 1), EBADF);
	FAILS(write(ends[0], out, 1), EBADF);
	FAILS(lseek(ends[0], 0, SEEK_CUR), ESPIPE);
	FAILS(pread(ends[0], in, 1, 0), ESPIPE);
	FAILS(pwrite(ends[1], in, 1, 0), ESPIPE);
}

static void made(void)
{
	struct stat st;

	begin(O_CLOEXEC | O_NONBLOCK);
	EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
	EQ(fcntl(ends[0], F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY | O_NONBLOCK);
	EQ(fcntl(ends[1], F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY | O_NONBLOCK);
	EQ(fstat(ends[0], &st), 0);
	EQ(st.st_mode & S_IFMT, S_IFIFO);
	FAILS(pipe2(ends, O_APPEND), EINVAL);
	FAILS(pipe(BAD), EFAULT);
	FAILS(pipe(KERNEL), EFAULT);
}

static void ended(void)
{
	begin(0);
	EQ(write(ends[1], out, 3), 3);
	EQ(close(ends[1]), 0);
	EQ(read(ends[0], in, 10), 3);
	EQ(read(ends[0], in, 10), 0);
	begin(0);
	EQ(close(ends[0]), 0);
	signal(SIGPIPE, SIG_IGN);
	FAILS(write(ends[1], out, 1), EPIPE);
}

static void not_waiting(void)
{
	begin(O_NONBLOCK);
	FAILS(read(ends[0], in, 1), EAGAIN);
	EQ(write(ends[1], out, 2 * SIZE), SIZE);
	FAILS(write(ends[1], out, 1), EAGAIN);
	EQ(read(ends[0], in, 4095), 4095);
	EQ(read(ends[0], in + 4095, 2 * SIZE), SIZE - 4095);
	EQ(memcmp(in, out, SIZE), 0);
}

/* More than fits goes through while somebody reads. */
static void much(void)
{
	size_t n = 0;
	long got;

	begin(0);
	if (!fork()) {
		EQ(write(ends[1], out, sizeof(out)), sizeof(out));
		_exit(0);
	}
	EQ(close(ends[1]), 0);
	while ((got = read(ends[0], in + n, 1000)) > 0)
		n += (size_t)got;
	EQ(n, sizeof(out));
	EQ(memcmp(in, out, sizeof(out)), 0);
}

static void sizes(void)
{
	begin(O_NONBLOCK);
	EQ(fcntl(ends[0], F_GETPIPE_SZ), SIZE);
	/* what is in it goes round the end of the ring, and stays as it is */
	EQ(write(ends[1], out, 50000), 50000);
	EQ(read(ends[0], in, 40000), 40000);
	EQ(write(ends[1], out + 50000, 50000), 50000);
	EQ(fcntl(ends[1], F_SETPIPE_SZ, 3 * SIZE), 4 * SIZE);
	EQ(fcntl(ends[0], F_GETPIPE_SZ), 4 * SIZE);
	EQ(write(ends[1], out + 100000, 3 * SIZE - 100000), 3 * SIZE - 100000);
	FAILS(fcntl(ends[1], F_SETPIPE_SZ, SIZE), EBUSY);
	EQ(read(ends[0], in + 40000, 2 * SIZE - 30000), 2 * SIZE - 30000);
	EQ(fcntl(ends[1], F_SETPIPE_SZ, SIZE), SIZE);
	EQ(read(ends[0], in + 2 * SIZE + 10000, 2 * SIZE), SIZE - 10000);
	EQ(memcmp(in, out, 3 * SIZE), 0);
	OK(fcntl(ends[1], F_SETPIPE_SZ, 1) >= 4096);
	FAILS(read(ends[0], in, 1), EAGAIN);
	FAILS(fcntl(ends[1], F_SETPIPE_SZ, -1), EINVAL);
	FAILS(fcntl(open("/dev/null", O_RDWR), F_GETPIPE_SZ), EBADF);
	FAILS(fcntl(open("/dev/null", O_RDWR), F_SETPIPE_SZ, SIZE), EBADF);
}

#define NAME	"/tmp/abi_pipe"

static pid_t opens(int flags, const char *text)
{
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = open(NAME, flags);
	OK(fd >= 0);
	if (text)
		EQ(write(fd, text, strlen(text)), strlen(text));
	_exit(0);
}

static void named(void)
{
	int r, w, status;
	struct stat st;
	pid_t pid;

	unlink(NAME);
	EQ(mkfifo(NAME, 0600), 0);
	FAILS(open(NAME, O_WRONLY | O_NONBLOCK), ENXIO);
	r = open(NAME, O_RDONLY | O_NONBLOCK);
	OK(r >= 0);
	EQ(read(r, in, 10), 0);		/* nobody has it open for writing */
	w = open(NAME, O_WRONLY | O_NONBLOCK);
	OK(w >= 0);
	FAILS(read(r, in, 10), EAGAIN);
	EQ(write(w, "text", 4), 4);
	EQ(close(w), 0);
	EQ(read(r, in, 10), 4);
	EQ(read(r, in, 10), 0);
	EQ(fstat(r, &st), 0);
	EQ(st.st_mode, S_IFIFO | 0600);
	FAILS(lseek(r, 0, SEEK_SET), ESPIPE);
	EQ(close(r), 0);
	/* who opens one end waits for the other */
	pid = opens(O_WRONLY, "more");
	r = open(NAME, O_RDONLY);
	OK(r >= 0);
	EQ(read(r, in, 10), 4);
	EQ(memcmp(in, "more", 4), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(read(r, in, 10), 0);
	EQ(close(r), 0);
	pid = opens(O_RDONLY, NULL);
	w = open(NAME, O_WRONLY);
	OK(w >= 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	signal(SIGPIPE, SIG_IGN);
	FAILS(write(w, "x", 1), EPIPE);
	EQ(close(w), 0);
	r = open(NAME, O_RDWR);		/* both ends: waits for nobody */
	OK(r >= 0);
	EQ(write(r, "both", 4), 4);
	EQ(fcntl(r, F_GETPIPE_SZ), SIZE);
	EQ(read(r, in, 10), 4);
	EQ(close(r), 0);
	/* what nobody has read is gone with the last one */
	EQ(unlink(NAME), 0);
}

static const struct abi_case cases[] = {
	CASE(bytes), CASE(made), CASE(ended), CASE(not_waiting), CASE(much), CASE(sizes),
	CASE(named),
};

ABI_MAIN(cases)
