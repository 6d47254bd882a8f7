/* SPDX-License-Identifier: MIT */
/* What goes wrong with reading and writing, in whichever way it is asked for. */
#include "signals.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define DIR	"/tmp/abi_transfer"

#ifndef F_ADD_SEALS
#define F_ADD_SEALS	1033
#define F_SEAL_WRITE	8
#endif

static char text[] = "0123456789";
static struct iovec good = { text, 10 }, bad = { (void *)8, 10 };

/* A way to read or to write, at the byte 0 or where the file stands, to or from @iov. */
struct way {
	const char *name;
	long (*call)(int fd, const struct iovec *iov, int count);
	int at;			/* it says where: pipes have no such place */
};

static long by_read(int fd, const struct iovec *iov, int count)
{
	(void)count;
	return syscall(SYS_read, fd, iov->iov_base, iov->iov_len);
}

static long by_readv(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_readv, fd, iov, count);
}

static long by_pread(int fd, const struct iovec *iov, int count)
{
	(void)count;
	return syscall(SYS_pread64, fd, iov->iov_base, iov->iov_len, 0);
}

static long by_preadv(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_preadv, fd, iov, count, 0, 0);
}

static long by_preadv2(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_preadv2, fd, iov, count, -1L, -1L, 0);
}

static long by_preadv2_at(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_preadv2, fd, iov, count, 0, 0, 0);
}

static long by_write(int fd, const struct iovec *iov, int count)
{
	(void)count;
	return syscall(SYS_write, fd, iov->iov_base, iov->iov_len);
}

static long by_writev(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_writev, fd, iov, count);
}

static long by_pwrite(int fd, const struct iovec *iov, int count)
{
	(void)count;
	return syscall(SYS_pwrite64, fd, iov->iov_base, iov->iov_len, 0);
}

static long by_pwritev(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_pwritev, fd, iov, count, 0, 0);
}

static long by_pwritev2(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_pwritev2, fd, iov, count, -1L, -1L, 0);
}

static long by_pwritev2_at(int fd, const struct iovec *iov, int count)
{
	return syscall(SYS_pwritev2, fd, iov, count, 0, 0, 0);
}

#define WAY(function, at)	{ #function, function, at }

static const struct way reading[] = {
	WAY(by_read, 0), WAY(by_readv, 0), WAY(by_preadv2, 0), WAY(by_pread, 1), WAY(by_preadv, 1),
	WAY(by_preadv2_at, 1),
};

static const struct way writing[] = {
	WAY(by_write, 0), WAY(by_writev, 0), WAY(by_pwritev2, 0), WAY(by_pwrite, 1),
	WAY(by_pwritev, 1), WAY(by_pwritev2_at, 1),
};

#define WAYS	6

static void fails(const struct way *way, int fd, const struct iovec *iov, int count, int error)
{
	long got;

	errno = 0;
	got = way->call(fd, iov, count);
	if (got == -1 && errno == error)
		return;
	printf("wants %s: ", strerror(error));
	abi_fail(__LINE__, way->name, got, errno);
}

static int make(const char *name)
{
	int fd;

	mkdir(DIR, 0777);
	EQ(chdir(DIR), 0);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0666);
	OK(fd >= 0);
	EQ(write(fd, text, 10), 10);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void descriptors(void)
{
	int fd = make("f"), only_read = open("f", O_RDONLY), only_write = open("f", O_WRONLY);
	int folder = open(".", O_RDONLY), path = open("f", O_PATH);

	OK(fd >= 0 && only_read >= 0 && only_write >= 0 && folder >= 0 && path >= 0);
	for (int i = 0; i < WAYS; i++) {
		fails(&reading[i], -1, &good, 1, EBADF);
		fails(&reading[i], only_write, &good, 1, EBADF);
		fails(&reading[i], path, &good, 1, EBADF);
		fails(&reading[i], folder, &good, 1, EISDIR);
		fails(&writing[i], -1, &good, 1, EBADF);
		fails(&writing[i], only_read, &good, 1, EBADF);
		fails(&writing[i], path, &good, 1, EBADF);
		fails(&writing[i], folder, &good, 1, EBADF);
	}
}

