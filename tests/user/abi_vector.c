/* SPDX-License-Identifier: MIT */
/* Reading and writing with several buffers: readv, writev, preadv, pwritev, preadv2, pwritev2. */
#include "abi.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#ifndef RWF_SYNC
#include <linux/fs.h>		/* older C libraries have neither flags nor calls */
#endif
#define preadv2(fd, vector, count, at, flags) \
	syscall(SYS_preadv2, fd, vector, count, (long)(at), 0L, flags)
#define pwritev2(fd, vector, count, at, flags) \
	syscall(SYS_pwritev2, fd, vector, count, (long)(at), 0L, flags)

#define NAME	"/tmp/abi_vector"

static struct iovec part(void *base, size_t size)
{
	return (struct iovec){ base, size };
}

static int make(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	OK(fd >= 0);
	unlink(NAME);
	return fd;
}

static void in_pieces(void)
{
	char a[4] = "", b[8] = "", c[4] = "";
	struct iovec out[] = { part("one", 3), part("", 0), part("twofives", 8) };
	struct iovec in[] = { part(a, 3), part(b, 3), part(c, 4) };
	int fd = make();

	EQ(writev(fd, out, 3), 11);
	EQ(lseek(fd, 0, SEEK_CUR), 11);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	EQ(readv(fd, in, 3), 10);
	EQ(memcmp(a, "one", 3) | memcmp(b, "two", 3) | memcmp(c, "five", 4), 0);
	EQ(readv(fd, in, 3), 1);
	EQ(readv(fd, in, 3), 0);
	EQ(writev(fd, out, 0), 0);
}

static void at_positions(void)
{
	char a[4] = "", b[4] = "";
	struct iovec out[] = { part("abc", 3), part("def", 3) };
	struct iovec in[] = { part(a, 2), part(b, 2) };
	int fd = make();

	EQ(pwritev(fd, out, 2, 10), 6);
	EQ(lseek(fd, 0, SEEK_CUR), 0);
	EQ(lseek(fd, 0, SEEK_END), 16);
	EQ(preadv(fd, in, 2, 11), 4);
	EQ(memcmp(a, "bc", 2) | memcmp(b, "de", 2), 0);
	EQ(lseek(fd, 0, SEEK_CUR), 16);
	FAILS(preadv(fd, in, 2, -1), EINVAL);
	FAILS(pwritev(fd, out, 2, -5), EINVAL);
}

static void second_forms(void)
{
	char a[8] = "";
	struct iovec out = part("abcdef", 6), in = part(a, 4);
	int fd = make();

	EQ(pwritev2(fd, &out, 1, -1, 0), 6);
	EQ(lseek(fd, 0, SEEK_CUR), 6);
	EQ(pwritev2(fd, &out, 1, 0, RWF_DSYNC), 6);
	EQ(pwritev2(fd, &out, 1, 0, RWF_SYNC | RWF_HIPRI), 6);
	EQ(preadv2(fd, &in, 1, 2, 0), 4);
	EQ(memcmp(a, "cdef", 4), 0);
	EQ(lseek(fd, 1, SEEK_SET), 1);
	EQ(preadv2(fd, &in, 1, -1, 0), 4);
	EQ(lseek(fd, 0, SEEK_CUR), 5);
	FAILS(preadv2(fd, &in, 1, -2, 0), EINVAL);
	FAILS(preadv2(fd, &in, 1, 0, 1 << 30), EOPNOTSUPP);
	FAILS(pwritev2(fd, &out, 1, 0, 1 << 30), EOPNOTSUPP);
}

static void many(void)
{
	static struct iovec iov[IOV_MAX + 1];
	static char text[IOV_MAX + 1];
	int fd = make();

	for (int i = 0; i <= IOV_MAX; i++) {
		text[i] = (char)i;
		iov[i] = part(&text[i], 1);
	}
	EQ(writev(fd, iov, IOV_MAX), IOV_MAX);
	memset(text, 0, sizeof(text));
	EQ(preadv(fd, iov, IOV_MAX, 0), IOV_MAX);
	for (int i = 0; i < IOV_MAX; i++)
		EQ(text[i], (char)i);
	FAILS(writev(fd, iov, IOV_MAX + 1), EINVAL);
	FAILS(readv(fd, iov, -1), EINVAL);
}

static void errors(void)
{
	char a[4];
	struct iovec iov[] = { part(a, 4), part(a, (size_t)-1) };
	struct iovec bad[] = { part(a, 4), part(BAD, 4) };
	int fd = make(), ends[2], r = open("/dev/null", O_RDONLY), w = open("/dev/null", O_WRONLY);

	EQ(pipe(ends), 0);
	FAILS(readv(fd, iov, 2), EINVAL);
	FAILS(writev(fd, iov, 2), EINVAL);
	FAILS(readv(-1, iov, 1), EBADF);
	FAILS(writev(r, iov, 1), EBADF);
	FAILS(readv(w, iov, 1), EBADF);
	FAILS(readv(fd, BAD, 1), EFAULT);
	FAILS(readv(fd, KERNEL, 1), EFAULT);
	FAILS(preadv(ends[0], iov, 1, 0), ESPIPE);
	FAILS(pwritev(ends[1], iov, 1, 0), ESPIPE);
	EQ(pwritev2(ends[1], iov, 1, -1, 0), 4);
	EQ(preadv2(ends[0], iov, 1, -1, 0), 4);
	FAILS(writev(fd, &bad[1], 1), EFAULT);
	EQ(writev(fd, iov, 1), 4);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	FAILS(readv(fd, &bad[1], 1), EFAULT);
}

/* Several writers' pieces do not mix: in a pipe, up to PIPE_BUF. */
static void whole_in_pipe(void)
{
	char text[64];
	int ends[2], n = 0;

	EQ(pipe(ends), 0);
	for (int who = 0; who < 2; who++) {
		if (fork())
			continue;
		char c = (char)('a' + who);
		struct iovec iov[] = { part(&c, 1), part(&c, 1), part(&c, 1), part(&c, 1) };

		for (int i = 0; i < 2000; i++)
			EQ(writev(ends[1], iov, 4), 4);
		_exit(0);
	}
	close(ends[1]);
	while (read(ends[0], text, 4) == 4) {
		OK(text[0] == text[1] && text[1] == text[2] && text[2] == text[3]);
		n++;
	}
	EQ(n, 4000);
}

static const struct abi_case cases[] = {
	CASE(in_pieces), CASE(at_positions), CASE(second_forms), CASE(many), CASE(errors),
	CASE(whole_in_pipe),
};

ABI_MAIN(cases)
