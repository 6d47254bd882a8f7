/* SPDX-License-Identifier: MIT */
/* Calls about memory: mmap, munmap, mprotect, mremap, madvise, mincore, mlock, msync, brk. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define SIZE	(16 * 65536UL)

static long page;

extern char _end[];
static long behind_end;

/* What of the page that the last variable is on is not zero; first of all, before it is used. */
__attribute__((constructor)) static void look_behind_end(void)
{
	for (const char *p = _end; (uintptr_t)p & (sysconf(_SC_PAGESIZE) - 1); p++)
		behind_end += *p != 0;
}

static char *map(size_t size, int prot, int flags)
{
	char *p = mmap(NULL, size, prot, flags | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED);
	return p;
}

/* How a child ends that reads or writes at @p: 0, or the signal. */
static int touch(volatile char *p, int write)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (write)
			*p = 1;
		else
			(void)*p;
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void anonymous(void)
{
	char *p = map(SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	for (size_t i = 0; i < SIZE; i += page) {
		EQ(p[i], 0);
		p[i] = (char)i;
	}
	EQ(munmap(p, SIZE), 0);
	EQ(touch(p, 0), SIGSEGV);
	FAILS((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	FAILS((long)mmap(NULL, SIZE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
	FAILS((long)mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	FAILS((long)mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1), EINVAL);
	FAILS((long)mmap(NULL, ~0UL - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
}

static void fixed(void)
{
	char *p = map(SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	p[65536] = 1;
	p[2 * 65536] = 2;
	EQ(mmap(p + 65536, 65536, PROT_READ, flags | MAP_FIXED, -1, 0), p + 65536);
	EQ(p[65536], 0);
	EQ(p[2 * 65536], 2);
	EQ(touch(p + 65536, 1), SIGSEGV);
	FAILS((long)mmap(p, 65536, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	FAILS((long)mmap(p + 1, 65536, PROT_READ, flags | MAP_FIXED, -1, 0), EINVAL);
	EQ(munmap(p, 65536), 0);
	EQ(mmap(p, 65536, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0), p);
}

static void unmap_cuts(void)
{
	char *p = map(SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	p[0] = 1;
	p[SIZE - 1] = 2;
	EQ(munmap(p + 65536, SIZE - 2 * 65536), 0);
	EQ(p[0], 1);
	EQ(p[SIZE - 1], 2);
	EQ(touch(p + 65536, 0), SIGSEGV);
	EQ(munmap(p, SIZE), 0);	/* holes do not matter */
	FAILS(munmap(p + 1, page), EINVAL);
	FAILS(munmap(p, 0), EINVAL);
	FAILS(munmap((void *)-65536UL, 65536), EINVAL);
}

static void protect(void)
{
	char *p = map(SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	p[65536] = 7;
	EQ(mprotect(p + 65536, 65536, PROT_READ), 0);
	EQ(p[65536], 7);
	EQ(touch(p + 65536, 1), SIGSEGV);
	EQ(touch(p, 1), 0);
	EQ(mprotect(p + 65536, 65536, PROT_NONE), 0);
	EQ(touch(p + 65536, 0), SIGSEGV);
	EQ(write(-1, p + 65536, 1), -1);
	EQ(mprotect(p + 65536, 65536, PROT_READ | PROT_WRITE), 0);
	EQ(p[65536], 7);
	p[65536] = 8;
	EQ(munmap(p + 2 * 65536, 65536), 0);
	FAILS(mprotect(p, SIZE, PROT_READ), ENOMEM);
	EQ(touch(p, 1), SIGSEGV);	/* what came before the hole is done */
	FAILS(syscall(SYS_mprotect, p + 1, page, PROT_READ), EINVAL);
	EQ(mprotect(p, 0, PROT_READ), 0);
}

static void kernel_respects_rights(void)
{
	char *p = map(65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	int ends[2];

	EQ(pipe(ends), 0);
	EQ(write(ends[1], "12345678", 8), 8);
	EQ(mprotect(p, 65536, PROT_READ), 0);
	FAILS(read(ends[0], p, 4), EFAULT);
	FAILS(read(ends[0], KERNEL, 4), EFAULT);
	EQ(mprotect(p, 65536, PROT_NONE), 0);
	FAILS(write(ends[1], p, 4), EFAULT);
	FAILS(write(ends[1], BAD, 4), EFAULT);
}

static void zero_behind_end(void)
{
	OK((uintptr_t)_end & (page - 1));
	EQ(behind_end, 0);
}

/* What sbrk() is in glibc; musl's moves nothing. */
static char *move_break(long by)
{
	long now = syscall(SYS_brk, 0);

	if (by && syscall(SYS_brk, now + by) != now + by) {
		errno = ENOMEM;
		return (char *)-1;
	}
	return (char *)now;
}

static void program_break(void)
{
	char *start = move_break(0), *p;

	EQ(move_break(3 * 65536), start);
	start[0] = start[3 * 65536 - 1] = 1;
	EQ(move_break(-2 * 65536), start + 3 * 65536);
	EQ(start[0], 1);
	EQ(move_break(2 * 65536), start + 65536);
	EQ(start[3 * 65536 - 1], 0);
	p = move_break(0);
	FAILS((long)move_break(1L << 46), ENOMEM);
	EQ(move_break(0), p);
}

static void file_private(void)
{
	int fd = open("/tmp/abi_memory", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, text[8] = { 0 };

	OK(fd >= 0);
	EQ(write(fd, "contents", 8), 8);
	p = mmap(NULL, 2 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	OK(p != MAP_FAILED);
	EQ(memcmp(p, "contents", 8), 0);
	EQ(p[8], 0);
	p[0] = 'C';
	EQ(pread(fd, text, 8, 0), 8);
	EQ(memcmp(text, "contents", 8), 0);
	EQ(touch(p + 65536, 0), SIGBUS);
	close(fd);
	EQ(p[1], 'o');
	unlink("/tmp/abi_memory");
	EQ(p[2], 'n');
}

static void file_shared(void)
{
	int fd = open("/tmp/abi_memory", O_RDWR | O_CREAT | O_TRUNC, 0600), r;
	char *p, text[8] = { 0 };

	OK(fd >= 0);
	EQ(ftruncate(fd, 65536), 0);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	OK(p != MAP_FAILED);
	memcpy(p, "shared", 6);
	EQ(pread(fd, text, 6, 0), 6);
	EQ(memcmp(text, "shared", 6), 0);
	EQ(pwrite(fd, "SHARED", 6, 0), 6);
	EQ(memcmp(p, "SHARED", 6), 0);
	EQ(touch(p, 1), 0);
	EQ(p[0], 1);	/* the child's write */
	r = open("/tmp/abi_memory", O_RDONLY);
	FAILS((long)mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, r, 0), EACCES);
	p = mmap(NULL, 65536, PROT_READ, MAP_SHARED, r, 0);
	OK(p != MAP_FAILED);
	FAILS(mprotect(p, 65536, PROT_READ | PROT_WRITE), EACCES);
	OK(mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE, r, 0) != MAP_FAILED);
	unlink("/tmp/abi_memory");
}

static void read_into_own_mapping(void)
{
	int fd = open("/tmp/abi_memory", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p;

	OK(fd >= 0);
	EQ(write(fd, "0123456789", 10), 10);
	EQ(ftruncate(fd, 65536), 0);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	OK(p != MAP_FAILED);
	EQ(pread(fd, p + 100, 10, 0), 10);
	EQ(memcmp(p + 100, "0123456789", 10), 0);
	EQ(pwrite(fd, p + 100, 10, 200), 10);
	EQ(memcmp(p + 200, "0123456789", 10), 0);
	unlink("/tmp/abi_memory");
}

static void shared_across_fork(void)
{
	volatile int *p = (int *)map(65536, PROT_READ | PROT_WRITE, MAP_SHARED);

	EQ(touch((char *)p, 1), 0);
	EQ(*(char *)p, 1);
}

static int deep(int n)
{
	volatile char here[4096];

	here[0] = (char)n;
	return n ? deep(n - 1) + here[0] : 0;
}

static void stack_grows(void)
{
	OK(deep(1500) != 1);
}

static void remap(void)
{
	char *p = map(4 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE), *q;

	p[0] = 1;
	p[65536] = 2;
	EQ(munmap(p + 2 * 65536, 2 * 65536), 0);
	EQ(mremap(p, 2 * 65536, 65536, 0), p);
	EQ(touch(p + 65536, 0), SIGSEGV);
	EQ(mremap(p, 65536, 4 * 65536, 0), p);
	EQ(p[65536], 0);
	p[3 * 65536] = 3;
	/* something behind it: it cannot grow in its place */
	OK(mmap(p + 4 * 65536, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
	   MAP_FAILED);
	FAILS((long)mremap(p, 4 * 65536, 8 * 65536, 0), ENOMEM);
	q = mremap(p, 4 * 65536, 8 * 65536, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && q != p);
	EQ(q[0], 1);
	EQ(q[3 * 65536], 3);
	EQ(q[7 * 65536], 0);
	EQ(touch(p, 0), SIGSEGV);
	p = mremap(q, 65536, 65536, MREMAP_MAYMOVE | MREMAP_FIXED, p);
	OK(p != MAP_FAILED);
	EQ(p[0], 1);
	FAILS((long)mremap(p + 1, 65536, 65536, 0), EINVAL);
	FAILS((long)mremap(p, 65536, 0, 0), EINVAL);
	FAILS((long)mremap(p, 65536, 65536, 64), EINVAL);
	FAILS((long)mremap(p, 65536, 65536, MREMAP_FIXED, p), EINVAL);
	FAILS((long)mremap((void *)65536, 65536, 2 * 65536, MREMAP_MAYMOVE), EFAULT);
}

static void advice(void)
{
	char *p = map(2 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	int status;

	p[0] = 1;
	p[65536] = 2;
	EQ(madvise(p, 65536, MADV_DONTNEED), 0);
	EQ(p[0], 0);
	EQ(p[65536], 2);
	EQ(madvise(p + 65536, 65536, MADV_WIPEONFORK), 0);
	EQ(madvise(p, 65536, MADV_DONTFORK), 0);
	if (!fork()) {
		EQ(p[65536], 0);
		_exit(touch(p, 0) == SIGSEGV ? 0 : 1);
	}
	EQ(wait(&status) > 0 && status == 0, 1);
	EQ(madvise(p, 2 * 65536, MADV_SEQUENTIAL), 0);
	FAILS(madvise(p, 65536, 12345), EINVAL);
	FAILS(madvise(p + 1, 65536, MADV_DONTNEED), EINVAL);
	EQ(munmap(p + 65536, 65536), 0);
	FAILS(madvise(p, 2 * 65536, MADV_NORMAL), ENOMEM);
}

static void resident(void)
{
	size_t pages = 65536 / (size_t)page;
	char *p = map(65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	unsigned char there[16];

	EQ(mincore(p, 65536, there), 0);
	EQ(there[0] & 1, 0);
	p[0] = 1;
	EQ(mlock(p, 65536), 0);
	EQ(mincore(p, 65536, there), 0);
	for (size_t i = 0; i < pages; i++)
		EQ(there[i] & 1, 1);
	EQ(munlock(p, 65536), 0);
	EQ(munmap(p, 65536), 0);
	FAILS(mincore(p, 65536, there), ENOMEM);
	FAILS(mlock(p, 65536), ENOMEM);
	FAILS(mincore(p + 1, 65536, there), EINVAL);
}

static void sync_to_file(void)
{
	char *p = map(65536, PROT_READ | PROT_WRITE, MAP_SHARED);

	EQ(msync(p, 65536, MS_SYNC), 0);
	EQ(msync(p, 65536, MS_ASYNC), 0);
	FAILS(msync(p, 65536, MS_SYNC | MS_ASYNC), EINVAL);
	FAILS(msync(p, 65536, 64), EINVAL);
	FAILS(msync(p + 1, 65536, MS_SYNC), EINVAL);
	EQ(munmap(p, 65536), 0);
	FAILS(msync(p, 65536, MS_SYNC), ENOMEM);
}

static const struct abi_case cases[] = {
	CASE(anonymous), CASE(fixed), CASE(unmap_cuts), CASE(protect),
	CASE(kernel_respects_rights), CASE(zero_behind_end), CASE(program_break),
	CASE(file_private), CASE(file_shared),
	CASE(read_into_own_mapping), CASE(shared_across_fork), CASE(stack_grows),
	CASE(remap), CASE(advice), CASE(resident), CASE(sync_to_file),
};

int main(int argc, char **argv)
{
	page = sysconf(_SC_PAGESIZE);
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
