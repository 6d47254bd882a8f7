/* SPDX-License-Identifier: MIT */
/* Names: links, renaming, nodes, directories that paths begin at, roots and mounts. */
#include "abi.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#ifndef RENAME_NOREPLACE	/* musl has renameat2() no more than its flags */
#define RENAME_NOREPLACE	1
#define RENAME_EXCHANGE		2
#endif

#define DIR	"/tmp/abi_names"

static struct stat st;

/* Two directories, a and b, in the current one. */
static void begin(int *a, int *b)
{
	static const char *const names[] = {
		"a/f", "a/g", "a/l", "b/f", "b/g", "b/l", "f", "g",
	};

	EQ(chdir("/tmp"), 0);
	if (!mkdir(DIR, 0755))
		mkdir(DIR "/a", 0755), mkdir(DIR "/b", 0755);
	EQ(chdir(DIR), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	rmdir("a/d");
	rmdir("b/d");
	*a = open("a", O_RDONLY | O_DIRECTORY);
	*b = open("b", O_RDONLY | O_DIRECTORY);
	OK(*a >= 0 && *b >= 0);
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	OK(fd >= 0);
	EQ(write(fd, path, strlen(path)), strlen(path));
	close(fd);
}

static ino_t inode_of(const char *path)
{
	EQ(lstat(path, &st), 0);
	return st.st_ino;
}

static int is_there(const char *path)
{
	return !lstat(path, &st);
}

static void links(void)
{
	int a, b, fd;

	begin(&a, &b);
	touch("a/f");
	EQ(linkat(a, "f", b, "g", 0), 0);
	EQ(inode_of("a/f"), inode_of("b/g"));
	EQ(st.st_nlink, 2);
	EQ(linkat(a, "f", AT_FDCWD, "g", 0), 0);
	EQ(inode_of("a/f"), inode_of("g"));
	EQ(linkat(AT_FDCWD, "g", a, "g", 0), 0);
	EQ(inode_of("a/g"), inode_of("g"));
	EQ(st.st_nlink, 4);
	EQ(symlinkat("f", a, "l"), 0);
	EQ(linkat(a, "l", b, "l", 0), 0);
	OK(is_there("b/l") && S_ISLNK(st.st_mode));
	EQ(unlinkat(b, "l", 0), 0);
	EQ(linkat(a, "l", b, "l", AT_SYMLINK_FOLLOW), 0);
	OK(is_there("b/l") && S_ISREG(st.st_mode));
	fd = openat(a, "f", O_RDONLY);
	EQ(linkat(fd, "", b, "f", AT_EMPTY_PATH), 0);
	EQ(inode_of("b/f"), inode_of("a/f"));
	FAILS(linkat(a, "f", b, "g", 0), EEXIST);
	FAILS(linkat(a, "none", b, "d", 0), ENOENT);
	FAILS(linkat(a, "", b, "d", 0), ENOENT);
	FAILS(linkat(a, "f", b, "none/x", 0), ENOENT);
	FAILS(linkat(AT_FDCWD, "a", b, "d", 0), EPERM);
	FAILS(linkat(a, "f", b, "d", 1), EINVAL);
	FAILS(linkat(-1, "f", b, "d", 0), EBADF);
	FAILS(linkat(a, "f", -1, "d", 0), EBADF);
	FAILS(linkat(fd, "f", b, "d", 0), ENOTDIR);
	FAILS(linkat(a, "f", fd, "d", 0), ENOTDIR);
	FAILS(linkat(a, BAD, b, "d", 0), EFAULT);
	FAILS(linkat(a, "f", b, BAD, 0), EFAULT);
}

static void symbolic(void)
{
	char text[16];
	int a, b;

	begin(&a, &b);
	EQ(symlinkat("target", a, "l"), 0);
	EQ(readlinkat(a, "l", text, sizeof(text)), 6);
	EQ(memcmp(text, "target", 6), 0);
	EQ(readlinkat(AT_FDCWD, "a/l", text, 3), 3);
	FAILS(symlinkat("x", a, "l"), EEXIST);
	FAILS(symlinkat("", a, "g"), ENOENT);
	FAILS(symlinkat("x", a, ""), ENOENT);
	FAILS(symlinkat("x", a, "none/g"), ENOENT);
	FAILS(symlinkat("x", -1, "g"), EBADF);
	FAILS(symlinkat(BAD, a, "g"), EFAULT);
	FAILS(symlinkat("x", a, BAD), EFAULT);
	FAILS(openat(a, "l", O_RDONLY), ENOENT);
	EQ(symlinkat("l2", b, "l"), 0);
	EQ(symlinkat("l", b, "f"), 0);
	EQ(unlinkat(b, "l", 0), 0);
	EQ(symlinkat("f", b, "l"), 0);
	FAILS(openat(b, "l", O_RDONLY), ELOOP);
	FAILS(readlinkat(AT_FDCWD, "a", text, 3), EINVAL);
	FAILS(syscall(SYS_readlinkat, a, "l", text, 0), EINVAL);
}

/* Two names change places, whatever they are. */
static void exchanges(void)
{
	struct stat before, after;
	ino_t f, g, d;
	int a, b;

	begin(&a, &b);
	touch("a/f");
	touch("b/g");
	EQ(mkdir("a/d", 0755), 0);
	touch("a/d/x");
	f = inode_of("a/f");
	g = inode_of("b/g");
	d = inode_of("a/d");
	EQ(lstat("a", &before), 0);
	EQ(syscall(SYS_renameat2, a, "f", b, "g", RENAME_EXCHANGE), 0);
	EQ(inode_of("a/f"), g);
	EQ(inode_of("b/g"), f);
	EQ(syscall(SYS_renameat2, a, "f", a, "d", RENAME_EXCHANGE), 0);
	EQ(inode_of("a/d"), g);
	EQ(inode_of("a/f"), d);
	OK(is_there("a/f/x"));
	/* a directory for a file: links follow */
	EQ(syscall(SYS_renameat2, a, "f", b, "g", RENAME_EXCHANGE), 0);
	EQ(inode_of("b/g"), d);
	OK(is_there("b/g/x"));
	EQ(inode_of("a/f"), f);
	EQ(lstat("a", &after), 0);
	EQ(after.st_nlink, before.st_nlink - 1);
	EQ(syscall(SYS_renameat2, b, "g", b, "g", RENAME_EXCHANGE), 0);
	FAILS(syscall(SYS_renameat2, a, "f", b, "none", RENAME_EXCHANGE), ENOENT);
	FAILS(syscall(SYS_renameat2, a, "none", b, "g", RENAME_EXCHANGE), ENOENT);
	FAILS(syscall(SYS_renameat2, a, "f", AT_FDCWD, "b/g/x/y", RENAME_EXCHANGE), ENOTDIR);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "b", AT_FDCWD, "b/g", RENAME_EXCHANGE), EINVAL);
	FAILS(syscall(SYS_renameat2, AT_FDCWD, "b/g", AT_FDCWD, "b", RENAME_EXCHANGE), EINVAL);
	FAILS(syscall(SYS_renameat2, a, "f", b, ".", RENAME_EXCHANGE), EBUSY);
	FAILS(syscall(SYS_renameat2, a, "f/", b, "g", RENAME_EXCHANGE), ENOTDIR);
	FAILS(syscall(SYS_renameat2, a, "f", AT_FDCWD, "/proc/self", RENAME_EXCHANGE), EXDEV);
	EQ(unlink("a/f"), 0);
	EQ(unlink("a/d"), 0);
	EQ(unlink("b/g/x"), 0);
	EQ(rmdir("b/g"), 0);
}

