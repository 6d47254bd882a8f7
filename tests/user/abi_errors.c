/* SPDX-License-Identifier: MIT */
/*
 * Errors that the tests of a topic leave out: so that each that a call is said to have (errnos.txt)
 * has been seen. Files and waiting; abi_refused.c has memory, programs, and what others own.
 */
#include "signals.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define DIR	"/tmp/abi_errors"

#ifndef O_TMPFILE
#define O_TMPFILE	020040000
#endif

static char buffer[4096];

static void start(void)
{
	int fd;

	mkdir(DIR, 0777);
	OK(!chmod(DIR, 0777));
	EQ(chdir(DIR), 0);
	fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0666);
	OK(fd >= 0);
	EQ(write(fd, "0123456789", 10), 10);
	close(fd);
	if (access("fifo", F_OK))
		EQ(mkfifo("fifo", 0666), 0);
}

/* --- Folders ---------------------------------------------------------------------------------- */

static void folder_that_is_gone(void)
{
	int fd;

	start();
	EQ(mkdir("gone", 0700), 0);
	EQ(chdir("gone"), 0);
	fd = open(".", O_RDONLY);
	OK(fd >= 0);
	EQ(rmdir("../gone"), 0);
	FAILS(syscall(SYS_getcwd, buffer, sizeof(buffer)), ENOENT);
	FAILS(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)), ENOENT);
	FAILS(open("new", O_WRONLY | O_CREAT, 0600), ENOENT);
	FAILS(open("..", O_RDONLY | O_TMPFILE), EINVAL);
}

/* A path that nobody can give, and nobody can be told. */
static void folder_that_is_too_deep(void)
{
	char name[251];
	int depth = 0;

	start();
	memset(name, 'd', 250);
	name[250] = '\0';
	for (; depth < 17; depth++) {
		EQ(mkdir(name, 0700), 0);
		EQ(chdir(name), 0);
		if (depth == 14)
			OK(syscall(SYS_getcwd, buffer, sizeof(buffer)) > 15 * 251);
	}
	FAILS(syscall(SYS_getcwd, buffer, sizeof(buffer)), ENAMETOOLONG);
	FAILS(syscall(SYS_getcwd, buffer, 10), ENAMETOOLONG);
	for (; depth; depth--) {
		EQ(chdir(".."), 0);
		EQ(rmdir(name), 0);
	}
	FAILS(syscall(SYS_getcwd, buffer, 1), ERANGE);
	FAILS(syscall(SYS_getcwd, buffer, 0), ERANGE);
	FAILS(syscall(SYS_getcwd, BAD, sizeof(buffer)), EFAULT);
}

static void listings(void)
{
	int folder, file;

	start();
	folder = open(".", O_RDONLY);
	file = open("file", O_RDONLY);
	OK(folder >= 0 && file >= 0);
	FAILS(syscall(SYS_getdents64, folder, buffer, 1), EINVAL);
	FAILS(syscall(SYS_getdents64, folder, BAD, sizeof(buffer)), EFAULT);
	FAILS(syscall(SYS_getdents64, file, buffer, sizeof(buffer)), ENOTDIR);
	FAILS(syscall(SYS_getdents64, -1, buffer, sizeof(buffer)), EBADF);
}

static void names_that_are_taken(void)
{
	start();
	mkdir("full", 0777);
	mkdir("full/x", 0777);
	mkdir("empty", 0777);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "empty", 0), EISDIR);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "empty", AT_FDCWD, "full", 0), ENOTEMPTY);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "empty", AT_FDCWD, "file", 0), ENOTDIR);
	EQ(chmod("full", 01777), 0);
	EQ(setuid(1000), 0);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "full/x", AT_FDCWD, "full/y", 0), EPERM);
}

static void busy_folder(void)
{
	start();
	mkdir("on", 0777);
	EQ(mount("none", "on", "tmpfs", 0, NULL), 0);
	EQ(chdir("on"), 0);
	FAILS(umount(DIR "/on"), EBUSY);
	EQ(chdir("/"), 0);
	EQ(umount(DIR "/on"), 0);
}

/* --- Opening, in both forms ------------------------------------------------------------------- */

static int second_form;

static long opens(const char *path, uint64_t flags)
{
	int makes = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
	const uint64_t how[3] = { flags, makes ? 0600 : 0, 0 };

	return second_form ? syscall(SYS_openat2, AT_FDCWD, path, how, sizeof(how)) :
			     syscall(SYS_openat, AT_FDCWD, path, flags, how[1]);
}