static void buffers(void)
{
	const struct iovec long_one = { text, (size_t)-1 }, kernels = { KERNEL, 10 };
	int fd = make("f"), only_read = open("f", O_RDONLY), only_write = open("f", O_WRONLY);

	OK(only_read >= 0 && only_write >= 0);
	for (int i = 0; i < WAYS; i++) {
		fails(&reading[i], fd, &bad, 1, EFAULT);
		fails(&writing[i], fd, &bad, 1, EFAULT);
		fails(&reading[i], fd, &kernels, 1, EFAULT);
		fails(&writing[i], fd, &kernels, 1, EFAULT);
	}
	/* one that is longer than there are addresses; in a vector its length is looked at first */
	FAILS(syscall(SYS_read, fd, text, -1L), EFAULT);
	FAILS(syscall(SYS_write, fd, text, -1L), EFAULT);
	FAILS(syscall(SYS_pread64, fd, text, -1L, 0), EFAULT);
	FAILS(syscall(SYS_pwrite64, fd, text, -1L, 0), EFAULT);
	for (int i = 0; i < WAYS; i++) {
		if (reading[i].call != by_read && reading[i].call != by_pread) {
			fails(&reading[i], fd, &long_one, 1, EINVAL);
			fails(&reading[i], fd, &good, -1, EINVAL);
			fails(&reading[i], fd, (void *)8, 1, EFAULT);
		}
		if (writing[i].call != by_write && writing[i].call != by_pwrite) {
			fails(&writing[i], fd, &long_one, 1, EINVAL);
			fails(&writing[i], fd, &good, -1, EINVAL);
			fails(&writing[i], fd, (void *)8, 1, EFAULT);
		}
	}
	/* what is looked at first */
	for (int i = 0; i < WAYS; i++) {
		int is_vector = reading[i].call != by_read && reading[i].call != by_pread;

		fails(&reading[i], only_write, &kernels, 1, is_vector ? EFAULT : EBADF);
		fails(&writing[i], only_read, &kernels, 1, is_vector ? EFAULT : EBADF);
	}
	FAILS(syscall(SYS_pread64, -1, text, 1, -1L), EINVAL);
	FAILS(syscall(SYS_pwrite64, -1, text, 1, -1L), EINVAL);
	FAILS(pread(fd, text, 1, -1), EINVAL);
	FAILS(pwrite(fd, text, 1, -1), EINVAL);
	FAILS(preadv(fd, &good, 1, -1), EINVAL);
	FAILS(pwritev(fd, &good, 1, -1), EINVAL);
	FAILS(syscall(SYS_preadv2, fd, &good, 1, -2L, -1L, 0), EINVAL);
	FAILS(syscall(SYS_pwritev2, fd, &good, 1, -2L, -1L, 0), EINVAL);
	FAILS(syscall(SYS_preadv2, fd, &good, 1, 0, 0, 1 << 20), EOPNOTSUPP);
	FAILS(syscall(SYS_pwritev2, fd, &good, 1, 0, 0, 1 << 20), EOPNOTSUPP);
}

static void fill(int fd)
{
	static char page[4096];
	int err;

	while (write(fd, page, sizeof(page)) > 0)
		;
	err = errno;
	EQ(err, EAGAIN);
}

static void pipes(void)
{
	int ends[2];

	EQ(pipe2(ends, O_NONBLOCK), 0);
	for (int i = 0; i < WAYS; i++)
		fails(&reading[i], ends[0], &good, 1, reading[i].at ? ESPIPE : EAGAIN);
	fill(ends[1]);
	for (int i = 0; i < WAYS; i++)
		fails(&writing[i], ends[1], &good, 1, writing[i].at ? ESPIPE : EAGAIN);
	signal(SIGPIPE, SIG_IGN);
	close(ends[0]);
	for (int i = 0; i < WAYS; i++)
		if (!writing[i].at)
			fails(&writing[i], ends[1], &good, 1, EPIPE);
}

static void sizes(void)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	int fd = make("f"), sealed = (int)syscall(SYS_memfd_create, "m", 2 /* MFD_ALLOW_SEALING */);

	OK(sealed >= 0);
	EQ(write(sealed, text, 10), 10);
	EQ(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE), 0);
	for (int i = 0; i < WAYS; i++)
		fails(&writing[i], sealed, &good, 1, EPERM);
	signal(SIGXFSZ, SIG_IGN);
	EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < WAYS; i++)
		fails(&writing[i], fd, &good, 1, EFBIG);
}