static void renames(void)
{
	int a, b, fd;
	ino_t inode;

	begin(&a, &b);
	touch("a/f");
	inode = inode_of("a/f");
	EQ(renameat(a, "f", b, "g"), 0);
	EQ(inode_of("b/g"), inode);
	OK(!is_there("a/f"));
	EQ(renameat(b, "g", AT_FDCWD, "f"), 0);
	EQ(inode_of("f"), inode);
	EQ(renameat(AT_FDCWD, "f", a, "f"), 0);
	EQ(inode_of("a/f"), inode);
	touch("b/f");
	FAILS(syscall(SYS_renameat2, a, "f", b, "f", RENAME_NOREPLACE), EEXIST);
	EQ(syscall(SYS_renameat2, a, "f", b, "g", RENAME_NOREPLACE), 0);
	EQ(renameat(b, "g", b, "f"), 0);
	EQ(inode_of("b/f"), inode);
	EQ(mkdir("a/d", 0755), 0);
	EQ(renameat(a, "d", b, "d"), 0);
	EQ(lstat("a", &st), 0);
	EQ(mkdir("a/d", 0755), 0);
	EQ(renameat(b, "d", a, "d"), 0);
	FAILS(renameat(a, "d", b, "f"), ENOTDIR);
	FAILS(renameat(b, "f", a, "d"), EISDIR);
	touch("a/d/x");
	EQ(mkdir("b/d", 0755), 0);
	FAILS(renameat(b, "d", a, "d"), ENOTEMPTY);
	EQ(unlink("a/d/x"), 0);
	FAILS(renameat(AT_FDCWD, "a", AT_FDCWD, "a/d/x"), EINVAL);
	FAILS(renameat(a, "none", b, "x"), ENOENT);
	FAILS(renameat(a, ".", b, "x"), EBUSY);
	FAILS(syscall(SYS_renameat2, b, "f", b, "x", 1 << 10), EINVAL);
	FAILS(syscall(SYS_renameat2, b, "f", b, "x", RENAME_NOREPLACE | RENAME_EXCHANGE), EINVAL);
	fd = openat(b, "f", O_RDONLY);
	FAILS(renameat(-1, "f", b, "x"), EBADF);
	FAILS(renameat(a, "f", -1, "x"), EBADF);
	FAILS(renameat(fd, "f", b, "x"), ENOTDIR);
	FAILS(renameat(b, "f", fd, "x"), ENOTDIR);
	FAILS(renameat(b, BAD, b, "x"), EFAULT);
	FAILS(renameat(b, "f", b, BAD), EFAULT);
	EQ(rmdir("a/d"), 0);
	EQ(rmdir("b/d"), 0);
}

