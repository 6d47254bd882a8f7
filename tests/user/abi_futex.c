/* SPDX-License-Identifier: MIT */
/*
 * futex: waiting and waking, by bits, requeued, with an operation; private and shared; until a
 * time; robust lists; and the words that are none.
 */
#include "abi.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define PRIVATE	FUTEX_PRIVATE_FLAG

static volatile uint32_t word, other;

static long futex(volatile void *address, int op, uint32_t value, const void *timeout,
		  volatile void *second, uint32_t value3)
{
	return syscall(SYS_futex, address, op, value, timeout, second, value3);
}

/* In place of a time: how many at the second word. */
static const void *number(long n)
{
	return (const void *)n;
}

static pthread_t start(void *(*run)(void *), void *arg)
{
	pthread_t t;

	EQ(pthread_create(&t, NULL, run, arg), 0);
	return t;
}

/* --- Errors ----------------------------------------------------------------------------------- */

static void errors(void)
{
	static const struct timespec bad = { 0, 1000000000 }, past = { 0, 1 };
	char *readonly = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *gone = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EQ(munmap(gone, 65536), 0);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0), EAGAIN);
	FAILS(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), EAGAIN);
	FAILS(futex((char *)&word + 1, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0), EINVAL);
	FAILS(futex((char *)&word + 2, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), EINVAL);
	FAILS(futex(gone, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0), EFAULT);
	FAILS(futex(gone, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
	FAILS(futex(KERNEL, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0), EFAULT);
	FAILS(futex(KERNEL, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), EFAULT);
	EQ(futex(gone, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), 0);
	FAILS(futex(gone, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
	FAILS(futex(readonly, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0), EAGAIN);
	FAILS(futex(readonly, FUTEX_WAIT | PRIVATE, 0, &past, NULL, 0), ETIMEDOUT);
	EQ(futex(readonly, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), 0);
	FAILS(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(1), readonly,
		    FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)), EFAULT);
	FAILS(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(1), gone,
		    FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)), EFAULT);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, &bad, NULL, 0), EINVAL);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, BAD, NULL, 0), EFAULT);
	FAILS(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 0, NULL, NULL, 0), EINVAL);
	FAILS(futex(&word, FUTEX_WAKE_BITSET | PRIVATE, 1, NULL, NULL, 0), EINVAL);
	FAILS(futex(&word, 99 | PRIVATE, 0, NULL, NULL, 0), ENOSYS);
	FAILS(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0), ENOSYS);
	FAILS(futex(&word, FUTEX_CMP_REQUEUE | PRIVATE, 1, number(1), &other, 5), EAGAIN);
	FAILS(futex(&word, FUTEX_REQUEUE | PRIVATE, (uint32_t)-1, number(1), &other, 0), EINVAL);
	FAILS(futex(&word, FUTEX_REQUEUE | PRIVATE, 1, number(-1), &other, 0), EINVAL);
	FAILS(futex(&word, FUTEX_REQUEUE | PRIVATE, 1, number(1), (char *)&other + 1, 0), EINVAL);
	FAILS(futex(gone, FUTEX_CMP_REQUEUE | PRIVATE, 1, number(1), &other, 0), EFAULT);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), 0);
	EQ(futex(&word, FUTEX_REQUEUE | PRIVATE, 1, number(1), &other, 0), 0);
}

static void timeouts(void)
{
	const struct timespec little = { 0, 3000000 };
	struct timespec begin, end, until;

	EQ(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, &little, NULL, 0), ETIMEDOUT);
	EQ(clock_gettime(CLOCK_MONOTONIC, &end), 0);
	OK((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec >= 3000000);
	FAILS(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 0, &begin, NULL, ~0U), ETIMEDOUT);
	until = end;
	until.tv_nsec += 2000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	FAILS(futex(&word, FUTEX_WAIT_BITSET | PRIVATE, 0, &until, NULL, ~0U), ETIMEDOUT);
	EQ(clock_gettime(CLOCK_REALTIME, &until), 0);
	until.tv_nsec += 2000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	FAILS(futex(&word, FUTEX_WAIT_BITSET | PRIVATE | FUTEX_CLOCK_REALTIME, 0, &until, NULL,
		    ~0U), ETIMEDOUT);
}

/* --- Waking ----------------------------------------------------------------------------------- */

struct wait {
	volatile void *at;
	uint32_t bits;
	volatile int done;
};

static void *wait_at(void *arg)
{
	struct wait *w = arg;

	EQ(futex(w->at, FUTEX_WAIT_BITSET | PRIVATE, 0, NULL, NULL, w->bits), 0);
	w->done = 1;
	return NULL;
}

/* Until @n sleep at @at: they are moved to where they are, which counts them. */
static void settle(volatile void *at, int n)
{
	while (futex(at, FUTEX_REQUEUE | PRIVATE, 0, number(1000), at, 0) < n)
		sched_yield();
}

