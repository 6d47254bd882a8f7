/* SPDX-License-Identifier: MIT */
/* What is wrong with a path is told alike by all calls that take one; a read-only filesystem. */
#include "abi.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef RENAME_NOREPLACE	/* musl has none of these */
#define RENAME_NOREPLACE	1
#define RENAME_EXCHANGE		2
#endif

#define DIR	"/tmp/abi_paths"

static char buffer[4096];
static char *const no_strings[] = { NULL };

static long at_mknodat(int at, const char *path)
{
	return syscall(SYS_mknodat, at, path, S_IFIFO | 0600, 0);
}

static long at_mkdirat(int at, const char *path)
{
	return syscall(SYS_mkdirat, at, path, 0700);
}

static long at_unlinkat(int at, const char *path)
{
	return syscall(SYS_unlinkat, at, path, 0);
}

static long at_rmdir(int at, const char *path)
{
	return syscall(SYS_unlinkat, at, path, AT_REMOVEDIR);
}

static long at_symlinkat(int at, const char *path)
{
	return syscall(SYS_symlinkat, "target", at, path);
}

static long at_linkat(int at, const char *path)
{
	return syscall(SYS_linkat, at, path, AT_FDCWD, "new", 0);
}

static long at_linkat_to(int at, const char *path)
{
	return syscall(SYS_linkat, AT_FDCWD, "file", at, path, 0);
}

static long at_renameat(int at, const char *path)
{
	return syscall(SYS_renameat, at, path, AT_FDCWD, "new");
}

static long at_renameat_to(int at, const char *path)
{
	return syscall(SYS_renameat, AT_FDCWD, "file", at, path);
}

static long at_renameat2(int at, const char *path)
{
	return syscall(SYS_renameat2, at, path, AT_FDCWD, "new", RENAME_NOREPLACE);
}

static long at_renameat2_to(int at, const char *path)
{
	return syscall(SYS_renameat2, AT_FDCWD, "file", at, path, RENAME_NOREPLACE);
}

static long at_exchange(int at, const char *path)
{
	return syscall(SYS_renameat2, AT_FDCWD, "file", at, path, RENAME_EXCHANGE);
}

static long at_faccessat(int at, const char *path)
{
	return syscall(SYS_faccessat, at, path, F_OK);
}

static long at_faccessat2(int at, const char *path)
{
	return syscall(SYS_faccessat2, at, path, F_OK, AT_EACCESS);
}

static long at_fchmodat(int at, const char *path)
{
	return syscall(SYS_fchmodat, at, path, 0700);
}

static long at_fchownat(int at, const char *path)
{
	return syscall(SYS_fchownat, at, path, 0, 0, 0);
}

static long at_openat(int at, const char *path)
{
	return syscall(SYS_openat, at, path, O_RDONLY, 0);
}

static long at_make(int at, const char *path)
{
	return syscall(SYS_openat, at, path, O_RDWR | O_CREAT, 0600);
}

static long open2(int at, const char *path, uint64_t flags, uint64_t mode)
{
	const uint64_t how[3] = { flags, mode, 0 };

	return syscall(SYS_openat2, at, path, how, sizeof(how));
}

static long at_openat2(int at, const char *path)
{
	return open2(at, path, O_RDONLY, 0);
}

static long at_readlinkat(int at, const char *path)
{
	return syscall(SYS_readlinkat, at, path, buffer, sizeof(buffer));
}

static long at_newfstatat(int at, const char *path)
{
	return syscall(SYS_newfstatat, at, path, buffer, 0);
}

static long at_statx(int at, const char *path)
{
	return syscall(SYS_statx, at, path, 0, 0x7ff, buffer);
}

static long at_utimensat(int at, const char *path)
{
	return syscall(SYS_utimensat, at, path, NULL, 0);
}

static long at_execveat(int at, const char *path)
{
	return syscall(SYS_execveat, at, path, no_strings, no_strings, 0);
}

/* --- Those that have no descriptor of a folder ------------------------------------------------ */

static long do_umount2(int at, const char *path)
{
	(void)at;
	return syscall(SYS_umount2, path, 0);
}

static long do_mount(int at, const char *path)
{
	(void)at;
	return syscall(SYS_mount, "none", path, "tmpfs", 0, NULL);
}

static long do_statfs(int at, const char *path)
{
	(void)at;
	return syscall(SYS_statfs, path, buffer);
}

static long do_truncate(int at, const char *path)
{
	(void)at;
	return syscall(SYS_truncate, path, 0);
}

static long do_chdir(int at, const char *path)
{
	(void)at;
	return syscall(SYS_chdir, path);
}

static long do_chroot(int at, const char *path)
{
	(void)at;
	return syscall(SYS_chroot, path);
}

static long do_execve(int at, const char *path)
{
	(void)at;
	return syscall(SYS_execve, path, no_strings, no_strings);
}

struct path_call {
	const char *name;
	long (*call)(int at, const char *path);
};

#define CALL(function)	{ #function, function }

static const struct path_call at_calls[] = {
	CALL(at_mknodat), CALL(at_mkdirat), CALL(at_unlinkat), CALL(at_rmdir), CALL(at_symlinkat),
	CALL(at_linkat), CALL(at_linkat_to), CALL(at_renameat), CALL(at_renameat_to),
	CALL(at_renameat2), CALL(at_renameat2_to), CALL(at_exchange), CALL(at_faccessat),
	CALL(at_faccessat2), CALL(at_fchmodat), CALL(at_fchownat), CALL(at_openat), CALL(at_make),
	CALL(at_openat2), CALL(at_readlinkat), CALL(at_newfstatat), CALL(at_statx),
	CALL(at_utimensat), CALL(at_execveat),
};