static void opening(void)
{
	for (second_form = 0; second_form < 2; second_form++) {
		start();
		FAILS(opens("file", O_RDWR | O_CREAT | O_EXCL), EEXIST);
		FAILS(opens(".", O_RDWR), EISDIR);
		FAILS(opens(".", O_RDONLY | O_CREAT), EISDIR);
		FAILS(opens("file/", O_RDWR | O_CREAT), EISDIR);
		FAILS(opens("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
		FAILS(opens("/proc", O_RDWR | O_TMPFILE), EOPNOTSUPP);
		FAILS(opens("/proc/self/exe", O_WRONLY), ETXTBSY);
		FAILS(opens("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
		FAILS(opens("file", O_RDONLY | O_TMPFILE), EINVAL);
	}
	EQ(setuid(1000), 0);
	for (second_form = 0; second_form < 2; second_form++) {
		FAILS(opens("file", O_RDONLY | O_NOATIME), EPERM);
		OK(opens("file", O_RDONLY) >= 0);
	}
}

/* RESOLVE_CACHED: what has to be looked for elsewhere, or made, is not to be had so. */
static void only_cached(void)
{
	uint64_t how[3] = { O_RDONLY, 0, 0x20 };

	start();
	FAILS(syscall(SYS_openat2, AT_FDCWD, "unheard of", how, sizeof(how)), EAGAIN);
	how[0] = O_RDWR | O_CREAT;
	how[1] = 0600;
	FAILS(syscall(SYS_openat2, AT_FDCWD, "unheard of", how, sizeof(how)), EAGAIN);
	how[0] = O_RDWR | O_TRUNC;
	how[1] = 0;
	FAILS(syscall(SYS_openat2, AT_FDCWD, "file", how, sizeof(how)), EAGAIN);
}

static void no_more_descriptors(void)
{
	struct rlimit limit;
	int ends[2];
	int fd;

	start();
	fd = open("file", O_RDONLY);
	OK(fd >= 0);
	limit = (struct rlimit){ (rlim_t)fd + 1, 1024 };
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (second_form = 0; second_form < 2; second_form++)
		FAILS(opens("file", O_RDONLY), EMFILE);
	FAILS(dup(fd), EMFILE);
	FAILS(fcntl(fd, F_DUPFD, 0), EMFILE);
	FAILS(fcntl(fd, F_DUPFD_CLOEXEC, 0), EMFILE);
	FAILS(fcntl(fd, F_DUPFD, fd + 1), EINVAL);
	FAILS(syscall(SYS_dup3, fd, fd + 1, 0), EBADF);
	FAILS(syscall(SYS_memfd_create, "m", 0), EMFILE);
	FAILS(pipe(ends), EMFILE);
	close(fd);
	FAILS(pipe(ends), EMFILE);
	EQ(open("file", O_RDONLY), fd);
}

/* --- Open files ------------------------------------------------------------------------------- */

static void positions(void)
{
	const long most = 0x7fffffffffffffff;
	int fd;

	start();
	fd = open("file", O_RDWR);
	OK(fd >= 0);
	FAILS(lseek(fd, 0, 17), EINVAL);
	FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
	FAILS(lseek(fd, -11, SEEK_END), EINVAL);
	FAILS(lseek(fd, most, SEEK_END), EINVAL);
	EQ(lseek(fd, 5, SEEK_SET), 5);
	FAILS(lseek(fd, most, SEEK_CUR), EINVAL);
	FAILS(lseek(fd, 10, SEEK_DATA), ENXIO);
	FAILS(lseek(fd, 10, SEEK_HOLE), ENXIO);
	EQ(lseek(fd, 0, SEEK_CUR), 5);
}

static void not_for_such_a_file(void)
{
	int ends[2], null = open("/dev/null", O_RDWR), sealed;
	char name[40];

	OK(null >= 0);
	EQ(pipe(ends), 0);
	FAILS(fdatasync(ends[1]), EINVAL);
	FAILS(fsync(ends[1]), EINVAL);
	FAILS(syscall(SYS_sync_file_range, -1, 0, 0, 0), EBADF);
	FAILS(syscall(SYS_fallocate, null, 0, 0, 10), ENODEV);
	FAILS(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, ends[0], 0), ENODEV);
	sealed = (int)syscall(SYS_memfd_create, "m", 2 /* MFD_ALLOW_SEALING */);
	OK(sealed >= 0);
	EQ(write(sealed, "0123456789", 10), 10);
	EQ(fcntl(sealed, 1033 /* F_ADD_SEALS */, 2 /* F_SEAL_SHRINK */), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", sealed);
	FAILS(truncate(name, 1), EPERM);
}

/* --- What a signal cuts short ----------------------------------------------------------------- */

static void cut_short(void)
{
	struct timespec t = { 5, 0 };
	siginfo_t info;
	int ends[2];
	fd_set set;

	start();
	EQ(pipe(ends), 0);
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	handle(SIGUSR1, note, 0);
	CUT_SHORT(syscall(SYS_pselect6, ends[0] + 1, &set, NULL, NULL, NULL, NULL));
	CUT_SHORT(syscall(SYS_wait4, -1, NULL, 0, NULL));
	CUT_SHORT(syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL));
	CUT_SHORT(syscall(SYS_nanosleep, &t, NULL));
	CUT_SHORT(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &t, NULL));
	for (second_form = 0; second_form < 2; second_form++) {
		CUT_SHORT(opens("fifo", O_RDONLY));
		CUT_SHORT(opens("fifo", O_WRONLY));
	}
	OK(came >= 9);
}

static void clocks(void)
{
	const struct timespec good = { 0, 1 }, bad = { 0, 1000000000 }, before = { -1, 0 };

	FAILS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &bad, NULL), EINVAL);
	FAILS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &before, NULL), EINVAL);
	FAILS(syscall(SYS_clock_nanosleep, 77, 0, &good, NULL), EINVAL);
	FAILS(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &good, NULL), EOPNOTSUPP);
	FAILS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &good, NULL), EOPNOTSUPP);
	FAILS(syscall(SYS_clock_nanosleep, CLOCK_REALTIME_COARSE, 0, &good, NULL), EOPNOTSUPP);
	EQ(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &good, NULL), 0);
}

static const struct abi_case cases[] = {
	CASE(folder_that_is_gone), CASE(folder_that_is_too_deep), CASE(listings),
	CASE(names_that_are_taken), CASE(busy_folder), CASE(opening), CASE(only_cached),
	CASE(no_more_descriptors), CASE(positions), CASE(not_for_such_a_file), CASE(cut_short),
	CASE(clocks),
};

ABI_MAIN(cases)
