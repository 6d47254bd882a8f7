/* SPDX-License-Identifier: MIT */
/* sendfile, copy_file_range, and where bytes are: fallocate, truncate, fsync, advice. */
#include "abi.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NAME	"/tmp/abi_copy"
#define SIZE	100000

static char text[SIZE], back[SIZE];

static int make(size_t size)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	OK(fd >= 0);
	EQ(unlink(NAME), 0);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(i * 7 + i / 251);
	EQ(write(fd, text, size), size);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static off_t size_of(int fd)
{
	struct stat st;

	EQ(fstat(fd, &st), 0);
	return st.st_size;
}

static void send_file(void)
{
	int in = make(SIZE), out = make(0), pipes[2];
	off_t at = 10;

	EQ(sendfile(out, in, NULL, SIZE + 5), SIZE);
	EQ(lseek(in, 0, SEEK_CUR), SIZE);
	EQ(lseek(out, 0, SEEK_CUR), SIZE);
	EQ(pread(out, back, SIZE, 0), SIZE);
	EQ(memcmp(text, back, SIZE), 0);
	EQ(sendfile(out, in, NULL, 1), 0);
	EQ(ftruncate(out, 0), 0);
	EQ(lseek(out, 0, SEEK_SET), 0);
	EQ(sendfile(out, in, &at, 20), 20);
	EQ(at, 30);
	EQ(lseek(in, 0, SEEK_CUR), SIZE);
	EQ(pread(out, back, 20, 0), 20);
	EQ(memcmp(text + 10, back, 20), 0);
	EQ(pipe(pipes), 0);
	EQ(sendfile(pipes[1], in, &at, 1000), 1000);
	EQ(read(pipes[0], back, 2000), 1000);
	EQ(memcmp(text + 30, back, 1000), 0);
}

/* What a full pipe does not take has not been read. */
static void send_to_full(void)
{
	int in = make(SIZE), pipes[2];
	long n;

	EQ(pipe2(pipes, O_NONBLOCK), 0);
	n = sendfile(pipes[1], in, NULL, SIZE);
	OK(n > 0 && n < SIZE);
	EQ(lseek(in, 0, SEEK_CUR), n);
	FAILS(sendfile(pipes[1], in, NULL, SIZE), EAGAIN);
}

static void send_errors(void)
{
	int in = make(100), out = make(0), pipes[2], r = open("/dev/null", O_RDONLY);
	int append = open(NAME, O_WRONLY | O_CREAT | O_APPEND, 0600);
	off_t at = -1;

	unlink(NAME);
	EQ(pipe(pipes), 0);
	FAILS(sendfile(out, -1, NULL, 1), EBADF);
	FAILS(sendfile(-1, in, NULL, 1), EBADF);
	FAILS(sendfile(r, in, NULL, 1), EBADF);
	FAILS(sendfile(out, append, NULL, 1), EBADF);
	FAILS(sendfile(out, in, &at, 1), EINVAL);
	FAILS(sendfile(out, in, BAD, 1), EFAULT);
	FAILS(sendfile(append, in, NULL, 1), EINVAL);
	at = 0;
	FAILS(sendfile(out, pipes[0], &at, 1), ESPIPE);
}

static void copy_range(void)
{
	int in = make(SIZE), out = make(0);
	off_t from = 100, to = 50;

	EQ(copy_file_range(in, NULL, out, NULL, 2 * SIZE, 0), SIZE);
	EQ(lseek(in, 0, SEEK_CUR), SIZE);
	EQ(lseek(out, 0, SEEK_CUR), SIZE);
	EQ(pread(out, back, SIZE, 0), SIZE);
	EQ(memcmp(text, back, SIZE), 0);
	EQ(copy_file_range(in, &from, out, &to, 1000, 0), 1000);
	EQ(from, 1100);
	EQ(to, 1050);
	EQ(pread(out, back, 1000, 50), 1000);
	EQ(memcmp(text + 100, back, 1000), 0);
	EQ(copy_file_range(in, NULL, out, NULL, 1, 0), 0);
	from = 0, to = 1000;
	EQ(copy_file_range(in, &from, in, &to, 1000, 0), 1000);
	from = 0, to = 999;
	FAILS(copy_file_range(in, &from, in, &to, 1000, 0), EINVAL);
}