static void nodes(void)
{
	int a, b, fd;
	char c;

	begin(&a, &b);
	EQ(mknodat(a, "f", S_IFREG | 0600, 0), 0);
	OK(is_there("a/f") && S_ISREG(st.st_mode));
	EQ(mknodat(a, "g", S_IFCHR | 0600, makedev(1, 3)), 0);
	OK(is_there("a/g") && S_ISCHR(st.st_mode));
	EQ(st.st_rdev, makedev(1, 3));
	EQ(mkfifo("b/f", 0600), 0);
	OK(is_there("b/f") && S_ISFIFO(st.st_mode));
	EQ(mknodat(b, "g", 0600, 0), 0);
	OK(is_there("b/g") && S_ISREG(st.st_mode));
	fd = open("a/g", O_RDONLY);
	if (fd >= 0)		/* not where devices are not opened */
		EQ(read(fd, &c, 1), 0);
	EQ(mknodat(b, "l", S_IFSOCK | 0600, 0), 0);
	FAILS(openat(b, "l", O_RDONLY), ENXIO);
	FAILS(mknodat(a, "f", S_IFREG, 0), EEXIST);
	FAILS(mknodat(a, "x", S_IFDIR, 0), EPERM);
	FAILS(mknodat(a, "x", S_IFLNK, 0), EINVAL);
	FAILS(mknodat(a, "none/x", S_IFREG, 0), ENOENT);
	FAILS(mknodat(-1, "x", S_IFREG, 0), EBADF);
	FAILS(mknodat(a, BAD, S_IFREG, 0), EFAULT);
	unlink("b/l");
}

static void directories(void)
{
	char path[64];
	int a, b, fd;

	begin(&a, &b);
	EQ(fchdir(a), 0);
	EQ(getcwd(path, sizeof(path)) != NULL, 1);
	EQ(strcmp(path, DIR "/a"), 0);
	EQ(chdir(".."), 0);
	EQ(chdir("b/../b"), 0);
	EQ(getcwd(path, sizeof(path)) != NULL, 1);
	EQ(strcmp(path, DIR "/b"), 0);
	EQ(fchdir(open(DIR, O_PATH)), 0);
	FAILS(fchdir(-1), EBADF);
	fd = open("/dev/null", O_RDONLY);
	FAILS(fchdir(fd), ENOTDIR);
	FAILS(chdir("/dev/null"), ENOTDIR);
	FAILS(chdir("/tmp/none"), ENOENT);
	FAILS(chdir(BAD), EFAULT);
	FAILS(syscall(SYS_getcwd, path, 3), ERANGE);
	FAILS(syscall(SYS_getcwd, BAD, 64), EFAULT);
	EQ(mkdirat(a, "d", 0700), 0);
	FAILS(mkdirat(a, "d", 0700), EEXIST);
	FAILS(unlinkat(a, "d", 0), EISDIR);
	EQ(unlinkat(a, "d", AT_REMOVEDIR), 0);
	touch("a/f");
	FAILS(unlinkat(a, "f", AT_REMOVEDIR), ENOTDIR);
	FAILS(unlinkat(a, "f", 1), EINVAL);
	FAILS(unlinkat(a, "none", 0), ENOENT);
	FAILS(unlinkat(a, "", 0), ENOENT);
	FAILS(unlinkat(-1, "f", 0), EBADF);
	FAILS(rmdir("."), EINVAL);
	FAILS(rmdir("a/.."), ENOTEMPTY);
	FAILS(rmdir("a"), ENOTEMPTY);
}