/* Until @n of @w, which are @count, have gone on; no more do. */
static void expect(const struct wait *w, int count, int n)
{
	int done;

	do {
		sched_yield();
		done = 0;
		for (int i = 0; i < count; i++)
			done += w[i].done;
	} while (done < n);
	EQ(done, n);
}

static void wakes(void)
{
	struct wait w[6];
	pthread_t t[6];

	for (int i = 0; i < 6; i++) {
		w[i] = (struct wait){ &word, i < 3 ? 1 : 2, 0 };
		t[i] = start(wait_at, &w[i]);
	}
	settle(&word, 6);
	EQ(futex(&word, FUTEX_WAKE_BITSET | PRIVATE, 10, NULL, NULL, 4), 0);
	EQ(futex(&word, FUTEX_WAKE_BITSET | PRIVATE, 10, NULL, NULL, 2), 3);
	expect(w + 3, 3, 3);
	expect(w, 3, 0);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), 1);
	expect(w, 3, 1);
	EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0), 2);
	for (int i = 0; i < 6; i++)
		EQ(pthread_join(t[i], NULL), 0);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0), 0);
}

static void requeues(void)
{
	struct wait w[5];
	pthread_t t[5];

	for (int i = 0; i < 5; i++) {
		w[i] = (struct wait){ &word, ~0U, 0 };
		t[i] = start(wait_at, &w[i]);
	}
	settle(&word, 5);
	EQ(futex(&word, FUTEX_CMP_REQUEUE | PRIVATE, 1, number(2), &other, 0), 3);
	expect(w, 5, 1);
	EQ(futex(&other, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0), 1);
	expect(w, 5, 2);
	EQ(futex(&word, FUTEX_REQUEUE | PRIVATE, 0, number(100), &other, 0), 2);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0), 0);
	EQ(futex(&other, FUTEX_WAKE | PRIVATE, 100, NULL, NULL, 0), 3);
	for (int i = 0; i < 5; i++)
		EQ(pthread_join(t[i], NULL), 0);
}

static void *wait_long(void *arg)
{
	static const struct timespec t = { 0, 300000000 };

	FAILS(futex(arg, FUTEX_WAIT | PRIVATE, 0, &t, NULL, 0), ETIMEDOUT);
	return NULL;
}

/* Whose time is over after it was requeued. */
static void requeued_times_out(void)
{
	pthread_t a = start(wait_long, (void *)&word), b = start(wait_long, (void *)&word);

	settle(&word, 2);
	EQ(futex(&word, FUTEX_REQUEUE | PRIVATE, 0, number(2), &other, 0), 2);
	EQ(pthread_join(a, NULL), 0);
	EQ(pthread_join(b, NULL), 0);
	EQ(futex(&other, FUTEX_WAKE | PRIVATE, 9, NULL, NULL, 0), 0);
}

static void operations(void)
{
	struct wait w[3] = { { &word, ~0U, 0 }, { &other, ~0U, 0 }, { &other, ~0U, 0 } };
	pthread_t t[3];

	for (int i = 0; i < 3; i++)
		t[i] = start(wait_at, &w[i]);
	settle(&word, 1);
	settle(&other, 2);
	/* the comparison is of what was there */
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(1), &other,
		 FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_GT, 0)), 1);
	EQ(other, 5);
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(1), &other,
		 FUTEX_OP(FUTEX_OP_SET, 12, FUTEX_OP_CMP_EQ, 5)), 1);
	EQ(other, 12);
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(9), &other,
		 FUTEX_OP(FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_GE, 12)), 1);
	EQ(other, 8);
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(9), &other,
		 FUTEX_OP((FUTEX_OP_XOR | FUTEX_OP_OPARG_SHIFT), 3, FUTEX_OP_CMP_NE, 0)), 0);
	EQ(other, 0);
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(9), &other,
		 FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 31, FUTEX_OP_CMP_LE, 0)), 0);
	EQ(other, 0x80000000U);
	EQ(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(9), &other,
		 FUTEX_OP(FUTEX_OP_SET, -1 & 0xfff, FUTEX_OP_CMP_LT, 0)), 0);
	EQ(other, 0xffffffffU);
	for (int i = 0; i < 3; i++)
		EQ(pthread_join(t[i], NULL), 0);
	FAILS(futex(&word, FUTEX_WAKE_OP | PRIVATE, 1, number(9), &other,
		    FUTEX_OP(7, 0, FUTEX_OP_CMP_LT, 0)), ENOSYS);
}

