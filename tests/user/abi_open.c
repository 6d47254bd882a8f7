/* SPDX-License-Identifier: MIT */
/* Opening files, each flag of it; what descriptors are; and devices. */
#include "abi.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#define DIR	"/tmp/abi_open"

static struct stat st;
static char text[64];

static void begin(void)
{
	static const char *const names[] = { "f", "l", "g", "d/f", "n" };

	mkdir(DIR, 0755);
	EQ(chdir(DIR), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	rmdir("d");
	umask(022);
}

static int make(const char *path, const char *contents)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);

	OK(fd >= 0);
	EQ(write(fd, contents, strlen(contents)), strlen(contents));
	return fd;
}

static void creating(void)
{
	int fd;

	begin();
	make("f", "contents");
	FAILS(open("f", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	OK(open("f", O_RDWR | O_CREAT, 0600) >= 0);
	EQ(stat("f", &st), 0);
	EQ(st.st_mode, S_IFREG | 0644);
	EQ(st.st_size, 8);
	EQ(close(open("f", O_WRONLY | O_TRUNC)), 0);
	EQ(stat("f", &st), 0);
	EQ(st.st_size, 0);
	EQ(symlink("g", "l"), 0);
	FAILS(open("l", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	FAILS(open("l", O_RDONLY), ENOENT);
	fd = open("l", O_RDWR | O_CREAT, 04777);	/* the link's target is made */
	OK(fd >= 0);
	EQ(lstat("g", &st), 0);
	EQ(st.st_mode, S_IFREG | 04755);
	FAILS(open("f/x", O_RDWR | O_CREAT, 0644), ENOTDIR);
	FAILS(open("none/x", O_RDWR | O_CREAT, 0644), ENOENT);
	FAILS(open("none/", O_RDWR | O_CREAT, 0644), EISDIR);
	FAILS(open(".", O_RDWR | O_CREAT, 0644), EISDIR);
	FAILS(open("", O_RDONLY), ENOENT);
	FAILS(open(BAD, O_RDONLY), EFAULT);
	FAILS(open(KERNEL, O_RDONLY), EFAULT);
}

static void kinds(void)
{
	begin();
	close(make("f", "x"));
	EQ(symlink("f", "l"), 0);
	EQ(mkdir("d", 0755), 0);
	FAILS(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
	FAILS(open("l", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
	OK(open("f", O_RDONLY | O_NOFOLLOW) >= 0);
	FAILS(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	FAILS(open("f/", O_RDONLY), ENOTDIR);
	OK(open("d", O_RDONLY | O_DIRECTORY) >= 0);
	OK(open("d/", O_RDONLY) >= 0);
	FAILS(open("d", O_WRONLY), EISDIR);
	FAILS(open("d", O_RDWR), EISDIR);
	FAILS(read(open("d", O_RDONLY), text, 1), EISDIR);
	FAILS(openat(-1, "f", O_RDONLY), EBADF);
	FAILS(openat(open("f", O_RDONLY), "x", O_RDONLY), ENOTDIR);
	OK(openat(-1, DIR "/f", O_RDONLY) >= 0);
}

static void modes(void)
{
	int r, w, fd;

	begin();
	fd = make("f", "0123456789");
	r = open("f", O_RDONLY);
	w = open("f", O_WRONLY);
	FAILS(write(r, "x", 1), EBADF);
	FAILS(read(w, text, 1), EBADF);
	EQ(read(r, text, 4), 4);
	EQ(read(r, text, 4), 4);
	EQ(text[0], '4');
	EQ(fcntl(r, F_GETFL) & O_ACCMODE, O_RDONLY);
	EQ(fcntl(w, F_GETFL) & O_ACCMODE, O_WRONLY);
	EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_CREAT | O_EXCL | O_APPEND), O_RDWR);
}

static void appending(void)
{
	int a, b;

	begin();
	close(make("f", ""));
	a = open("f", O_WRONLY | O_APPEND);
	b = open("f", O_RDWR | O_APPEND);
	EQ(write(a, "one", 3), 3);
	EQ(write(b, "two", 3), 3);
	EQ(lseek(a, 0, SEEK_SET), 0);
	EQ(write(a, "six", 3), 3);
	EQ(lseek(a, 0, SEEK_CUR), 9);
	EQ(pread(b, text, 20, 0), 9);
	EQ(memcmp(text, "onetwosix", 9), 0);
	EQ(fcntl(a, F_GETFL) & O_APPEND, O_APPEND);
	EQ(fcntl(a, F_SETFL, 0), 0);
	EQ(lseek(a, 0, SEEK_SET), 0);
	EQ(write(a, "O", 1), 1);
	EQ(pread(b, text, 20, 0), 9);
	EQ(text[0], 'O');
}

static void only_a_path(void)
{
	int fd, dir, copy;

	begin();
	close(make("f", "contents"));
	EQ(symlink("f", "l"), 0);
	EQ(mkdir("d", 0755), 0);
	fd = open("f", O_PATH | O_RDWR);
	OK(fd >= 0);
	EQ(fcntl(fd, F_GETFL) & (O_PATH | O_ACCMODE), O_PATH);
	FAILS(read(fd, text, 1), EBADF);
	FAILS(write(fd, text, 1), EBADF);
	FAILS(lseek(fd, 0, SEEK_SET), EBADF);
	FAILS(ftruncate(fd, 0), EBADF);
	FAILS(syscall(SYS_fchmod, fd, 0600), EBADF);
	FAILS(syscall(SYS_fchown, fd, 0, 0), EBADF);
	FAILS(ioctl(fd, FIOCLEX), EBADF);
	FAILS(fsync(fd), EBADF);
	FAILS((long)mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0), EBADF);
	FAILS(fcntl(fd, F_SETFL, O_APPEND), EBADF);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_size, 8);
	EQ(fstatat(fd, "", &st, AT_EMPTY_PATH), 0);
	EQ(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	copy = dup(fd);
	OK(copy >= 0);
	EQ(fcntl(copy, F_GETFL) & O_PATH, O_PATH);
	EQ(close(copy), 0);
	copy = open("l", O_PATH | O_NOFOLLOW);
	OK(copy >= 0);
	EQ(fstat(copy, &st), 0);
	EQ(st.st_mode & S_IFMT, S_IFLNK);
	EQ(readlinkat(copy, "", text, sizeof(text)), 1);
	dir = open("d", O_PATH);
	OK(dir >= 0);
	OK(openat(dir, "f", O_RDWR | O_CREAT, 0600) >= 0);
	FAILS(syscall(SYS_getdents64, dir, text, sizeof(text)), EBADF);
	EQ(fchdir(dir), 0);
	EQ(stat("f", &st), 0);
	EQ(chdir(".."), 0);
	FAILS(open("f", O_PATH | O_DIRECTORY), ENOTDIR);
	FAILS(open("none", O_PATH), ENOENT);
	OK(open("none2", O_PATH | O_CREAT, 0600) < 0);	/* nothing is made */
	FAILS(openat(fd, "x", O_RDONLY), ENOTDIR);
}

static void unnamed(void)
{
	int fd, dir;

	begin();
	fd = open(".", O_TMPFILE | O_RDWR, 0640);
	if (fd < 0 && errno == EOPNOTSUPP)
		return;		/* a filesystem that has none */
	OK(fd >= 0);
	EQ(write(fd, "contents", 8), 8);
	EQ(pread(fd, text, 8, 0), 8);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_mode, S_IFREG | 0640);
	EQ(st.st_nlink, 0);
	dir = open(".", O_RDONLY);
	EQ(linkat(fd, "", dir, "n", AT_EMPTY_PATH), 0);
	EQ(stat("n", &st), 0);
	EQ(st.st_size, 8);
	EQ(st.st_nlink, 1);
	EQ(unlink("n"), 0);
	FAILS(linkat(fd, "", dir, "n", AT_EMPTY_PATH), ENOENT);
	fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640);
	FAILS(linkat(fd, "", dir, "n", AT_EMPTY_PATH), ENOENT);
	close(make("f", "x"));
	FAILS(open(".", O_TMPFILE | O_RDONLY, 0640), EINVAL);
	FAILS(open(".", O_TMPFILE | O_RDWR | O_CREAT, 0640), EINVAL);
	FAILS(open("f", O_TMPFILE | O_RDWR, 0640), ENOTDIR);
	FAILS(open("none", O_TMPFILE | O_RDWR, 0640), ENOENT);
}

struct how {
	uint64_t flags, mode, resolve, more;
};

static long open2(const char *path, struct how how, size_t size)
{
	return syscall(SYS_openat2, AT_FDCWD, path, &how, size);
}

static void second_form(void)
{
	begin();
	OK(open2("f", (struct how){ O_RDWR | O_CREAT, 0640 }, 24) >= 0);
	EQ(stat("f", &st), 0);
	EQ(st.st_mode & 07777, 0640);
	OK(open2("f", (struct how){ O_RDONLY | O_CLOEXEC }, 32) >= 0);
	OK(open2("f", (struct how){ O_PATH | O_NOFOLLOW }, 24) >= 0);
	FAILS(open2("f", (struct how){ O_RDONLY }, 23), EINVAL);
	FAILS(open2("f", (struct how){ O_RDONLY, .more = 1 }, 32), E2BIG);
	FAILS(open2("f", (struct how){ O_RDONLY, 0600 }, 24), EINVAL);
	FAILS(open2("f", (struct how){ O_RDONLY | O_CREAT, 0200000 }, 24), EINVAL);
	FAILS(open2("f", (struct how){ 1ULL << 40 }, 24), EINVAL);
	FAILS(open2("f", (struct how){ O_PATH | O_RDWR }, 24), EINVAL);
	FAILS(open2("f", (struct how){ .resolve = 1 << 20 }, 24), EINVAL);
	FAILS(open2("none", (struct how){ O_RDONLY }, 24), ENOENT);
	FAILS(open2(BAD, (struct how){ O_RDONLY }, 24), EFAULT);
	FAILS(syscall(SYS_openat2, AT_FDCWD, "f", BAD, 24), EFAULT);
}

static void copies(void)
{
	int fd, copy;

	begin();
	fd = make("f", "0123456789");
	copy = dup(fd);
	OK(copy > fd);
	EQ(lseek(copy, 3, SEEK_SET), 3);
	EQ(lseek(fd, 0, SEEK_CUR), 3);	/* one position */
	EQ(dup2(fd, 50), 50);
	EQ(dup2(fd, fd), fd);
	EQ(dup3(fd, 51, O_CLOEXEC), 51);
	EQ(fcntl(50, F_GETFD), 0);
	EQ(fcntl(51, F_GETFD), FD_CLOEXEC);
	EQ(fcntl(fd, F_DUPFD, 60), 60);
	EQ(fcntl(fd, F_DUPFD_CLOEXEC, 60), 61);
	EQ(fcntl(61, F_GETFD), FD_CLOEXEC);
	EQ(close(fd), 0);
	EQ(read(copy, text, 1), 1);
	FAILS(close(fd), EBADF);
	FAILS(dup(fd), EBADF);
	FAILS(dup(-1), EBADF);
	FAILS(dup2(copy, -1), EBADF);
	FAILS(dup2(-1, 5), EBADF);
	FAILS(dup3(copy, copy, 0), EINVAL);
	FAILS(dup3(copy, 5, O_APPEND), EINVAL);
	FAILS(dup2(copy, 1 << 20), EBADF);
	FAILS(fcntl(copy, F_DUPFD, -1), EINVAL);
	FAILS(fcntl(copy, F_DUPFD, 1 << 20), EINVAL);
	FAILS(fcntl(copy, 9999), EINVAL);
	FAILS(fcntl(-1, F_GETFD), EBADF);
}

static void devices(void)
{
	int full = open("/dev/full", O_RDWR), null = open("/dev/null", O_RDWR), random;

	OK(full >= 0 && null >= 0);
	memset(text, 1, sizeof(text));
	EQ(read(full, text, 8), 8);
	EQ(text[0] | text[7], 0);
	FAILS(write(full, text, 1), ENOSPC);
	EQ(read(null, text, 8), 0);
	EQ(write(null, text, 8), 8);
	random = open("/dev/urandom", O_RDONLY);
	OK(random >= 0);
	EQ(read(random, text, 32), 32);
	EQ(read(random, text + 32, 32), 32);
	OK(memcmp(text, text + 32, 32));
	EQ(stat("/dev/full", &st), 0);
	OK(S_ISCHR(st.st_mode));
	EQ(st.st_rdev, 0x107);
	EQ(stat("/dev/tty", &st), 0);
	EQ(st.st_rdev, 0x500);
}

static const struct abi_case cases[] = {
	CASE(creating), CASE(kinds), CASE(modes), CASE(appending), CASE(only_a_path),
	CASE(unnamed), CASE(second_form), CASE(copies), CASE(devices),
};

ABI_MAIN(cases)
