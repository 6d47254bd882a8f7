/* SPDX-License-Identifier: MIT */
/*
 * Names in /proc that lead to the very file, whatever its name is now: descriptors, the program,
 * the current directory, the root; and the links to them in /dev.
 */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#define NAME	"/tmp/abi_magic"

/* The name of descriptor @fd of the calling process. */
static const char *fd_name(int fd)
{
	static char names[4][64];
	static unsigned int n;
	char *name = names[n++ % 4];

	sprintf(name, "/proc/self/fd/%d", fd);
	return name;
}

static const char *text_of(int fd)
{
	static char text[300];
	ssize_t n = readlink(fd_name(fd), text, sizeof(text) - 1);

	OK(n > 0);
	text[n] = 0;
	return text;
}

static ino_t inode_of(int fd)
{
	struct stat st;

	EQ(fstat(fd, &st), 0);
	return st.st_ino;
}

/* Either end leads to either side of the pipe, and nobody waits for anybody. */
static void pipes(void)
{
	int p[2], r, w, both;
	char c = 0, text[64];
	struct stat st;

	EQ(pipe(p), 0);
	EQ(inode_of(p[0]), inode_of(p[1]));
	sprintf(text, "pipe:[%lu]", (unsigned long)inode_of(p[0]));
	EQ(strcmp(text_of(p[0]), text), 0);
	r = open(fd_name(p[1]), O_RDONLY);
	w = open(fd_name(p[0]), O_WRONLY | O_CLOEXEC);
	OK(r >= 0 && w >= 0);
	EQ(fcntl(w, F_GETFD), FD_CLOEXEC);
	EQ(inode_of(r), inode_of(p[0]));
	EQ(strcmp(text_of(r), text), 0);
	EQ(write(w, "x", 1), 1);
	EQ(read(r, &c, 1), 1);
	EQ(c, 'x');
	FAILS(read(w, &c, 1), EBADF);
	FAILS(lseek(r, 0, SEEK_CUR), ESPIPE);
	both = open(fd_name(w), O_RDWR | O_NONBLOCK);
	OK(both >= 0);
	FAILS(read(both, &c, 1), EAGAIN);
	EQ(write(both, "y", 1), 1);
	EQ(read(p[0], &c, 1), 1);
	/* the end comes when all who write have gone, whoever opened them */
	close(p[1]);
	close(both);
	EQ(write(w, "z", 1), 1);
	close(w);
	EQ(read(r, &c, 1), 1);
	EQ(read(r, &c, 1), 0);
	EQ(stat(fd_name(r), &st), 0);
	OK(S_ISFIFO(st.st_mode));
	/* without anybody who writes it is not waited for either, and one comes back */
	w = open(fd_name(r), O_WRONLY);
	OK(w >= 0);
	close(r);
	close(p[0]);
	r = open(fd_name(w), O_RDONLY);
	OK(r >= 0);
	EQ(write(w, "1", 1), 1);
	EQ(read(r, &c, 1), 1);
}

static void poll_pipes(void)
{
	struct pollfd one = { .events = POLLIN };
	int p[2];

	EQ(pipe(p), 0);
	one.fd = open(fd_name(p[0]), O_RDONLY);
	EQ(poll(&one, 1, 0), 0);
	EQ(write(p[1], "x", 1), 1);
	EQ(poll(&one, 1, 1000), 1);
	EQ(one.revents, POLLIN);
	close(p[1]);
	EQ(poll(&one, 1, 1000), 1);
	EQ(one.revents, POLLIN | POLLHUP);
}

