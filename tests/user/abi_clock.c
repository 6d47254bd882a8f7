/* SPDX-License-Identifier: MIT */
/* Clocks: what processes and threads have used, by their ids, and those that are others by name. */
#include "abi.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

/* Of the thread or process @id; @kind: 0 and 1 are times of the program's own, 2 is all. */
static clockid_t cpu_clock(pid_t id, int thread, int kind)
{
	return (clockid_t)(~(unsigned int)id << 3 | (thread ? 4 : 0) | (unsigned int)kind);
}

static long gettime(clockid_t clock, struct timespec *t)
{
	return syscall(SYS_clock_gettime, clock, t);
}

static long ns(clockid_t clock)
{
	struct timespec t;

	EQ(gettime(clock, &t), 0);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void burn(long time)
{
	long until = ns(CLOCK_THREAD_CPUTIME_ID) + time;

	while (ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
}

static void of_processes(void)
{
	struct timespec t;
	clockid_t clock;
	long before;
	pid_t pid;
	int ends[2];
	char c;

	burn(20000000);
	OK(ns(cpu_clock(getpid(), 0, 2)) >= 20000000);
	OK(ns(cpu_clock(0, 0, 2)) >= 20000000);
	EQ(clock_getcpuclockid(0, &clock), 0);
	EQ(clock_getcpuclockid(getpid(), &clock), 0);
	before = ns(CLOCK_PROCESS_CPUTIME_ID);
	OK(ns(clock) >= before);
	for (int kind = 0; kind < 3; kind++) {
		EQ(gettime(cpu_clock(getpid(), 0, kind), &t), 0);
		EQ(gettime(cpu_clock(getpid(), 1, kind), &t), 0);
		EQ(clock_getres(cpu_clock(getpid(), 0, kind), &t), 0);
		OK(!t.tv_sec && t.tv_nsec);
	}
	FAILS(gettime(cpu_clock(getpid(), 0, 3), &t), EINVAL);
	FAILS(gettime(cpu_clock(0x3ffffff, 0, 2), &t), EINVAL);
	FAILS(gettime(cpu_clock(0x3ffffff, 1, 2), &t), EINVAL);
	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		burn(20000000);
		EQ(write(ends[1], "x", 1), 1);
		pause();
	}
	EQ(read(ends[0], &c, 1), 1);
	OK(ns(cpu_clock(pid, 0, 2)) >= 20000000);
	/* another one's threads are not for us */
	FAILS(gettime(cpu_clock(pid, 1, 2), &t), EINVAL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	FAILS(gettime(cpu_clock(pid, 0, 2), &t), EINVAL);
}

static pid_t tid;
static int ends[2];

static void *thread(void *arg)
{
	char c;

	tid = (pid_t)syscall(SYS_gettid);
	burn(20000000);
	(void)!write(ends[1], "x", 1);
	(void)!read(((int *)arg)[0], &c, 1);
	return NULL;
}

static void of_threads(void)
{
	int wait[2];
	long before = ns(CLOCK_THREAD_CPUTIME_ID);
	clockid_t clock;
	pthread_t t;
	char c;

	EQ(pipe(ends), 0);
	EQ(pipe(wait), 0);
	EQ(pthread_create(&t, NULL, thread, wait), 0);
	EQ(read(ends[0], &c, 1), 1);
	EQ(pthread_getcpuclockid(t, &clock), 0);
	OK(ns(clock) >= 20000000);
	OK(ns(cpu_clock(tid, 1, 2)) >= 20000000);
	OK(ns(cpu_clock(0, 1, 2)) >= before);
	/* all of them */
	OK(ns(cpu_clock(getpid(), 0, 2)) >= 20000000 + before);
	EQ(write(wait[1], "x", 1), 1);
	EQ(pthread_join(t, NULL), 0);
}

static void of_other_names(void)
{
	struct timespec t;
	long real = ns(CLOCK_REALTIME), since = ns(CLOCK_BOOTTIME);

	OK(ns(CLOCK_TAI) >= real);
	OK(ns(CLOCK_REALTIME_ALARM) >= real);
	OK(ns(CLOCK_BOOTTIME_ALARM) >= since);
	FAILS(gettime(10, &t), EINVAL);
	FAILS(gettime(12, &t), EINVAL);
	EQ(clock_getres(CLOCK_TAI, &t), 0);
}

static const struct abi_case cases[] = {
	CASE(of_processes), CASE(of_threads), CASE(of_other_names),
};

ABI_MAIN(cases)