/* Between processes: by the object, wherever it is mapped. */
static void between_processes(void)
{
	volatile uint32_t *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;
	int status, fd = memfd_create("x", 0);
	pid_t pid;

	OK(p != MAP_FAILED);
	pid = fork();
	if (!pid) {
		EQ(futex(p, FUTEX_WAIT, 0, NULL, NULL, 0), 0);
		_exit(0);
	}
	while (!futex(p, FUTEX_WAKE, 1, NULL, NULL, 0))
		usleep(100);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(ftruncate(fd, 65536), 0);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	OK(p != MAP_FAILED && q != MAP_FAILED && p != q);
	pid = fork();
	if (!pid) {
		EQ(futex(p + 5, FUTEX_WAIT, 0, NULL, NULL, 0), 0);
		_exit(0);
	}
	EQ(futex(q + 6, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
	while (!futex(q + 5, FUTEX_WAKE, 1, NULL, NULL, 0))
		usleep(100);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void nothing(int signal)
{
	(void)signal;
}

static void *send_signal(void *arg)
{
	settle(&word, 1);
	EQ(pthread_kill(*(pthread_t *)arg, SIGUSR1), 0);
	return NULL;
}

/* A handler ends the wait, or, with SA_RESTART and no time, does not. */
static void interrupted(void)
{
	static const struct timespec little = { 0, 30000000 }, much = { 100, 0 };
	struct sigaction action = { .sa_handler = nothing };
	pthread_t self = pthread_self(), t;

	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	t = start(send_signal, &self);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, NULL, NULL, 0), EINTR);
	EQ(pthread_join(t, NULL), 0);
	action.sa_flags = SA_RESTART;
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	t = start(send_signal, &self);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, &much, NULL, 0), EINTR);
	EQ(pthread_join(t, NULL), 0);
	EQ(futex(&word, FUTEX_WAKE | PRIVATE, 9, NULL, NULL, 0), 0);
	FAILS(futex(&word, FUTEX_WAIT | PRIVATE, 0, &little, NULL, 0), ETIMEDOUT);
}

/* --- Robust lists ----------------------------------------------------------------------------- */

static void *lock_and_go(void *arg)
{
	EQ(pthread_mutex_lock(arg), 0);
	return NULL;
}

static void robust(void)
{
	pthread_mutex_t *m = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t a;
	int status, p[2];
	size_t size;
	void *head;
	pid_t pid;
	char c;

	EQ(pthread_mutexattr_init(&a), 0);
	EQ(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST), 0);
	EQ(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQ(pthread_mutex_init(m, &a), 0);
	EQ(pthread_join(start(lock_and_go, m), NULL), 0);
	EQ(pthread_mutex_lock(m), EOWNERDEAD);
	EQ(pthread_mutex_consistent(m), 0);
	EQ(pthread_mutex_unlock(m), 0);
	EQ(pipe(p), 0);
	pid = fork();
	if (!pid) {
		EQ(pthread_mutex_lock(m), 0);
		EQ(write(p[1], "x", 1), 1);
		usleep(20000);
		raise(SIGKILL);
	}
	EQ(read(p[0], &c, 1), 1);
	EQ(pthread_mutex_lock(m), EOWNERDEAD);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, SIGKILL);
	EQ(pthread_mutex_consistent(m), 0);
	EQ(pthread_mutex_unlock(m), 0);
	EQ(syscall(SYS_get_robust_list, 0, &head, &size), 0);
	EQ(size, 24);
	FAILS(syscall(SYS_get_robust_list, 0, BAD, &size), EFAULT);
	FAILS(syscall(SYS_get_robust_list, 0, &head, BAD), EFAULT);
	FAILS(syscall(SYS_get_robust_list, 0x7fffffff, &head, &size), ESRCH);
	pid = fork();
	if (!pid) {
		EQ(setuid(1000), 0);
		FAILS(syscall(SYS_get_robust_list, getppid(), &head, &size), EPERM);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	FAILS(syscall(SYS_set_robust_list, head, 23), EINVAL);
	EQ(syscall(SYS_set_robust_list, head, 24), 0);
}

/* What no list is: the task ends all the same. */
static void bad_list(void)
{
	struct {
		void *next;
		long offset;
		void *pending;
	} loop = { &loop.pending, 0, BAD }, wild = { KERNEL, 8, NULL };
	int status;
	pid_t pid = fork();

	loop.pending = &loop.pending;
	if (!pid) {
		syscall(SYS_set_robust_list, &loop, 24);
		_exit(3);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 3 << 8);
	pid = fork();
	if (!pid) {
		syscall(SYS_set_robust_list, &wild, 24);
		_exit(4);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 4 << 8);
	pid = fork();
	if (!pid) {
		syscall(SYS_set_robust_list, BAD, 24);
		syscall(SYS_set_tid_address, KERNEL);
		_exit(5);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 5 << 8);
}

static const struct abi_case cases[] = {
	CASE(errors), CASE(timeouts), CASE(wakes), CASE(requeues), CASE(requeued_times_out),
	CASE(operations), CASE(between_processes), CASE(interrupted), CASE(robust), CASE(bad_list),
};

ABI_MAIN(cases)
