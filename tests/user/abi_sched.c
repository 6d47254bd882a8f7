/* SPDX-License-Identifier: MIT */
/* Calls about scheduling, nice values, limits. Run as root; real-time where the kernel has it. */
#include "abi.h"

#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#define NOBODY	0x7ffffff0

/* The calls themselves: musl's functions of these names only fail. */
#define sched_getscheduler(...)	syscall(SYS_sched_getscheduler, __VA_ARGS__)
#define sched_setscheduler(...)	syscall(SYS_sched_setscheduler, __VA_ARGS__)
#define sched_getparam(...)	syscall(SYS_sched_getparam, __VA_ARGS__)
#define sched_setparam(...)	syscall(SYS_sched_setparam, __VA_ARGS__)

/* linux/sched/types.h and sched.h cannot both be had. */
struct attributes {
	uint32_t size, sched_policy;
	uint64_t sched_flags;
	int32_t sched_nice;
	uint32_t sched_priority;
	uint64_t sched_runtime, sched_deadline, sched_period;
	uint32_t sched_util_min, sched_util_max;
};

static void policies(void)
{
	struct sched_param p = { 0 };

	EQ(sched_getscheduler(0), SCHED_OTHER);
	EQ(sched_getparam(0, &p), 0);
	EQ(p.sched_priority, 0);
	EQ(sched_setscheduler(0, SCHED_BATCH, &p), 0);
	EQ(sched_getscheduler(0), SCHED_BATCH);
	EQ(sched_setscheduler(0, SCHED_IDLE, &p), 0);
	EQ(sched_setparam(0, &p), 0);
	EQ(sched_getscheduler(getpid()), SCHED_IDLE);
	EQ(sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &p), 0);
	EQ(sched_getscheduler(0), SCHED_OTHER | SCHED_RESET_ON_FORK);
	EQ(sched_setscheduler(0, SCHED_OTHER, &p), 0);
	p.sched_priority = 1;
	FAILS(sched_setscheduler(0, SCHED_OTHER, &p), EINVAL);
	FAILS(sched_setparam(0, &p), EINVAL);
	FAILS(sched_setscheduler(0, 77, &p), EINVAL);
	FAILS(sched_setscheduler(0, -1, &p), EINVAL);
	FAILS(sched_setscheduler(-1, SCHED_OTHER, &p), EINVAL);
	FAILS(sched_setscheduler(NOBODY, SCHED_OTHER, &p), ESRCH);
	FAILS(sched_setscheduler(0, SCHED_OTHER, NULL), EINVAL);
	FAILS(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, BAD), EFAULT);
	FAILS(sched_getscheduler(NOBODY), ESRCH);
	FAILS(sched_getscheduler(-1), EINVAL);
	FAILS(sched_getparam(0, NULL), EINVAL);
	FAILS(sched_getparam(NOBODY, &p), ESRCH);
	FAILS(syscall(SYS_sched_getparam, 0, BAD), EFAULT);
	FAILS(sched_setparam(NOBODY, &p), ESRCH);
}

static void real_time(void)
{
	struct sched_param p = { .sched_priority = 50 };
	struct timespec t;
	int status;
	pid_t pid;

	EQ(sched_get_priority_max(SCHED_FIFO), 99);
	EQ(sched_get_priority_min(SCHED_RR), 1);
	EQ(sched_get_priority_max(SCHED_OTHER), 0);
	EQ(sched_get_priority_min(SCHED_BATCH), 0);
	FAILS(sched_get_priority_max(77), EINVAL);
	FAILS(sched_get_priority_min(-1), EINVAL);
	EQ(sched_setscheduler(0, SCHED_RR, &p), 0);
	EQ(sched_getscheduler(0), SCHED_RR);
	EQ(sched_rr_get_interval(0, &t), 0);
	OK(t.tv_sec == 0 && t.tv_nsec > 0);
	p.sched_priority = 99;
	EQ(sched_setscheduler(0, SCHED_FIFO, &p), 0);
	EQ(sched_rr_get_interval(0, &t), 0);
	OK(t.tv_sec == 0 && t.tv_nsec == 0);
	pid = fork();
	if (!pid) {
		EQ(sched_getscheduler(0), SCHED_FIFO);
		EQ(sched_getparam(0, &p), 0);
		_exit(p.sched_priority);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 99);
	EQ(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &p), 0);
	pid = fork();
	if (!pid)
		_exit(sched_getscheduler(0) == SCHED_OTHER ? 5 : 6);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 5);
	p.sched_priority = 0;
	FAILS(sched_setscheduler(0, SCHED_FIFO, &p), EINVAL);
	p.sched_priority = 100;
	FAILS(sched_setscheduler(0, SCHED_FIFO, &p), EINVAL);
	FAILS(sched_rr_get_interval(-1, &t), EINVAL);
	FAILS(sched_rr_get_interval(NOBODY, &t), ESRCH);
	FAILS(syscall(SYS_sched_rr_get_interval, 0, BAD), EFAULT);
}