static void no_room(void)
{
	int full = open("/dev/full", O_RDWR), fd = make("f"), ends[2], small;

	if (full < 0) {
		EQ(mknod("full", S_IFCHR | 0600, 0x107), 0);
		full = open("full", O_RDWR);
	}
	OK(full >= 0);
	for (int i = 0; i < WAYS; i++)
		fails(&writing[i], full, &good, 1, ENOSPC);
	EQ(pipe(ends), 0);
	mkdir("small", 0755);
	EQ(mount("none", "small", "tmpfs", 0, "size=64k"), 0);
	small = open("small/f", O_RDWR | O_CREAT, 0600);
	OK(small >= 0);
	EQ(fallocate(small, 0, 0, 65536), 0);
	FAILS(fallocate(small, 0, 65536, 65536), ENOSPC);
	EQ(write(ends[1], text, 10), 10);
	EQ(lseek(small, 65536, SEEK_SET), 65536);
	FAILS(splice(ends[0], NULL, small, NULL, 10, 0), ENOSPC);
	FAILS(write(small, text, 10), ENOSPC);
	FAILS(sendfile(small, fd, NULL, 10), ENOSPC);
	close(small);
	EQ(umount("small"), 0);
}

/* --- From file to file ------------------------------------------------------------------------ */

static void copies(void)
{
	int fd = make("f"), sealed = (int)syscall(SYS_memfd_create, "m", 2), ends[2];
	int other = (int)syscall(SYS_memfd_create, "n", 0), small, small_to, more[2];
	long long in = 0x7fffffffffffffff, out = 0;

	EQ(write(sealed, text, 10), 10);
	EQ(write(other, text, 10), 10);
	EQ(lseek(other, 0, SEEK_SET), 0);
	EQ(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE), 0);
	FAILS(sendfile(sealed, fd, NULL, 10), EPERM);
	FAILS(syscall(SYS_copy_file_range, other, NULL, sealed, NULL, 10, 0), EPERM);
	EQ(pipe(ends), 0);
	EQ(write(ends[1], text, 10), 10);
	FAILS(splice(ends[0], NULL, sealed, NULL, 10, 0), EPERM);
	FAILS(syscall(SYS_copy_file_range, other, &in, other, &out, -1UL, 0), EOVERFLOW);
	mkdir("small", 0755);
	EQ(mount("none", "small", "tmpfs", 0, "size=64k"), 0);
	small = open("small/f", O_RDWR | O_CREAT, 0600);
	small_to = open("small/g", O_RDWR | O_CREAT, 0600);
	OK(small >= 0 && small_to >= 0);
	FAILS(syscall(SYS_copy_file_range, other, NULL, small, NULL, 10, 0), EXDEV);
	EQ(fallocate(small, 0, 0, 65536), 0);
	FAILS(syscall(SYS_copy_file_range, small, NULL, small_to, NULL, 10, 0), ENOSPC);
	close(small);
	close(small_to);
	EQ(umount("small"), 0);
	signal(SIGPIPE, SIG_IGN);
	close(ends[0]);
	FAILS(sendfile(ends[1], fd, NULL, 10), EPIPE);
	EQ(pipe(ends), 0);
	EQ(pipe(more), 0);
	EQ(write(ends[1], text, 10), 10);
	close(more[0]);
	FAILS(tee(ends[0], more[1], 10, 0), EPIPE);
}

static void copies_become_too_long(void)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	int fd = make("f"), to = make("g");

	signal(SIGXFSZ, SIG_IGN);
	EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	FAILS(sendfile(to, fd, NULL, 10), EFBIG);
	FAILS(syscall(SYS_copy_file_range, fd, NULL, to, NULL, 10, 0), EFBIG);
}

/* --- What a signal cuts short ----------------------------------------------------------------- */

static void cut_short(void)
{
	int fd = make("f"), empty[2], full[2], some[2];

	EQ(pipe(empty), 0);
	EQ(pipe(some), 0);
	EQ(write(some[1], text, 10), 10);
	EQ(pipe2(full, O_NONBLOCK), 0);
	fill(full[1]);
	EQ(fcntl(full[1], F_SETFL, 0), 0);
	handle(SIGUSR1, note, 0);
	for (int i = 0; i < WAYS; i++) {
		if (!reading[i].at)
			CUT_SHORT(reading[i].call(empty[0], &good, 1));
		if (!writing[i].at)
			CUT_SHORT(writing[i].call(full[1], &good, 1));
	}
	CUT_SHORT(sendfile(full[1], fd, NULL, 10));
	CUT_SHORT(splice(empty[0], NULL, fd, NULL, 10, 0));
	CUT_SHORT(splice(fd, NULL, full[1], NULL, 10, 0));
	CUT_SHORT(tee(empty[0], full[1], 10, 0));
	CUT_SHORT(tee(some[0], full[1], 10, 0));
}

static const struct abi_case cases[] = {
	CASE(descriptors), CASE(buffers), CASE(pipes), CASE(sizes), CASE(no_room), CASE(copies),
	CASE(copies_become_too_long), CASE(cut_short),
};

ABI_MAIN(cases)