/* A file has a position of its own for each who opens it; what is removed can be opened too. */
static void files(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600), again;
	char text[20] = "";
	struct stat st;

	EQ(write(fd, "contents", 8), 8);
	EQ(strcmp(text_of(fd), NAME), 0);
	EQ(unlink(NAME), 0);
	OK(strstr(text_of(fd), "(deleted)") != NULL);
	again = open(fd_name(fd), O_RDONLY);
	OK(again >= 0);
	EQ(inode_of(again), inode_of(fd));
	EQ(read(again, text, sizeof(text)), 8);
	EQ(memcmp(text, "contents", 8), 0);
	EQ(lseek(fd, 0, SEEK_CUR), 8);
	FAILS(write(again, "x", 1), EBADF);
	EQ(truncate(fd_name(fd), 4), 0);
	EQ(stat(fd_name(fd), &st), 0);
	EQ(st.st_size, 4);
	EQ(chmod(fd_name(fd), 0640), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_mode & 0777, 0640);
	again = open(fd_name(fd), O_RDWR | O_CREAT | O_TRUNC, 0600);
	OK(again >= 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_size, 0);
	FAILS(open(fd_name(fd), O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	FAILS(open(fd_name(fd), O_RDONLY | O_NOFOLLOW), ELOOP);
	FAILS(open(fd_name(fd), O_RDONLY | O_DIRECTORY), ENOTDIR);
	EQ(lstat(fd_name(fd), &st), 0);
	OK(S_ISLNK(st.st_mode));
	EQ(st.st_mode & 0777, 0700);
	close(again);
}

static void errors(void)
{
	int fd = open("/dev/null", O_RDONLY);
	char name[64], text[8];

	strcpy(name, fd_name(fd));
	close(fd);
	FAILS(open(name, O_RDONLY), ENOENT);
	FAILS(readlink(name, text, sizeof(text)), ENOENT);
	FAILS(access(name, F_OK), ENOENT);
	FAILS(open("/proc/self/fd/x", O_RDONLY), ENOENT);
	FAILS(open("/proc/self/fd/00", O_RDONLY), ENOENT);
	FAILS(open("/proc/self/fd/-1", O_RDONLY), ENOENT);
	FAILS(open("/proc/self/fd/99999999999", O_RDONLY), ENOENT);
	fd = open("/dev/null", O_RDONLY);
	strcat(strcpy(name, fd_name(fd)), "/x");
	FAILS(open(name, O_RDONLY), ENOTDIR);
	strcat(strcpy(name, fd_name(fd)), "/");
	FAILS(open(name, O_RDONLY), ENOTDIR);
	FAILS(unlink(fd_name(fd)), EPERM);
	FAILS(symlink("x", "/proc/self/fd/100"), ENOENT);
}

/* What may be done with the file is asked again: the descriptor's rights are not inherited. */
static void rights(void)
{
	int r = open(NAME, O_RDONLY | O_CREAT | O_TRUNC, 0400), w = open(NAME, O_WRONLY), p[2];
	char name[64], text[64];

	OK(r >= 0 && w >= 0);
	EQ(unlink(NAME), 0);
	EQ(pipe(p), 0);
	EQ(fchown(r, 1000, 1000), 0);
	EQ(setresgid(1000, 1000, 1000), 0);
	EQ(setresuid(1000, 1000, 1000), 0);
	FAILS(open(fd_name(r), O_WRONLY), EACCES);
	OK(open(fd_name(w), O_RDONLY) >= 0);
	/* the pipe is root's */
	FAILS(open(fd_name(p[0]), O_RDONLY), EACCES);
	EQ(pipe(p), 0);
	OK(open(fd_name(p[0]), O_RDONLY) >= 0);
	/* and so is the parent */
	sprintf(name, "/proc/%d/fd/0", getppid());
	FAILS(open(name, O_RDONLY), EACCES);
	sprintf(name, "/proc/%d/exe", getppid());
	FAILS(readlink(name, text, sizeof(text)), EACCES);
	sprintf(name, "/proc/%d/cwd", getppid());
	FAILS(chdir(name), EACCES);
}

static void others(void)
{
	int p[2], fd, status;
	char name[64], c = 0;
	pid_t pid;

	EQ(pipe(p), 0);
	pid = fork();
	if (!pid) {
		EQ(chdir("/tmp"), 0);
		EQ(read(p[0], &c, 1), 1);
		_exit(c);
	}
	sprintf(name, "/proc/%d/fd/%d", pid, p[1]);
	fd = open(name, O_WRONLY);
	OK(fd >= 0);
	EQ(write(fd, "a", 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 'a');
	FAILS(open(name, O_WRONLY), ENOENT);
}

static void directories(void)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY), root = open("/", O_PATH);
	struct stat here, there;
	char name[64], text[64];

	OK(fd >= 0 && root >= 0);
	EQ(mkdir(NAME, 0700), 0);
	sprintf(name, "%s/abi_magic", fd_name(fd));
	EQ(stat(name, &there), 0);
	EQ(stat(NAME, &here), 0);
	EQ(here.st_ino, there.st_ino);
	EQ(chdir(name), 0);
	EQ(readlink("/proc/self/cwd", text, sizeof(text)), strlen(NAME));
	EQ(memcmp(text, NAME, strlen(NAME)), 0);
	close(open("/proc/self/cwd/file", O_CREAT | O_WRONLY, 0600));
	EQ(access(NAME "/file", F_OK), 0);
	EQ(unlink("/proc/self/cwd/file"), 0);
	EQ(stat("/proc/self/cwd/..", &there), 0);
	EQ(stat("/tmp", &here), 0);
	EQ(here.st_ino, there.st_ino);
	EQ(rmdir(NAME), 0);
	/* it has no name any more, and is where one is */
	EQ(stat("/proc/self/cwd", &there), 0);
	EQ(there.st_nlink, 0);
	FAILS(open("/proc/self/cwd/file", O_CREAT | O_WRONLY, 0600), ENOENT);
	EQ(chdir(fd_name(root)), 0);
	EQ(stat(".", &here), 0);
	EQ(stat("/proc/self/root/", &there), 0);
	EQ(here.st_ino, there.st_ino);
	EQ(access("/proc/self/root/proc/self/root/tmp", F_OK), 0);
	FAILS(open(fd_name(fd), O_WRONLY), EISDIR);
}

/* What chroot() took away: the directory is still there by its descriptor. */
static void outside(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY), proc = open("/proc/self/fd", O_PATH);
	char name[32];

	EQ(mkdir(NAME, 0700), 0);
	EQ(chroot(NAME), 0);
	FAILS(access("/proc", F_OK), ENOENT);
	sprintf(name, "%d/tmp/abi_magic", fd);
	EQ(faccessat(proc, name, F_OK, 0), 0);
	EQ(unlinkat(proc, name, AT_REMOVEDIR), 0);
}

