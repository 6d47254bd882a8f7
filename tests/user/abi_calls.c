/* SPDX-License-Identifier: MIT */
/* Calls that fit nowhere else, and those that a libc makes and a program seldom does. */
#include "abi.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT	1
#endif

static void random_numbers(void)
{
	static unsigned char a[5000], b[5000];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int bits[8] = { 0 };
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EQ(getrandom(a, sizeof(a), 0), sizeof(a));
	EQ(getrandom(b, sizeof(b), GRND_NONBLOCK), sizeof(b));
	OK(memcmp(a, b, sizeof(a)) != 0);
	for (unsigned int i = 0; i < sizeof(a); i++)
		for (int n = 0; n < 8; n++)
			bits[n] += a[i] >> n & 1;
	/* 2500 are expected, and 35 is the standard deviation */
	for (int n = 0; n < 8; n++)
		OK(bits[n] > 2200 && bits[n] < 2800);
	EQ(getrandom(a, 3, GRND_RANDOM), 3);
	EQ(getrandom(a, 0, 0), 0);
	FAILS(getrandom(a, 1, 8), EINVAL);
	FAILS(getrandom(BAD, 1, 0), EFAULT);
	FAILS(getrandom(KERNEL, 1, 0), EFAULT);
	EQ(munmap(p + page, page), 0);
	FAILS(getrandom(p + page, 1, 0), EFAULT);
	OK(getrandom(p, page, 0) == (ssize_t)page);
}

/* A thread alone: its id is its process's, and that of each child another. */
static void ids(void)
{
	int p[2], status;
	pid_t child, told;

	EQ(syscall(SYS_gettid), getpid());
	EQ(pipe(p), 0);
	child = fork();
	if (!child) {
		told = (pid_t)syscall(SYS_gettid);
		EQ(write(p[1], &told, sizeof(told)), sizeof(told));
		_exit(told != getpid());
	}
	EQ(read(p[0], &told, sizeof(told)), sizeof(told));
	EQ(told, child);
	EQ(waitpid(child, &status, 0), child);
	EQ(status, 0);
}

/* Tells the thread's id, whatever the address: that is looked at when it ends. */
static void tid_address(void)
{
	int status;
	pid_t pid;

	EQ(syscall(SYS_set_tid_address, NULL), getpid());
	pid = fork();
	if (!pid) {
		EQ(syscall(SYS_set_tid_address, BAD), getpid());
		syscall(SYS_exit, 5);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WIFEXITED(status) && WEXITSTATUS(status) == 5, 1);
}

static void robust_list(void)
{
	static struct robust_list_head head = { { &head.list }, 0, NULL };
	int status;

	EQ(syscall(SYS_set_robust_list, &head, sizeof(head)), 0);
	FAILS(syscall(SYS_set_robust_list, &head, sizeof(head) - 1), EINVAL);
	FAILS(syscall(SYS_set_robust_list, &head, 0), EINVAL);
	if (!fork()) {
		/* what is no list does no harm */
		EQ(syscall(SYS_set_robust_list, KERNEL, sizeof(head)), 0);
		_exit(0);
	}
	OK(wait(&status) > 0);
	EQ(status, 0);
}

/* What follows it is not done, by either of them; only the lowest byte is told. */
static void ends(void)
{
	static const int calls[] = { SYS_exit, SYS_exit_group };
	int status;

	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (!pid) {
			syscall(calls[i], 0x1234);
			_exit(9);
		}
		EQ(waitpid(pid, &status, 0), pid);
		OK(WIFEXITED(status));
		EQ(WEXITSTATUS(status), 0x34);
	}
}

static void locks(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char there[4] = { 0 };

	EQ(syscall(SYS_mlock2, p, page, 0), 0);
	EQ(mincore(p, page, there), 0);
	EQ(there[0] & 1, 1);
	EQ(syscall(SYS_mlock2, p, 4 * page, MLOCK_ONFAULT), 0);
	EQ(munlock(p, 4 * page), 0);
	FAILS(syscall(SYS_mlock2, p, page, 2), EINVAL);
	EQ(munmap(p + 2 * page, page), 0);
	FAILS(syscall(SYS_mlock2, p, 4 * page, 0), ENOMEM);
	FAILS(mlock(p + 2 * page, page), ENOMEM);
	FAILS(munlock(p + 2 * page, page), ENOMEM);
	EQ(mlockall(MCL_CURRENT), 0);
	EQ(mlockall(MCL_CURRENT | MCL_FUTURE), 0);
	EQ(munlockall(), 0);
	FAILS(mlockall(0), EINVAL);
	FAILS(mlockall(8), EINVAL);
	FAILS(mlockall(MCL_ONFAULT), EINVAL);
}

static void yields(void)
{
	for (int i = 0; i < 10; i++)
		EQ(sched_yield(), 0);
}

/* The kernel has these made: where there is nothing to go on with, or to come back to. */
static void not_by_hand(void)
{
	int status;

	FAILS(syscall(SYS_restart_syscall), EINTR);
	if (!fork()) {
		struct rlimit none = { 0, 0 };

		/* what lies on the stack is no frame of a signal */
		setrlimit(RLIMIT_CORE, &none);
		syscall(SYS_rt_sigreturn);
		_exit(0);
	}
	OK(wait(&status) > 0);
	OK(WIFSIGNALED(status));
	EQ(WTERMSIG(status), SIGSEGV);
}

/* Numbers that no call has. */
static void unknown(void)
{
	FAILS(syscall(-1), ENOSYS);
	FAILS(syscall(1000), ENOSYS);
	FAILS(syscall(0x7fffffff), ENOSYS);
	FAILS(syscall(0x80000000L), ENOSYS);
}

static const struct abi_case cases[] = {
	CASE(random_numbers), CASE(ids), CASE(tid_address), CASE(robust_list), CASE(ends),
	CASE(locks), CASE(yields), CASE(not_by_hand), CASE(unknown),
};

ABI_MAIN(cases)