static void other_root(void)
{
	char path[64];
	int a, b;

	begin(&a, &b);
	touch("a/f");
	FAILS(chroot("none"), ENOENT);
	FAILS(chroot("a/f"), ENOTDIR);
	FAILS(chroot(BAD), EFAULT);
	EQ(chroot("a"), 0);
	OK(is_there("/f"));
	OK(is_there("b"));		/* the current directory is where it was, outside */
	EQ(chdir("/"), 0);
	OK(is_there("../../f"));
	EQ(getcwd(path, sizeof(path)) != NULL, 1);
	EQ(strcmp(path, "/"), 0);
	EQ(symlink("/f", "/l"), 0);
	EQ(stat("/l", &st), 0);
	EQ(fchdir(b), 0);		/* who has a way out may go */
	OK(is_there("../a/f"));
}

static void mounts(void)
{
	int a, b, fd;

	begin(&a, &b);
	if (mount("none", "b", "tmpfs", 0, "size=64k") && errno == EPERM)
		return;			/* in a container */
	touch("b/f");
	EQ(mount("none", "a", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 0);
	FAILS(linkat(AT_FDCWD, "b/f", AT_FDCWD, "a/f", 0), EXDEV);
	FAILS(rename("b/f", "a/f"), EXDEV);
	FAILS(rmdir("a"), EBUSY);
	FAILS(rename("a", "f"), EBUSY);
	EQ(mknod("a/g", S_IFCHR | 0666, makedev(1, 3)), 0);
	FAILS(open("a/g", O_RDONLY), EACCES);
	touch("a/f");
	EQ(chmod("a/f", 0755), 0);
	FAILS(execl("a/f", "f", NULL), EACCES);
	FAILS(access("a/f", X_OK), EACCES);
	fd = open("a/f", O_RDONLY);
	FAILS(umount("a"), EBUSY);
	close(fd);
	FAILS(umount("a/f"), EINVAL);
	FAILS(umount2("a", 1 << 10), EINVAL);
	EQ(symlink("a", "g"), 0);
	FAILS(umount2("g", UMOUNT_NOFOLLOW), EINVAL);
	EQ(umount2("g", 0), 0);
	EQ(unlink("g"), 0);
	EQ(umount2("b", 0), 0);
	EQ(mount("none", "a", "tmpfs", MS_RDONLY, NULL), 0);
	FAILS(open("a/f", O_WRONLY | O_CREAT, 0644), EROFS);
	FAILS(mkdir("a/d", 0755), EROFS);
	FAILS(access("a", W_OK), EROFS);
	FAILS(chmod("a", 0700), EROFS);
	FAILS(utimensat(AT_FDCWD, "a", NULL, 0), EROFS);
	EQ(umount("a"), 0);
	touch("f");
	FAILS(mount("none", "f", "tmpfs", 0, NULL), ENOTDIR);
	FAILS(mount("none", "none", "tmpfs", 0, NULL), ENOENT);
	FAILS(mount("none", "a", "nothing", 0, NULL), ENODEV);
	FAILS(mount("none", "a", "tmpfs", 0, "bogus=1"), EINVAL);
	FAILS(mount("none", BAD, "tmpfs", 0, NULL), EFAULT);
	FAILS(mount("none", "a", BAD, 0, NULL), EFAULT);
	FAILS(umount("a"), EINVAL);
	FAILS(umount("none"), ENOENT);
	FAILS(umount(BAD), EFAULT);
}

static const struct abi_case cases[] = {
	CASE(links), CASE(symbolic), CASE(renames), CASE(exchanges), CASE(nodes), CASE(directories),
	CASE(other_root), CASE(mounts),
};

ABI_MAIN(cases)