static const struct path_call calls[] = {
	CALL(do_umount2), CALL(do_mount), CALL(do_statfs), CALL(do_truncate), CALL(do_chdir),
	CALL(do_chroot), CALL(do_execve),
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* --- What is wrong ---------------------------------------------------------------------------- */

static void start(void)
{
	int fd;

	mkdir(DIR, 0777);
	OK(!chmod(DIR, 0777));
	EQ(chdir(DIR), 0);
	mkdir("closed", 0700);
	mkdir("ro", 0755);
	if (access("loop", F_OK))
		symlink("loop", "loop");
	fd = open("file", O_RDWR | O_CREAT, 0666);
	OK(fd >= 0);
	close(fd);
}

static void fails(const struct path_call *c, int at, const char *path, int error)
{
	long got;

	errno = 0;
	got = c->call(at, path);
	if (got == -1 && errno == error)
		return;
	printf("%s wants %s: ", c->name, strerror(error));
	abi_fail(__LINE__, path == BAD ? "a bad address" : path, got, errno);
}

static void all_fail(const char *path, int error)
{
	for (size_t i = 0; i < COUNT(at_calls); i++)
		fails(&at_calls[i], AT_FDCWD, path, error);
	for (size_t i = 0; i < COUNT(calls); i++)
		fails(&calls[i], AT_FDCWD, path, error);
}

static void paths_that_lead_nowhere(void)
{
	start();
	all_fail(BAD, EFAULT);
	all_fail("", ENOENT);
	all_fail("none/x", ENOENT);
	all_fail("file/x", ENOTDIR);
	all_fail("loop/x", ELOOP);
}

static void paths_that_are_too_long(void)
{
	static char name[257], path[4097];

	start();
	memset(name, 'x', 256);
	all_fail(name, ENAMETOOLONG);
	memset(path, '/', 4095);
	path[4095] = 'x';
	all_fail(path, ENAMETOOLONG);
}

static void folders_that_are_closed(void)
{
	start();
	/* of files user 1000's may be touched alone; all else is user 0's yet */
	setfsuid(1000);
	for (size_t i = 0; i < COUNT(at_calls); i++)
		if (at_calls[i].call != at_faccessat)	/* it goes by the user that was before */
			fails(&at_calls[i], AT_FDCWD, "closed/x", EACCES);
	for (size_t i = 0; i < COUNT(calls); i++)
		fails(&calls[i], AT_FDCWD, "closed/x", EACCES);
}

static void folders_that_are_none(void)
{
	int fd;

	start();
	fd = open("file", O_RDONLY);
	OK(fd >= 0);
	for (size_t i = 0; i < COUNT(at_calls); i++) {
		fails(&at_calls[i], fd, "x", ENOTDIR);
		fails(&at_calls[i], -1, "x", EBADF);
		fails(&at_calls[i], 1000, "x", EBADF);
	}
}

/* --- What nobody can write to ----------------------------------------------------------------- */

static long link_within(int at, const char *path)
{
	return syscall(SYS_linkat, at, ".", at, path, 0);
}

static long rename_within(int at, const char *path)
{
	return syscall(SYS_renameat, at, "other", at, path);
}

static long rename2_within(int at, const char *path)
{
	return syscall(SYS_renameat2, at, "other", at, path, 0);
}

static long make2(int at, const char *path)
{
	return open2(at, path, O_RDWR | O_CREAT, 0600);
}

static const struct path_call makers[] = {
	CALL(at_mknodat), CALL(at_mkdirat), CALL(at_unlinkat), CALL(at_rmdir), CALL(at_symlinkat),
	CALL(link_within), CALL(rename_within), CALL(rename2_within), CALL(at_make), CALL(make2),
};

static void to_read_only(void)
{
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
	int fd;

	start();
	EQ(mount("none", "ro", "tmpfs", MS_RDONLY, NULL), 0);
	fd = open("ro", O_RDONLY);
	OK(fd >= 0);
	for (size_t i = 0; i < COUNT(makers); i++)
		fails(&makers[i], fd, "x", EROFS);
	FAILS(open("ro", O_RDWR | O_TMPFILE, 0600), EROFS);
	FAILS(open2(fd, ".", O_RDWR | O_TMPFILE, 0600), EROFS);
	FAILS(syscall(SYS_faccessat, fd, ".", W_OK), EROFS);
	FAILS(syscall(SYS_faccessat2, fd, ".", W_OK, AT_EACCESS), EROFS);
	EQ(syscall(SYS_faccessat2, fd, ".", R_OK | X_OK, AT_EACCESS), 0);
	FAILS(fchmod(fd, 0700), EROFS);
	FAILS(syscall(SYS_fchmodat, fd, ".", 0700), EROFS);
	FAILS(fchown(fd, 1, 1), EROFS);
	FAILS(fchownat(fd, ".", 1, 1, 0), EROFS);
	FAILS(utimensat(fd, ".", times, 0), EROFS);
	FAILS(futimens(fd, times), EROFS);
	close(fd);
	EQ(umount("ro"), 0);
}

static const struct abi_case cases[] = {
	CASE(paths_that_lead_nowhere), CASE(paths_that_are_too_long), CASE(folders_that_are_closed),
	CASE(folders_that_are_none), CASE(to_read_only),
};

ABI_MAIN(cases)
