/* SPDX-License-Identifier: MIT */
/*
 * Every system call with every pointer that a program could think of: the kernel's, none,
 * read-only, at the end of what is mapped, wrapping. Nothing but an errno may come of it, and every
 * call must say EFAULT at least once. Prints what it did; the status is 0 when all is well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

#define ROUNDS	40	/* other arguments for one pointer */
#define PAGE	65536UL

/* Not all of whose pointers are looked at with these arguments, without children. */
#define OPTIONAL " fcntl ioctl prctl syslog getgroups setgroups set_robust_list mount " \
	"wait4 waitid nanosleep clock_nanosleep sigaltstack splice "

static uint64_t state = 1;

static uint64_t next_random(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

#define PICK(...) ({ \
	static const uint64_t choice_[] = { __VA_ARGS__ }; \
	choice_[next_random() % (sizeof(choice_) / sizeof(choice_[0]))]; \
})

static const char cwd[] = "/proc/self/cwd";
static int file, folder;
static char *good;	/* zeroes, a page, nothing behind it */
static uint64_t bad[16];
static int bad_count;

static void prepare(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *map = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);

	good = map;
	mprotect(map + PAGE, PAGE, PROT_NONE);
	mprotect(map + 2 * PAGE, PAGE, PROT_READ);
	mprotect(map + 3 * PAGE, PAGE, PROT_NONE);
	munmap(map + 5 * PAGE, PAGE);
	bad[bad_count++] = 8;
	bad[bad_count++] = (uintptr_t)map + PAGE;		/* nobody's */
	bad[bad_count++] = (uintptr_t)map + 2 * PAGE;		/* read-only */
	bad[bad_count++] = (uintptr_t)map + 3 * PAGE - 1;	/* its last byte */
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE - 1;	/* behind it is nothing */
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE - 7;
	bad[bad_count++] = (uintptr_t)map + 5 * PAGE;
	bad[bad_count++] = 0x7ffffffff8;			/* across the end of all */
	bad[bad_count++] = 0x8000000000;
	bad[bad_count++] = 0x0000ffffffffffff;
	bad[bad_count++] = 0x8000000000000000;
	bad[bad_count++] = 0xffffff8000000000;			/* the kernel's memory */
	bad[bad_count++] = 0xffffff8040200000;
	bad[bad_count++] = 0xffffffff80000000;			/* and the kernel */
	bad[bad_count++] = 0xfffffffffffffff8;			/* it wraps */
	bad[bad_count++] = 0xffffffffffffffff;
	file = open("/tmp/hostile.file", O_RDWR | O_CREAT, 0600);
	folder = open("/tmp", O_RDONLY | O_DIRECTORY);
}

static uint64_t harmless(const char *type)
{
	if (!strcmp(type, "fd"))
		return (uint64_t)(next_random() % 2 ? file : folder);
	if (!strcmp(type, "at"))
		return next_random() % 2 ? (uint64_t)AT_FDCWD : (uint64_t)folder;
	if (!strcmp(type, "id"))
		return ~0UL;
	/* a link, and a folder; no program */
	if (!strcmp(type, "path"))
		return (uintptr_t)cwd;
	if (!strcmp(type, "in") || !strcmp(type, "out") || !strcmp(type, "both"))
		return (uintptr_t)good;
	if (!strcmp(type, "hex"))
		return PICK(0, 0, 1, 2, 4, 0x1000);
	if (!strcmp(type, "ulong"))
		return PICK(8, 8, 24, 64, 4096, 0x7fffffff, 1UL << 63, ~0UL);
	return PICK(0, 0, 1, 2, 3, 8, 48, 64);
}

static int is_pointer(const char *type)
{
	return !strcmp(type, "path") || !strcmp(type, "in") || !strcmp(type, "out") ||
	       !strcmp(type, "both");
}

static long make(const struct call *c, char type[6][8], int count, int which, uint64_t pointer)
{
	uint64_t a[6] = { 0 };

	for (int i = 0; i < count; i++)
		a[i] = i == which ? pointer : harmless(type[i]);
	return syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? -errno : 0;
}

/* All of one call: how many times it said EFAULT, up to 1; in a process of its own. */
static int try(const struct call *c)
{
	char type[6][8];
	int count = read_types(c->types, type), faults = 0, pointers = 0;

	for (int i = 0; i < count; i++) {
		int before = faults;

		if (!is_pointer(type[i]))
			continue;
		pointers++;
		for (int b = 0; b < bad_count; b++)
			for (int round = 0; round < ROUNDS; round++) {
				long result = make(c, type, count, i, bad[b]);

				if (result < -133)
					return 2;
				faults += result == -EFAULT;
			}
		if (faults == before && !is_listed(OPTIONAL, c->name)) {
			printf("%s: argument %d is never EFAULT\n", c->name, i + 1);
			return 3;
		}
	}
	/* it goes on: what it has is as it was */
	for (size_t i = 0; pointers && i < 16; i++)
		if (syscall(SYS_getpid) <= 0)
			return 4;
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0, tried = 0;

	prepare();
	for (size_t i = 0; i < CALLS; i++) {
		int status;
		pid_t pid;

		if (argc > 1 && strcmp(argv[1], calls[i].name))
			continue;
		if (is_listed(ENDS WAITS, calls[i].name))
			continue;
		fflush(stdout);
		pid = fork();
		if (!pid) {
			status = try(&calls[i]);
			fflush(stdout);
			_exit(status);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			status = -1;
		tried++;
		if (status) {
			failed++;
			printf("%s: %s %d\n", calls[i].name,
			       WIFSIGNALED(status) ? "killed by" : "status",
			       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		}
	}
	printf("%d calls, %d failed\n", tried, failed);
	return failed != 0;
}