static void copy_range_errors(void)
{
	int in = make(100), out = make(0), pipes[2], dir = open("/tmp", O_RDONLY);
	int append = open(NAME, O_WRONLY | O_CREAT | O_APPEND, 0600);
	off_t at = 0;

	unlink(NAME);
	EQ(pipe(pipes), 0);
	FAILS(copy_file_range(in, NULL, out, NULL, 1, 1), EINVAL);
	FAILS(copy_file_range(-1, NULL, out, NULL, 1, 0), EBADF);
	FAILS(copy_file_range(in, NULL, -1, NULL, 1, 0), EBADF);
	FAILS(copy_file_range(append, NULL, out, NULL, 1, 0), EBADF);
	FAILS(copy_file_range(in, NULL, append, NULL, 1, 0), EBADF);
	FAILS(copy_file_range(dir, NULL, out, NULL, 1, 0), EISDIR);
	FAILS(copy_file_range(in, NULL, pipes[1], NULL, 1, 0), EINVAL);
	FAILS(copy_file_range(in, BAD, out, NULL, 1, 0), EFAULT);
	FAILS(copy_file_range(in, &at, out, BAD, 1, 0), EFAULT);
}

static void allocate(void)
{
	int fd = make(10), dir = open("/tmp", O_RDONLY), pipes[2];
	int r = open("/dev/null", O_RDONLY);
	struct stat st;

	EQ(pipe(pipes), 0);
	EQ(fallocate(fd, 0, 5, 200000), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_size, 200005);
	OK(st.st_blocks * 512 >= 200000);
	EQ(pread(fd, back, 100, 0), 100);
	EQ(memcmp(back, text, 10), 0);
	EQ(back[10] | back[99], 0);
	EQ(fallocate(fd, 0, 0, 10), 0);
	EQ(size_of(fd), 200005);
	EQ(ftruncate(fd, 0), 0);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_blocks, 0);
	FAILS(fallocate(fd, 0, -1, 10), EINVAL);
	FAILS(fallocate(fd, 0, 0, 0), EINVAL);
	FAILS(fallocate(fd, 0, 0, -1), EINVAL);
	FAILS(fallocate(fd, 0x40000000, 0, 10), EOPNOTSUPP);
	FAILS(fallocate(-1, 0, 0, 10), EBADF);
	FAILS(fallocate(r, 0, 0, 10), EBADF);
	FAILS(fallocate(pipes[1], 0, 0, 10), ESPIPE);
	FAILS(fallocate(dir, 0, 0, 10), EBADF);
	FAILS(fallocate(fd, 0, 0x7fffffffffffffff, 10), EFBIG);
}

static void truncate_both(void)
{
	int fd = make(1000), r, pipes[2];

	EQ(pipe(pipes), 0);
	EQ(ftruncate(fd, 100), 0);
	EQ(size_of(fd), 100);
	EQ(ftruncate(fd, 200), 0);
	EQ(pread(fd, back, 200, 0), 200);
	EQ(memcmp(back, text, 100), 0);
	for (int i = 100; i < 200; i++)
		EQ(back[i], 0);
	FAILS(ftruncate(fd, -1), EINVAL);
	FAILS(ftruncate(-1, -1), EINVAL);
	FAILS(ftruncate(-1, 0), EBADF);
	FAILS(ftruncate(pipes[1], 0), EINVAL);
	close(fd);
	fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	r = open(NAME, O_RDONLY);
	FAILS(ftruncate(r, 0), EINVAL);
	EQ(write(fd, text, 50), 50);
	EQ(truncate(NAME, 20), 0);
	EQ(size_of(fd), 20);
	EQ(truncate(NAME, 70), 0);
	EQ(size_of(fd), 70);
	FAILS(truncate(NAME, -1), EINVAL);
	FAILS(truncate("/tmp", 0), EISDIR);
	FAILS(truncate("/tmp/abi_none", 0), ENOENT);
	FAILS(truncate(NAME "/x", 0), ENOTDIR);
	FAILS(truncate(BAD, 0), EFAULT);
	FAILS(truncate("", 0), ENOENT);
	unlink(NAME);
}

