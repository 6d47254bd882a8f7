/* SPDX-License-Identifier: MIT */
/* More about memory: advice over holes, rounding, moving and doubling mappings, stacks, limits. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define PIECE	65536UL		/* a page, with the largest granule */

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MADV_COLD
#define MADV_COLD		20
#define MADV_PAGEOUT		21
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

static char *map(size_t size, int prot, int flags)
{
	char *p = mmap(NULL, size, prot, flags | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED);
	return p;
}

static char *map_private(size_t size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static int temporary(size_t size)
{
	int fd = open("/tmp/abi_mapping", O_RDWR | O_CREAT | O_TRUNC, 0600);

	OK(fd >= 0);
	EQ(ftruncate(fd, (off_t)size), 0);
	unlink("/tmp/abi_mapping");
	return fd;
}

/* How a child ends that runs @what: 0, or the signal. */
static int child(void (*what)(char *p), char *p)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		what(p);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void write_to(char *p)
{
	*(volatile char *)p = 1;
}

static void advice_goes_over_holes(void)
{
	char *p = map_private(3 * PIECE);

	memset(p, 1, 3 * PIECE);
	EQ(munmap(p + PIECE, PIECE), 0);
	FAILS(madvise(p, 3 * PIECE, MADV_DONTNEED), ENOMEM);
	EQ(p[0], 0);
	EQ(p[2 * PIECE], 0);
	FAILS(madvise(p, 3 * PIECE, MADV_DONTFORK), ENOMEM);
	EQ(child(write_to, p + 2 * PIECE), SIGSEGV);
	EQ(madvise(p + 2 * PIECE, PIECE, MADV_DOFORK), 0);
	EQ(child(write_to, p + 2 * PIECE), 0);
	/* mprotect() stops */
	FAILS(mprotect(p, 3 * PIECE, PROT_READ), ENOMEM);
	p[2 * PIECE] = 1;
}

/* Sizes that are 0, or too much, once they are whole pages. */
static void rounding(void)
{
	char *p = map_private(PIECE);

	FAILS(syscall(SYS_mprotect, p, ~0UL, PROT_READ), ENOMEM);
	FAILS(syscall(SYS_madvise, p, ~0UL, MADV_NORMAL), EINVAL);
	FAILS(syscall(SYS_madvise, p, -PIECE, MADV_NORMAL), EINVAL);
	FAILS(syscall(SYS_madvise, p, 1UL << 50, MADV_NORMAL), ENOMEM);
	EQ(syscall(SYS_madvise, p, 0, MADV_DONTNEED), 0);
	EQ(syscall(SYS_msync, p, ~0UL, MS_SYNC), 0);
	EQ(syscall(SYS_msync, p, 0, MS_SYNC), 0);
	FAILS(syscall(SYS_msync, p, -PIECE, MS_SYNC), ENOMEM);
}

static void flags(void)
{
	int anonymous = MAP_PRIVATE | MAP_ANONYMOUS, fd = temporary(PIECE);
	int shared = MAP_SHARED | MAP_ANONYMOUS;

	FAILS((long)mmap(NULL, PIECE, PROT_READ, shared | MAP_SHARED_VALIDATE, -1, 0), EINVAL);
	FAILS((long)mmap(NULL, PIECE, PROT_READ, anonymous | MAP_HUGETLB, -1, 0), ENOMEM);
	FAILS((long)mmap(NULL, PIECE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, fd, 0), EINVAL);
	FAILS((long)mmap(NULL, PIECE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL);
	FAILS((long)mmap(NULL, PIECE, PROT_READ, shared | MAP_GROWSDOWN, -1, 0), EINVAL);
	OK(mmap(NULL, PIECE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0) != MAP_FAILED);
}

static void advice(void)
{
	char *p = map_private(PIECE), *shared = map(PIECE, PROT_READ | PROT_WRITE, MAP_SHARED);
	char *file = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, temporary(PIECE), 0);

	OK(file != MAP_FAILED);
	p[0] = shared[0] = file[0] = 1;
	EQ(madvise(p, PIECE, MADV_COLD), 0);
	EQ(madvise(p, PIECE, MADV_PAGEOUT), 0);
	EQ(p[0], 1);
	EQ(madvise(p, PIECE, MADV_FREE), 0);
	FAILS(madvise(shared, PIECE, MADV_FREE), EINVAL);
	FAILS(madvise(file, PIECE, MADV_FREE), EINVAL);
	EQ(madvise(p, PIECE, MADV_WIPEONFORK), 0);
	FAILS(madvise(shared, PIECE, MADV_WIPEONFORK), EINVAL);
	FAILS(madvise(file, PIECE, MADV_WIPEONFORK), EINVAL);
	EQ(shared[0] + file[0], 2);
}

static void populate(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = map_private(3 * PIECE), *file;
	unsigned char there[48];

	EQ(madvise(p, PIECE, MADV_POPULATE_WRITE), 0);
	EQ(madvise(p + PIECE, PIECE, MADV_POPULATE_READ), 0);
	EQ(mincore(p, 3 * PIECE, there), 0);
	for (size_t i = 0; i < 3 * PIECE / page; i++)
		EQ(there[i] & 1, i < 2 * PIECE / page);
	EQ(mprotect(p, PIECE, PROT_READ), 0);
	FAILS(madvise(p, PIECE, MADV_POPULATE_WRITE), EINVAL);
	EQ(madvise(p, PIECE, MADV_POPULATE_READ), 0);
	EQ(mprotect(p, PIECE, PROT_NONE), 0);
	FAILS(madvise(p, PIECE, MADV_POPULATE_READ), EINVAL);
	FAILS(madvise(p + 1, PIECE, MADV_POPULATE_READ), EINVAL);
	EQ(munmap(p, PIECE), 0);
	FAILS(madvise(p, 2 * PIECE, MADV_POPULATE_READ), ENOMEM);
	file = mmap(NULL, 2 * PIECE, PROT_READ, MAP_SHARED, temporary(PIECE), 0);
	OK(file != MAP_FAILED);
	FAILS(madvise(file, 2 * PIECE, MADV_POPULATE_READ), EFAULT);
}

/* MADV_REMOVE: what was written is gone from the file, and for all who have it mapped. */
static void remove_from_file(void)
{
	int fd = temporary(4 * PIECE);
	char *p = mmap(NULL, 4 * PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *private = mmap(NULL, 4 * PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *reader = mmap(NULL, 4 * PIECE, PROT_READ, MAP_SHARED, fd, 0), c;
	int r = open("/proc/self/exe", O_RDONLY);

	OK(p != MAP_FAILED && private != MAP_FAILED && reader != MAP_FAILED);
	memset(p, 1, 4 * PIECE);
	EQ(reader[PIECE] + private[2 * PIECE], 2);
	private[PIECE] = 5;
	EQ(madvise(p + PIECE, 2 * PIECE, MADV_REMOVE), 0);
	EQ(p[0] + p[4 * PIECE - 1], 2);
	for (size_t i = PIECE; i < 3 * PIECE; i++)
		EQ(p[i], 0);
	EQ(pread(fd, &c, 1, 3 * PIECE - 1), 1);
	EQ(c, 0);
	EQ(reader[PIECE], 0);
	EQ(private[PIECE], 5);
	EQ(private[2 * PIECE], 0);
	EQ(lseek(fd, 0, SEEK_END), 4 * PIECE);
	p[PIECE] = 2;
	EQ(reader[PIECE], 2);
	EQ(madvise(reader + PIECE, PIECE, MADV_REMOVE), 0);	/* it could be made writable */
	EQ(p[PIECE], 0);
	reader = mmap(NULL, PIECE, PROT_READ, MAP_SHARED, r, 0);
	OK(reader != MAP_FAILED);
	FAILS(madvise(reader, PIECE, MADV_REMOVE), EACCES);
	FAILS(madvise(private, PIECE, MADV_REMOVE), EACCES);
	FAILS(madvise(map_private(PIECE), PIECE, MADV_REMOVE), EINVAL);
	EQ(munmap(p, PIECE), 0);
	FAILS(madvise(p, 2 * PIECE, MADV_REMOVE), ENOMEM);
	EQ(p[PIECE], 0);
}

static void remove_shared(void)
{
	char *p = map(2 * PIECE, PROT_READ | PROT_WRITE, MAP_SHARED);

	memset(p, 1, 2 * PIECE);
	EQ(madvise(p, PIECE, MADV_REMOVE), 0);
	EQ(p[0], 0);
	EQ(p[PIECE], 1);
}

static void remap_leaves_mapping(void)
{
	char *p = map_private(2 * PIECE), *q, *shared;
	int move = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

	p[0] = 1;
	p[PIECE] = 2;
	q = mremap(p, 2 * PIECE, 2 * PIECE, move, NULL);
	OK(q != MAP_FAILED && q != p);
	EQ(q[0] * 10 + q[PIECE], 12);
	EQ(p[0] + p[PIECE], 0);
	p[0] = 3;
	EQ(q[0], 1);
	EQ(munmap(q, 2 * PIECE), 0);
	EQ(mremap(p, PIECE, PIECE, move | MREMAP_FIXED, q), q);
	EQ(q[0] * 10 + p[0], 30);
	FAILS((long)mremap(p, PIECE, 2 * PIECE, move, NULL), EINVAL);
	FAILS((long)mremap(p, PIECE, PIECE, MREMAP_DONTUNMAP, NULL), EINVAL);
	shared = map(PIECE, PROT_READ | PROT_WRITE, MAP_SHARED);
	q = mremap(shared, PIECE, PIECE, move, NULL);
	OK(q != MAP_FAILED);
	q[0] = 4;
	EQ(shared[0], 4);
}

static void remap_doubles(void)
{
	char *p = map(2 * PIECE, PROT_READ | PROT_WRITE, MAP_SHARED), *q;

	p[0] = 1;
	p[PIECE] = 2;
	q = mremap(p, 0, 2 * PIECE, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED && q != p);
	EQ(q[0] * 10 + q[PIECE], 12);
	q[PIECE] = 3;
	EQ(p[PIECE], 3);
	q = mremap(p + PIECE, 0, PIECE, MREMAP_MAYMOVE);
	OK(q != MAP_FAILED);
	EQ(q[0], 3);
	FAILS((long)mremap(p, 0, PIECE, 0), ENOMEM);
	FAILS((long)mremap(map_private(PIECE), 0, PIECE, MREMAP_MAYMOVE), EINVAL);
	FAILS((long)mremap(p, 3 * PIECE, 4 * PIECE, MREMAP_MAYMOVE), EFAULT);
}

static void zeroes(void)
{
	int fd = open("/dev/zero", O_RDWR), r = open("/dev/zero", O_RDONLY);
	int null = open("/dev/null", O_RDWR);
	char *private = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *shared = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	OK(private != MAP_FAILED && shared != MAP_FAILED);
	EQ(private[0] + shared[PIECE - 1], 0);
	EQ(child(write_to, private), 0);
	EQ(child(write_to, shared), 0);
	EQ(private[0], 0);
	EQ(shared[0], 1);
	FAILS((long)mmap(NULL, PIECE, PROT_WRITE, MAP_SHARED, r, 0), EACCES);
	OK(mmap(NULL, PIECE, PROT_WRITE, MAP_PRIVATE, r, 0) != MAP_FAILED);
	FAILS((long)mmap(NULL, PIECE, PROT_READ, MAP_PRIVATE, null, 0), ENODEV);
}

static void grows_down(void)
{
	size_t room = 600 * PIECE;
	char *p = map(room, PROT_NONE, MAP_PRIVATE), *top = p + room - PIECE;

	EQ(munmap(p, room), 0);
	EQ(mmap(p, PIECE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), p);
	EQ(mmap(top, PIECE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0), top);
	*(volatile char *)(top - PIECE) = 1;
	*(volatile char *)(top - 10 * PIECE) = 2;
	EQ(*(volatile char *)(top - 5 * PIECE), 0);
	/* up to what lies below it, and no nearer than 256 pages */
	EQ(child(write_to, p + 2 * PIECE), SIGSEGV);
}

static void use_stack(size_t size)
{
	volatile char *here = __builtin_frame_address(0);

	for (size_t at = 0; at < size; at += 4096)
		here[-(long)at] = 1;
}

static void use_32_mib(char *p __attribute__((unused)))
{
	use_stack(32 << 20);
}

static void use_2_mib(char *p __attribute__((unused)))
{
	use_stack(2 << 20);
}

static void set_stack(size_t size)
{
	struct rlimit limit;

	EQ(getrlimit(RLIMIT_STACK, &limit), 0);
	limit.rlim_cur = size;
	EQ(setrlimit(RLIMIT_STACK, &limit), 0);
}

/* The limit is that of now, not of when the program began. */
static void stack_limit(void)
{
	EQ(child(use_32_mib, NULL), SIGSEGV);
	set_stack(64 << 20);
	EQ(child(use_32_mib, NULL), 0);
	EQ(child(use_2_mib, NULL), 0);
	set_stack(1 << 20);
	EQ(child(use_2_mib, NULL), SIGSEGV);
}

/* Every second piece gets other rights, so that each is a mapping of its own. */
static void as_many_as_can_be(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), most = 66000, i;
	char *p = map(most * page, PROT_NONE, MAP_PRIVATE), *q;
	int err = 0;

	for (i = 1; i < most && !err; i += 2)
		err = mprotect(p + i * page, page, PROT_READ) ? errno : 0;
	EQ(err, ENOMEM);
	OK(i > 65000 && i < 65530);
	/* what is left is one: a hole in it would make two of it, an end of it does not */
	q = p + (most - 1) * page;
	while (!munmap(q - 2 * page, page))
		q -= 2 * page;
	FAILS(munmap(q - 2 * page, page), ENOMEM);
	EQ(munmap(q, page), 0);
	EQ(munmap(p, most * page), 0);
	map_private(page);
}

/* Of many gaps the highest that is large enough is taken; none overlaps, whatever was freed. */
static void gaps(void)
{
	enum { PIECES = 64 };
	char *p = map(2 * PIECES * PIECE, PROT_NONE, MAP_PRIVATE), *q;

	/* neighbours are told apart by their rights */
	for (int i = 0; i < PIECES; i++)
		EQ(mprotect(p + 2 * i * PIECE, PIECE, PROT_READ), 0);
	for (int i = 1; i < PIECES; i += 2)
		EQ(munmap(p + 2 * i * PIECE, (i % 8 == 7 ? 2 : 1) * PIECE), 0);
	for (int i = 0; i < PIECES; i++) {
		q = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		OK(q != MAP_FAILED);
		for (size_t at = 0; at < PIECE; at += 4096)
			EQ(q[at], 0);
		memset(q, 1, PIECE);
	}
	/* all that was free among them is taken */
	for (int i = 1; i < PIECES; i += 2)
		EQ(mprotect(p + 2 * i * PIECE, PIECE, PROT_READ), 0);
}

static const struct abi_case cases[] = {
	CASE(advice_goes_over_holes), CASE(rounding), CASE(flags), CASE(advice), CASE(populate),
	CASE(remove_from_file), CASE(remove_shared), CASE(remap_leaves_mapping),
	CASE(remap_doubles), CASE(zeroes), CASE(grows_down), CASE(stack_limit),
	CASE(as_many_as_can_be), CASE(gaps),
};

ABI_MAIN(cases)
