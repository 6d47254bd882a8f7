/* SPDX-License-Identifier: MIT */
/* What is known of files: chmod, chown, utimensat, stat and statx, access, umask, statfs. */
#include "abi.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#ifndef STATX_BASIC_STATS
#include <linux/stat.h>		/* older C libraries do not have it */
#endif
#define statx(...)	syscall(SYS_statx, __VA_ARGS__)

#define NAME	"/tmp/abi_attr"
#define LINK	"/tmp/abi_attr_link"

static struct stat st;

static int make(void)
{
	int fd;

	unlink(NAME);
	unlink(LINK);
	fd = open(NAME, O_RDWR | O_CREAT | O_EXCL, 0644);
	OK(fd >= 0);
	EQ(symlink(NAME, LINK), 0);
	return fd;
}

static unsigned int mode_of(const char *path)
{
	EQ(lstat(path, &st), 0);
	return st.st_mode;
}

static void permissions(void)
{
	int fd = make(), dir = open("/tmp", O_RDONLY | O_DIRECTORY);

	EQ(chmod(NAME, 0600), 0);
	EQ(mode_of(NAME), S_IFREG | 0600);
	EQ(chmod(LINK, 04751), 0);
	EQ(mode_of(NAME), S_IFREG | 04751);
	EQ(mode_of(LINK), S_IFLNK | 0777);
	EQ(fchmod(fd, 01777), 0);
	EQ(mode_of(NAME), S_IFREG | 01777);
	EQ(fchmodat(dir, "abi_attr", 0640, 0), 0);
	EQ(mode_of(NAME), S_IFREG | 0640);
	EQ(fchmod(fd, 0170600), 0);	/* the kind does not count */
	EQ(mode_of(NAME), S_IFREG | 0600);
	FAILS(chmod("/tmp/abi_none", 0600), ENOENT);
	FAILS(chmod(NAME "/x", 0600), ENOTDIR);
	FAILS(chmod(BAD, 0600), EFAULT);
	FAILS(fchmod(-1, 0600), EBADF);
	FAILS(fchmodat(-1, "x", 0600, 0), EBADF);
	FAILS(fchmodat(fd, "x", 0600, 0), ENOTDIR);
}

static void owners(void)
{
	int fd = make(), dir = open("/tmp", O_RDONLY | O_DIRECTORY);

	EQ(chown(LINK, 1, 2), 0);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_uid, 1);
	EQ(st.st_gid, 2);
	EQ(lchown(LINK, 3, 4), 0);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_uid, 1);
	EQ(lstat(LINK, &st), 0);
	EQ(st.st_uid, 3);
	EQ(st.st_gid, 4);
	EQ(fchown(fd, -1, 5), 0);
	EQ(fchownat(dir, "abi_attr", 6, -1, 0), 0);
	EQ(fchownat(fd, "", 7, -1, AT_EMPTY_PATH), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_uid, 7);
	EQ(st.st_gid, 5);
	EQ(fchmod(fd, 06755), 0);
	EQ(fchown(fd, 8, -1), 0);
	EQ(mode_of(NAME), S_IFREG | 0755);
	EQ(fchmod(fd, 06745), 0);
	EQ(fchown(fd, -1, -1), 0);
	OK(!(mode_of(NAME) & S_ISUID));
	FAILS(chown("/tmp/abi_none", 0, 0), ENOENT);
	FAILS(fchown(-1, 0, 0), EBADF);
	FAILS(fchownat(dir, "abi_attr", 0, 0, 1), EINVAL);
	FAILS(fchownat(dir, "", 0, 0, 0), ENOENT);
	FAILS(fchownat(-1, "", 0, 0, AT_EMPTY_PATH), EBADF);
	FAILS(fchownat(dir, BAD, 0, 0, 0), EFAULT);
}