static void syncing(void)
{
	int fd = make(100), pipes[2], dir = open("/tmp", O_RDONLY);
	int null = open("/dev/null", O_RDWR);

	EQ(pipe(pipes), 0);
	sync();
	EQ(syncfs(fd), 0);
	EQ(fsync(fd), 0);
	EQ(fdatasync(fd), 0);
	EQ(fsync(dir), 0);
	EQ(sync_file_range(fd, 0, 10, SYNC_FILE_RANGE_WRITE), 0);
	FAILS(fsync(-1), EBADF);
	FAILS(fdatasync(-1), EBADF);
	FAILS(syncfs(-1), EBADF);
	FAILS(fsync(pipes[0]), EINVAL);
	FAILS(fsync(null), EINVAL);
	FAILS(sync_file_range(fd, -1, 10, 0), EINVAL);
	FAILS(sync_file_range(fd, 0, 10, 8), EINVAL);
	FAILS(sync_file_range(pipes[0], 0, 10, 0), ESPIPE);
}

static void advice(void)
{
	int fd = make(100), pipes[2], w = open("/dev/null", O_WRONLY);

	EQ(pipe(pipes), 0);
	for (int n = POSIX_FADV_NORMAL; n <= POSIX_FADV_NOREUSE; n++)
		EQ(posix_fadvise(fd, 0, 100, n), 0);
	EQ(posix_fadvise(fd, 0, 0, 100), EINVAL);
	EQ(posix_fadvise(fd, 0, -1, 0), EINVAL);
	EQ(posix_fadvise(-1, 0, 1, 0), EBADF);
	EQ(posix_fadvise(pipes[0], 0, 1, 0), ESPIPE);
	EQ(readahead(fd, 0, 100), 0);
	FAILS(readahead(-1, 0, 100), EBADF);
	FAILS(readahead(w, 0, 100), EBADF);
	FAILS(readahead(pipes[0], 0, 100), EINVAL);
}

static void memory_file(void)
{
	int fd = memfd_create("name", MFD_CLOEXEC), other = memfd_create("", 0);
	char name[300], *p;
	struct stat st;

	OK(fd >= 0 && other >= 0);
	EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQ(fcntl(other, F_GETFD), 0);
	EQ(write(fd, "contents", 8), 8);
	EQ(fstat(fd, &st), 0);
	OK(S_ISREG(st.st_mode));
	EQ(st.st_size, 8);
	EQ(st.st_nlink, 0);
	EQ(ftruncate(fd, 65536), 0);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	OK(p != MAP_FAILED);
	EQ(memcmp(p, "contents", 8), 0);
	p[0] = 'C';
	EQ(pread(fd, name, 8, 0), 8);
	EQ(memcmp(name, "Contents", 8), 0);
	memset(name, 'n', sizeof(name));
	name[249] = 0;
	OK(memfd_create(name, 0) >= 0);
	name[249] = 'n';
	name[250] = 0;
	FAILS(memfd_create(name, 0), EINVAL);
	FAILS(memfd_create("name", 0x10000000), EINVAL);
	FAILS(memfd_create(BAD, 0), EFAULT);
}

static void ranges(void)
{
	int status;
	pid_t pid;

	for (int fd = 10; fd < 20; fd++)
		EQ(dup2(1, fd), fd);
	EQ(syscall(SYS_close_range, 12, 14, 0), 0);
	for (int fd = 10; fd < 20; fd++)
		EQ(fcntl(fd, F_GETFD), fd >= 12 && fd <= 14 ? -1 : 0);
	EQ(syscall(SYS_close_range, 15, 16, 4), 0);
	EQ(fcntl(15, F_GETFD), FD_CLOEXEC);
	EQ(fcntl(17, F_GETFD), 0);
	pid = fork();
	if (!pid) {
		EQ(syscall(SYS_close_range, 17, ~0U, 2), 0);
		FAILS(fcntl(17, F_GETFD), EBADF);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(fcntl(17, F_GETFD), 0);
	EQ(syscall(SYS_close_range, 1000000, ~0U, 0), 0);
	FAILS(syscall(SYS_close_range, 5, 4, 0), EINVAL);
	FAILS(syscall(SYS_close_range, 5, 6, 8), EINVAL);
}

static const struct abi_case cases[] = {
	CASE(send_file), CASE(send_to_full), CASE(send_errors), CASE(copy_range),
	CASE(copy_range_errors), CASE(allocate), CASE(truncate_both), CASE(syncing), CASE(advice),
	CASE(memory_file), CASE(ranges),
};

ABI_MAIN(cases)
