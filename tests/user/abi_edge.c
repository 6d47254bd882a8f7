/* SPDX-License-Identifier: MIT */
/* Files at the edges of what they can be: positions, times, and places that nothing leads to. */
#include "abi.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

static int make(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	OK(fd >= 0);
	EQ(unlink(name), 0);
	return fd;
}

static void positions(void)
{
	char c = 0;
	int fd = make("/tmp/edge");

	FAILS(pwrite(fd, &c, 1, LONG_MAX), EINVAL);
	FAILS(pwrite(fd, "ab", 2, LONG_MAX - 1), EINVAL);
	FAILS(pread(fd, &c, 1, LONG_MAX), EINVAL);
	EQ(pread(fd, &c, 0, LONG_MAX), 0);
	EQ(pread(fd, &c, 1, LONG_MAX - 1), 0);
}

static void endless(void)
{
	static const char *const names[] = { "/dev/null", "/dev/zero", "/dev/full" };

	for (int i = 0; i < 3; i++) {
		int fd = open(names[i], O_RDWR);

		OK(fd >= 0);
		EQ(lseek(fd, 5, SEEK_SET), 0);
		EQ(lseek(fd, -5, SEEK_SET), 0);
		EQ(lseek(fd, 0, SEEK_CUR), 0);
		EQ(lseek(fd, 9, SEEK_END), 0);
		EQ(lseek(fd, 9, SEEK_DATA), 0);
		FAILS(lseek(fd, 0, 9), EINVAL);
	}
}

static void left(void)
{
	int fd = make("/tmp/edge"), n = 7;

	EQ(ioctl(fd, FIONREAD, &n), 0);
	EQ(n, 0);
	EQ(write(fd, "0123456789", 10), 10);
	EQ(lseek(fd, 4, SEEK_SET), 4);
	EQ(ioctl(fd, FIONREAD, &n), 0);
	EQ(n, 6);
	EQ(lseek(fd, 100, SEEK_SET), 100);
	EQ(ioctl(fd, FIONREAD, &n), 0);
	EQ(n, -90);
	FAILS(ioctl(fd, FIONREAD, BAD), EFAULT);
	FAILS(ioctl(open("/tmp", O_RDONLY), FIONREAD, &n), ENOTTY);
	FAILS(ioctl(open("/dev/null", O_RDONLY), FIONREAD, &n), ENOTTY);
}

static void times(void)
{
	struct timespec t[2] = { { -5, 100000000 }, { -1000000000L, 0 } };
	struct stat st;
	struct {
		char before[0x40];
		long sec;
		unsigned int nsec;
		char more[256 - 0x40 - 12];
	} statx;
	int fd = make("/tmp/edge");

	EQ(futimens(fd, t), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_atim.tv_sec, -5);
	EQ(st.st_atim.tv_nsec, 100000000);
	EQ(st.st_mtim.tv_sec, -1000000000L);
	EQ(st.st_mtim.tv_nsec, 0);
	EQ(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x20, &statx), 0);
	EQ(statx.sec, -5);
	EQ(statx.nsec, 100000000);
	/* what is further from 1970 may be kept as something nearer, but not on the other side */
	t[0].tv_sec = -100000000000L;
	t[1].tv_sec = 100000000000L;
	EQ(futimens(fd, t), 0);
	EQ(fstat(fd, &st), 0);
	OK(st.st_atim.tv_sec < -9000000000L && st.st_mtim.tv_sec > 9000000000L);
	t[0].tv_sec = -5;
	EQ(futimens(fd, t), 0);
	t[0] = (struct timespec){ 0, (1L << 30) - 2 };	/* UTIME_OMIT */
	t[1] = (struct timespec){ -1, 999999999 };
	EQ(futimens(fd, t), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_atim.tv_sec, -5);
	EQ(st.st_mtim.tv_sec, -1);
	EQ(st.st_mtim.tv_nsec, 999999999);
}

/* When it was made, for those who ask. */
static void born(void)
{
	struct {
		unsigned int mask;
		char more[0x4c];
		long sec;
		char rest[256 - 0x58];
	} statx;
	struct timespec before, after;
	int fd;

	EQ(clock_gettime(CLOCK_REALTIME_COARSE, &before), 0);
	fd = make("/tmp/edge");
	EQ(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x800, &statx), 0);
	EQ(clock_gettime(CLOCK_REALTIME, &after), 0);
	EQ(statx.mask & 0x800, 0x800);
	OK(statx.sec >= before.tv_sec && statx.sec <= after.tv_sec);
	EQ(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x7ff, &statx), 0);
	EQ(statx.mask & 0x800, 0);
	EQ(syscall(SYS_statx, AT_FDCWD, "/proc/self/stat", 0, 0x800, &statx), 0);
	EQ(statx.mask & 0x800, 0);
}

static void unreachable(void)
{
	char text[100];

	mkdir("/tmp/edge-root", 0755);
	mkdir("/tmp/edge-root/in", 0755);
	EQ(chdir("/tmp"), 0);
	EQ(chroot("/tmp/edge-root"), 0);
	EQ(syscall(SYS_getcwd, text, sizeof(text)), 18);
	EQ(strcmp(text, "(unreachable)/tmp"), 0);
	FAILS(syscall(SYS_getcwd, text, 17), ERANGE);
	EQ(chdir("/in"), 0);
	EQ(syscall(SYS_getcwd, text, sizeof(text)), 4);
	EQ(strcmp(text, "/in"), 0);
	EQ(chdir("/"), 0);
	EQ(syscall(SYS_getcwd, text, sizeof(text)), 2);
}

/* Those of packets keep them apart; a kernel without them says so. */
static void packets(void)
{
	int ends[2], err = 0;
	char text[10];

	if (syscall(SYS_pipe2, ends, O_DIRECT))
		err = errno;
	if (err) {
		EQ(err, EINVAL);
		return;
	}
	EQ(write(ends[1], "ab", 2), 2);
	EQ(write(ends[1], "cd", 2), 2);
	EQ(read(ends[0], text, sizeof(text)), 2);
}

static const struct abi_case cases[] = {
	CASE(positions), CASE(endless), CASE(left), CASE(times), CASE(born), CASE(unreachable),
	CASE(packets),
};

ABI_MAIN(cases)