static void times(void)
{
	struct timespec t[2] = { { 1000, 5 }, { 2000, 7 } }, before, after;
	int fd = make();

	EQ(utimensat(AT_FDCWD, NAME, t, 0), 0);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_atim.tv_sec, 1000);
	EQ(st.st_atim.tv_nsec, 5);
	EQ(st.st_mtim.tv_sec, 2000);
	EQ(st.st_mtim.tv_nsec, 7);
	t[0] = (struct timespec){ 0, UTIME_OMIT };
	t[1] = (struct timespec){ 3000, 0 };
	EQ(futimens(fd, t), 0);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_atim.tv_sec, 1000);
	EQ(st.st_mtim.tv_sec, 3000);
	t[0] = (struct timespec){ 4000, 0 };
	EQ(utimensat(AT_FDCWD, LINK, t, AT_SYMLINK_NOFOLLOW), 0);
	EQ(lstat(LINK, &st), 0);
	EQ(st.st_mtim.tv_sec, 3000);
	EQ(stat(LINK, &st), 0);
	EQ(st.st_atim.tv_sec, 1000);
	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	t[0] = (struct timespec){ 0, UTIME_NOW };
	t[1] = (struct timespec){ 0, UTIME_OMIT };
	EQ(utimensat(AT_FDCWD, NAME, t, 0), 0);
	EQ(utimensat(AT_FDCWD, LINK, NULL, 0), 0);
	clock_gettime(CLOCK_REALTIME, &after);
	EQ(stat(NAME, &st), 0);
	OK(st.st_mtim.tv_sec >= before.tv_sec && st.st_mtim.tv_sec <= after.tv_sec);
	OK(st.st_atim.tv_sec >= before.tv_sec && st.st_atim.tv_sec <= after.tv_sec);
	t[0].tv_nsec = UTIME_OMIT;
	EQ(utimensat(AT_FDCWD, "/tmp/abi_none", t, 0), 0);	/* not even looked at */
	t[0].tv_nsec = 1000000000;
	FAILS(utimensat(AT_FDCWD, NAME, t, 0), EINVAL);
	t[0].tv_nsec = -1;
	FAILS(utimensat(AT_FDCWD, NAME, t, 0), EINVAL);
	FAILS(syscall(SYS_utimensat, AT_FDCWD, NAME, BAD, 0), EFAULT);
	FAILS(utimensat(AT_FDCWD, NAME, NULL, 1), EINVAL);
	FAILS(utimensat(AT_FDCWD, "/tmp/abi_none", NULL, 0), ENOENT);
	FAILS(syscall(SYS_utimensat, AT_FDCWD, NULL, NULL, 0), EFAULT);
	FAILS(syscall(SYS_utimensat, -1, NULL, NULL, 0), EBADF);
}

static void changes_show(void)
{
	struct timespec t[2] = { { 1000, 0 }, { 1000, 0 } };
	int fd = make();

	EQ(futimens(fd, t), 0);
	EQ(write(fd, "x", 1), 1);
	EQ(fstat(fd, &st), 0);
	OK(st.st_mtim.tv_sec != 1000);
	EQ(futimens(fd, t), 0);
	EQ(ftruncate(fd, 5), 0);
	EQ(fstat(fd, &st), 0);
	OK(st.st_mtim.tv_sec != 1000);
	EQ(futimens(fd, t), 0);
	EQ(fchmod(fd, 0600), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_mtim.tv_sec, 1000);
	OK(st.st_ctim.tv_sec != 1000);
}

static void extended_stat(void)
{
	int fd = make(), dir = open("/tmp", O_RDONLY | O_DIRECTORY);
	struct statx x;

	EQ(write(fd, "12345", 5), 5);
	EQ(chown(NAME, 11, 12), 0);
	EQ(stat(NAME, &st), 0);
	EQ(statx(AT_FDCWD, NAME, 0, STATX_BASIC_STATS, &x), 0);
	EQ(x.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
	EQ(x.stx_size, 5);
	EQ(x.stx_mode, S_IFREG | 0644);
	EQ(x.stx_uid, 11);
	EQ(x.stx_gid, 12);
	EQ(x.stx_nlink, 1);
	EQ(x.stx_ino, st.st_ino);
	EQ(makedev(x.stx_dev_major, x.stx_dev_minor), st.st_dev);
	EQ(x.stx_mtime.tv_sec, st.st_mtim.tv_sec);
	EQ(x.stx_mtime.tv_nsec, st.st_mtim.tv_nsec);
	EQ(x.stx_blksize, st.st_blksize);
	EQ(x.stx_blocks, st.st_blocks);
	EQ(statx(dir, "abi_attr_link", AT_SYMLINK_NOFOLLOW, 0, &x), 0);
	EQ(x.stx_mode & S_IFMT, S_IFLNK);
	EQ(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x), 0);
	EQ(x.stx_size, 5);
	EQ(statx(AT_FDCWD, "/dev/null", 0, STATX_BASIC_STATS, &x), 0);
	EQ(x.stx_rdev_major, 1);
	EQ(x.stx_rdev_minor, 3);
	FAILS(statx(AT_FDCWD, "/tmp/abi_none", 0, 0, &x), ENOENT);
	FAILS(statx(AT_FDCWD, NAME, 0x40000, 0, &x), EINVAL);
	FAILS(statx(AT_FDCWD, NAME, AT_STATX_SYNC_TYPE, 0, &x), EINVAL);
	FAILS(statx(AT_FDCWD, NAME, 0, 0x80000000, &x), EINVAL);
	FAILS(statx(-1, "x", 0, 0, &x), EBADF);
	FAILS(statx(fd, "x", 0, 0, &x), ENOTDIR);
	FAILS(statx(AT_FDCWD, BAD, 0, 0, &x), EFAULT);
	FAILS(statx(AT_FDCWD, NAME, 0, 0, BAD), EFAULT);
}