static void programs(void)
{
	int status, fd = open("/proc/self/exe", O_RDONLY);
	char magic[4];
	pid_t pid;

	EQ(read(fd, magic, 4), 4);
	EQ(memcmp(magic, "\177ELF", 4), 0);
	pid = fork();
	if (!pid) {
		execl("/proc/self/exe", "magic", "errors", NULL);
		_exit(7);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	pid = fork();
	if (!pid) {
		execl(fd_name(fd), "magic", "errors", NULL);
		_exit(7);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

/* A file that only memory has, and one that has no name yet. */
static void nameless(void)
{
	int fd = memfd_create("notes", 0), again, tmp = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	struct statfs fs;
	char text[8];
	struct stat st;

	EQ(strcmp(text_of(fd), "/memfd:notes (deleted)"), 0);
	EQ(write(fd, "text", 4), 4);
	again = open(fd_name(fd), O_RDONLY);
	OK(again >= 0);
	EQ(read(again, text, 8), 4);
	EQ(memcmp(text, "text", 4), 0);
	EQ(strcmp(text_of(again), "/memfd:notes (deleted)"), 0);
	FAILS(write(again, "x", 1), EBADF);
	OK(mmap(NULL, 4, PROT_READ, MAP_SHARED, again, 0) != MAP_FAILED);
	FAILS(mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0) == MAP_FAILED ? -1 : 0,
	      EACCES);
	EQ(statfs(fd_name(again), &fs), 0);
	EQ(fstatfs(again, &fs), 0);
	FAILS(linkat(AT_FDCWD, fd_name(fd), AT_FDCWD, NAME, AT_SYMLINK_FOLLOW), EXDEV);
	OK(tmp >= 0);
	EQ(write(tmp, "named", 5), 5);
	EQ(linkat(AT_FDCWD, fd_name(tmp), AT_FDCWD, NAME, AT_SYMLINK_FOLLOW), 0);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_size, 5);
	EQ(st.st_ino, inode_of(tmp));
	EQ(unlink(NAME), 0);
}

/* One that O_PATH has opened; of a link, that link. */
static void by_path(void)
{
	int fd = open("/dev/zero", O_PATH), link, zero;
	char c = 1;

	zero = open(fd_name(fd), O_RDONLY);
	OK(zero >= 0);
	EQ(read(zero, &c, 1), 1);
	EQ(c, 0);
	EQ(symlink("/dev/zero", NAME), 0);
	link = open(NAME, O_PATH | O_NOFOLLOW);
	OK(link >= 0);
	FAILS(open(fd_name(link), O_RDONLY), ELOOP);
	EQ(unlink(NAME), 0);
}

/* A pipe that has a name waits for the other end as it does by that. */
static void named_pipes(void)
{
	int r, w;
	char c = 0;

	EQ(mkfifo(NAME, 0600), 0);
	r = open(NAME, O_RDONLY | O_NONBLOCK);
	OK(r >= 0);
	EQ(unlink(NAME), 0);
	w = open(fd_name(r), O_WRONLY);
	OK(w >= 0);
	EQ(write(w, "x", 1), 1);
	EQ(read(r, &c, 1), 1);
	close(r);
	FAILS(open(fd_name(w), O_WRONLY | O_NONBLOCK), ENXIO);
}

static void in_dev(void)
{
	int p[2], fd;
	char text[32], c = 0;
	ssize_t n;

	EQ(pipe(p), 0);
	EQ(dup2(p[0], 0), 0);
	EQ(write(p[1], "ab", 2), 2);
	fd = open("/dev/stdin", O_RDONLY);
	OK(fd >= 0);
	EQ(read(fd, &c, 1), 1);
	EQ(c, 'a');
	fd = open("/dev/fd/0", O_RDONLY);
	OK(fd >= 0);
	EQ(read(fd, &c, 1), 1);
	EQ(c, 'b');
	fd = dup(1);
	EQ(dup2(p[1], 1), 1);
	EQ(dup2(p[1], 2), 2);
	EQ(write(open("/dev/stdout", O_WRONLY), "c", 1), 1);
	EQ(write(open("/dev/stderr", O_WRONLY), "d", 1), 1);
	EQ(dup2(fd, 1), 1);
	EQ(read(0, text, 2), 2);
	EQ(memcmp(text, "cd", 2), 0);
	n = readlink("/dev/stdout", text, sizeof(text));
	EQ(n, 15);
	EQ(memcmp(text, "/proc/self/fd/1", 15), 0);
	n = readlink("/dev/fd", text, sizeof(text));
	EQ(n, 13);
}

static const struct abi_case cases[] = {
	CASE(pipes), CASE(poll_pipes), CASE(files), CASE(errors), CASE(rights), CASE(others),
	CASE(directories), CASE(outside), CASE(programs), CASE(nameless), CASE(by_path),
	CASE(named_pipes), CASE(in_dev),
};

ABI_MAIN(cases)
