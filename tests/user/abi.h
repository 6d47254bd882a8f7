/* SPDX-License-Identifier: MIT */
/*
 * Tests of system calls, which run on Cairn and on Linux alike: what Linux does is what is
 * expected. A program has cases; each prints one line, "ok <name>" or "not ok <name>: ...", and
 * runs in a process of its own, so that what one does the next does not see. The program's status
 * is 0 when all were well. Arguments name the cases to run; none: all.
 */
#ifndef TESTS_USER_ABI_H
#define TESTS_USER_ABI_H

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct abi_case {
	const char *name;
	void (*run)(void);
};

#define CASE(function)	{ #function, function }

static inline void abi_fail(int line, const char *what, long got, int err)
{
	printf("line %d: %s: %ld, %s\n", line, what, got, err ? strerror(err) : "no error");
	fflush(stdout);
	_exit(1);
}

/* @what is true. */
#define OK(what) do { \
	errno = 0; \
	if (!(what)) \
		abi_fail(__LINE__, #what, 0, errno); \
} while (0)

/* @call returns @value. */
#define EQ(call, value) do { \
	errno = 0; \
	long abi_got_ = (long)(call); \
	if (abi_got_ != (long)(value)) \
		abi_fail(__LINE__, #call " == " #value, abi_got_, errno); \
} while (0)

/* @call returns -1 and sets errno to @error. */
#define FAILS(call, error) do { \
	errno = 0; \
	long abi_got_ = (long)(call); \
	if (abi_got_ != -1 || errno != (error)) \
		abi_fail(__LINE__, #call " fails with " #error, abi_got_, errno); \
} while (0)

/* An address that a program cannot have mapped, and one of the kernel's. */
#define BAD	((void *)8)
#define KERNEL	((void *)0xffffffff80000000UL)

/* Runs the cases; for main(). */
static inline int abi_main(const struct abi_case *cases, size_t count, int argc, char **argv)
{
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		int wanted = argc < 2, status;
		pid_t pid;

		for (int n = 1; n < argc; n++)
			wanted |= !strcmp(argv[n], cases[i].name);
		if (!wanted)
			continue;
		fflush(stdout);
		pid = fork();
		if (!pid) {
			cases[i].run();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			status = 1;
		failed += status != 0;
		printf("%s %s\n", status ? "not ok" : "ok", cases[i].name);
	}
	return failed != 0;
}

#define ABI_MAIN(cases) \
	int main(int argc, char **argv) \
	{ \
		return abi_main(cases, sizeof(cases) / sizeof((cases)[0]), argc, argv); \
	}

#endif