static void older_stat(void)
{
	int fd = make();

	EQ(fstatat(fd, "", &st, AT_EMPTY_PATH), 0);
	OK(S_ISREG(st.st_mode));
	EQ(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH), 0);
	OK(S_ISDIR(st.st_mode));
	FAILS(fstatat(AT_FDCWD, "", &st, 0), ENOENT);
	FAILS(syscall(SYS_newfstatat, AT_FDCWD, NAME, &st, 0x40000), EINVAL);
	FAILS(syscall(SYS_newfstatat, AT_FDCWD, NAME, BAD, 0), EFAULT);
	FAILS(syscall(SYS_fstat, -1, &st), EBADF);
	FAILS(syscall(SYS_fstat, fd, BAD), EFAULT);
}

static void access_as_root(void)
{
	int fd = make(), dir = open("/tmp", O_RDONLY | O_DIRECTORY);

	EQ(fchmod(fd, 0), 0);
	EQ(access(NAME, F_OK), 0);
	EQ(access(NAME, R_OK | W_OK), 0);
	FAILS(access(NAME, X_OK), EACCES);
	EQ(fchmod(fd, 0001), 0);
	EQ(access(NAME, X_OK), 0);
	EQ(access("/tmp", R_OK | W_OK | X_OK), 0);
	EQ(syscall(SYS_faccessat, dir, "abi_attr", R_OK), 0);
	EQ(syscall(SYS_faccessat2, dir, "abi_attr", R_OK, AT_EACCESS), 0);
	EQ(syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH), 0);
	EQ(unlink(NAME), 0);
	FAILS(access(NAME, F_OK), ENOENT);
	FAILS(access(LINK, F_OK), ENOENT);
	EQ(syscall(SYS_faccessat2, AT_FDCWD, LINK, F_OK, AT_SYMLINK_NOFOLLOW), 0);
	FAILS(syscall(SYS_faccessat, AT_FDCWD, "/tmp", 8), EINVAL);
	FAILS(syscall(SYS_faccessat2, AT_FDCWD, "/tmp", 0, 1), EINVAL);
	FAILS(access(BAD, F_OK), EFAULT);
	FAILS(syscall(SYS_faccessat, -1, "x", R_OK), EBADF);
}

static void mask(void)
{
	mode_t before = umask(027);

	make();
	EQ(umask(before), 027);
	EQ(mode_of(NAME), S_IFREG | 0640);
	rmdir("/tmp/abi_dir");
	umask(0777777);
	EQ(umask(0), 0777);
	EQ(mkdir("/tmp/abi_dir", 0777), 0);
	EQ(mode_of("/tmp/abi_dir") & 07777, 0777);
	rmdir("/tmp/abi_dir");
}

static void filesystem(void)
{
	int fd = make();
	struct statfs a, b;

	EQ(statfs(NAME, &a), 0);
	EQ(fstatfs(fd, &b), 0);
	EQ(a.f_type, b.f_type);
	EQ(a.f_namelen, 255);
	OK(a.f_bsize > 0 && a.f_blocks >= a.f_bfree && a.f_bfree >= a.f_bavail);
	EQ(memcmp(&a.f_fsid, &b.f_fsid, sizeof(a.f_fsid)), 0);
	EQ(statfs("/proc", &a), 0);
	EQ(a.f_type, 0x9fa0);
	FAILS(statfs("/tmp/abi_none", &a), ENOENT);
	FAILS(statfs(NAME "/x", &a), ENOTDIR);
	FAILS(syscall(SYS_statfs, NAME, BAD), EFAULT);
	FAILS(statfs(BAD, &a), EFAULT);
	FAILS(fstatfs(-1, &a), EBADF);
	FAILS(syscall(SYS_fstatfs, fd, BAD), EFAULT);
	unlink(NAME);
	unlink(LINK);
}

static const struct abi_case cases[] = {
	CASE(permissions), CASE(owners), CASE(times), CASE(changes_show), CASE(extended_stat),
	CASE(older_stat), CASE(access_as_root), CASE(mask), CASE(filesystem),
};

ABI_MAIN(cases)