static void real_time_is_for_root(void)
{
	struct sched_param p = { .sched_priority = 1 };
	struct rlimit none = { 0, 0 };

	EQ(setrlimit(RLIMIT_RTPRIO, &none), 0);
	EQ(setresuid(9, 9, 9), 0);
	FAILS(sched_setscheduler(0, SCHED_FIFO, &p), EPERM);
	p.sched_priority = 0;
	EQ(sched_setscheduler(0, SCHED_BATCH, &p), 0);
	FAILS(sched_setscheduler(getppid(), SCHED_BATCH, &p), EPERM);
}

static void attributes(void)
{
	struct attributes a = { .size = sizeof(a), .sched_policy = SCHED_BATCH, .sched_nice = 3 };
	uint32_t more[32] = { sizeof(more) };

	EQ(syscall(SYS_sched_setattr, 0, &a, 0), 0);
	memset(&a, 0x55, sizeof(a));
	EQ(syscall(SYS_sched_getattr, 0, &a, 48, 0), 0);
	OK(a.size == 48 && a.sched_policy == SCHED_BATCH && a.sched_nice == 3);
	EQ(getpriority(PRIO_PROCESS, 0), 3);
	EQ(syscall(SYS_sched_setattr, 0, more, 0), 0);
	more[30] = 1;
	FAILS(syscall(SYS_sched_setattr, 0, more, 0), E2BIG);
	OK(more[0] >= 48);
	a.size = 4;
	FAILS(syscall(SYS_sched_setattr, 0, &a, 0), E2BIG);
	FAILS(syscall(SYS_sched_getattr, 0, &a, 47, 0), EINVAL);
	FAILS(syscall(SYS_sched_getattr, 0, &a, 48, 1), EINVAL);
	FAILS(syscall(SYS_sched_getattr, NOBODY, &a, 48, 0), ESRCH);
	FAILS(syscall(SYS_sched_getattr, 0, BAD, 48, 0), EFAULT);
	FAILS(syscall(SYS_sched_getattr, 0, NULL, 48, 0), EINVAL);
	FAILS(syscall(SYS_sched_setattr, 0, BAD, 0), EFAULT);
	FAILS(syscall(SYS_sched_setattr, 0, NULL, 0), EINVAL);
}

static void nice_values(void)
{
	struct rlimit none = { 0, 0 };
	int status;
	pid_t pid;

	EQ(setpriority(PRIO_PROCESS, 0, 5), 0);
	EQ(syscall(SYS_getpriority, PRIO_PROCESS, 0), 15);
	EQ(setpriority(PRIO_PROCESS, getpid(), -100), 0);
	EQ(syscall(SYS_getpriority, PRIO_PROCESS, getpid()), 40);
	pid = fork();
	if (!pid)
		_exit((int)syscall(SYS_getpriority, PRIO_PROCESS, 0));
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 40);
	EQ(setpriority(PRIO_PROCESS, 0, 10), 0);
	FAILS(setpriority(3, 0, 0), EINVAL);
	FAILS(getpriority(-1, 0), EINVAL);
	FAILS(getpriority(PRIO_PROCESS, NOBODY), ESRCH);
	FAILS(setpriority(PRIO_PGRP, NOBODY, 0), ESRCH);
	EQ(setsid(), getpid());
	EQ(setpriority(PRIO_PGRP, 0, 11), 0);
	EQ(syscall(SYS_getpriority, PRIO_PGRP, 0), 9);
	EQ(setrlimit(RLIMIT_NICE, &none), 0);
	EQ(setresuid(9, 9, 9), 0);
	EQ(setpriority(PRIO_USER, 9, 12), 0);
	EQ(syscall(SYS_getpriority, PRIO_USER, 0), 8);
	FAILS(setpriority(PRIO_PROCESS, 0, 0), EACCES);
	FAILS(setpriority(PRIO_PROCESS, getppid(), 13), EPERM);
}

static void affinity(void)
{
	unsigned long mask[16] = { 0 };
	long size = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);

	OK(size >= 8 && size % 8 == 0 && mask[0]);
	FAILS(syscall(SYS_sched_getaffinity, 0, 7, mask), EINVAL);
	FAILS(syscall(SYS_sched_getaffinity, 0, 0, mask), EINVAL);
	FAILS(syscall(SYS_sched_getaffinity, NOBODY, sizeof(mask), mask), ESRCH);
	FAILS(syscall(SYS_sched_getaffinity, 0, sizeof(mask), BAD), EFAULT);
	EQ(syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask), 0);
	mask[0] &= -mask[0];
	EQ(syscall(SYS_sched_setaffinity, 0, 8, mask), 0);
	EQ(sched_getcpu(), __builtin_ctzl(mask[0]));
	mask[1] = mask[0];
	EQ(syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask), size);
	EQ(mask[0], mask[1] ? mask[1] : mask[0]);
	memset(mask, 0, sizeof(mask));
	FAILS(syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask), EINVAL);
	FAILS(syscall(SYS_sched_setaffinity, 0, 8, BAD), EFAULT);
	mask[0] = 1;
	FAILS(syscall(SYS_sched_setaffinity, NOBODY, 8, mask), ESRCH);
}

static void cpu_number(void)
{
	unsigned int cpu = 1000, node = 1000;

	EQ(syscall(SYS_getcpu, &cpu, &node, NULL), 0);
	OK(cpu < 1000 && node < 1000);
	EQ(syscall(SYS_getcpu, NULL, NULL, NULL), 0);
	FAILS(syscall(SYS_getcpu, BAD, NULL, NULL), EFAULT);
	FAILS(syscall(SYS_getcpu, NULL, KERNEL, NULL), EFAULT);
}

/* --- Limits ----------------------------------------------------------------------------------- */

static void limits(void)
{
	struct rlimit l, old;

	EQ(getrlimit(RLIMIT_STACK, &l), 0);
	OK(l.rlim_cur >= 65536);
	EQ(syscall(SYS_getrlimit, RLIMIT_NOFILE, &l), 0);
	OK(l.rlim_cur > 3 && l.rlim_cur <= l.rlim_max);
	old = l;
	l.rlim_cur = 20;
	EQ(syscall(SYS_setrlimit, RLIMIT_NOFILE, &l), 0);
	EQ(prlimit(getpid(), RLIMIT_NOFILE, NULL, &l), 0);
	OK(l.rlim_cur == 20 && l.rlim_max == old.rlim_max);
	FAILS(dup2(0, 20), EBADF);
	EQ(dup2(0, 19), 19);
	while (dup(0) >= 0)
		;
	FAILS(dup(0), EMFILE);
	l.rlim_cur = l.rlim_max + 1;
	FAILS(setrlimit(RLIMIT_NOFILE, &l), EINVAL);
	FAILS(syscall(SYS_setrlimit, 16, &old), EINVAL);
	FAILS(syscall(SYS_getrlimit, 16, &l), EINVAL);
	FAILS(syscall(SYS_prlimit64, 0, 16, NULL, &l), EINVAL);
	FAILS(prlimit(NOBODY, RLIMIT_NOFILE, NULL, &l), ESRCH);
	FAILS(syscall(SYS_getrlimit, RLIMIT_NOFILE, BAD), EFAULT);
	FAILS(syscall(SYS_setrlimit, RLIMIT_NOFILE, KERNEL), EFAULT);
	FAILS(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, BAD), EFAULT);
	l = old;
	l.rlim_cur = l.rlim_max = 100;
	EQ(setrlimit(RLIMIT_NOFILE, &l), 0);
	EQ(setresuid(9, 9, 9), 0);
	l.rlim_max = 101;
	FAILS(setrlimit(RLIMIT_NOFILE, &l), EPERM);
	FAILS(prlimit(getppid(), RLIMIT_NOFILE, NULL, &l), EPERM);
}

static void limits_of_children(void)
{
	struct rlimit l = { 5, 7 };
	int ends[2], status;
	pid_t pid;
	char c;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		close(ends[1]);
		if (read(ends[0], &c, 1) || getrlimit(RLIMIT_CPU, &l))
			_exit(1);
		_exit(l.rlim_cur == 5 && l.rlim_max == 7 ? 3 : 4);
	}
	EQ(prlimit(pid, RLIMIT_CPU, &l, NULL), 0);
	close(ends[1]);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 3);
}

static void limit_of_memory(void)
{
	struct rlimit l = { 64 << 20, 64 << 20 };

	EQ(setrlimit(RLIMIT_AS, &l), 0);
	OK(malloc(16 << 20) != NULL);
	FAILS((long)malloc(128 << 20) ? 0 : -1, ENOMEM);
	FAILS((long)sbrk(128 << 20), ENOMEM);
}

static const struct abi_case cases[] = {
	CASE(policies), CASE(real_time), CASE(real_time_is_for_root), CASE(attributes),
	CASE(nice_values), CASE(affinity), CASE(cpu_number), CASE(limits),
	CASE(limits_of_children), CASE(limit_of_memory),
};

ABI_MAIN(cases)
