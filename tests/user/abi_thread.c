/* SPDX-License-Identifier: MIT */
/*
 * Threads: clone with the flags of C libraries, what they share and what each has for itself, and
 * the calls around them. How they end: abi_thread_ends.
 */
#include "abi.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#define SHARES	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

static pid_t tid_here(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static pthread_t start(void *(*run)(void *), void *arg)
{
	pthread_t t;

	EQ(pthread_create(&t, NULL, run, arg), 0);
	return t;
}

static void *join(pthread_t t)
{
	void *result;

	EQ(pthread_join(t, &result), 0);
	return result;
}

/* --- What they have --------------------------------------------------------------------------- */

static void *tell_tid(void *arg)
{
	*(pid_t *)arg = tid_here();
	return (void *)42;
}

static void create_and_join(void)
{
	pthread_t t[8];
	pid_t tid[8];

	EQ(tid_here(), getpid());
	for (int i = 0; i < 8; i++)
		t[i] = start(tell_tid, &tid[i]);
	for (int i = 0; i < 8; i++) {
		EQ((long)join(t[i]), 42);
		OK(tid[i] > 0 && tid[i] != getpid());
		for (int j = 0; j < i; j++)
			OK(tid[i] != tid[j]);
	}
	for (int i = 0; i < 200; i++)
		join(start(tell_tid, &tid[0]));
}

static __thread volatile int mine = 5;
static volatile int ours;

static void *change_both(void *arg)
{
	(void)arg;
	EQ(mine, 5);
	mine = 6;
	ours = 7;
	return NULL;
}

static void storage(void)
{
	mine = 9;
	join(start(change_both, NULL));
	EQ(mine, 9);
	EQ(ours, 7);
}

static void *change_all(void *arg)
{
	*(int *)arg = open("/dev/null", O_RDONLY);
	EQ(chdir("/dev"), 0);
	umask(0123);
	EQ(prctl(PR_SET_NAME, "other"), 0);
	EQ(setpriority(PRIO_PROCESS, 0, 7), 0);
	return (void *)(long)getppid();
}

/* Files, the place among them, the parent are the process's; name and share a thread's own. */
static void shares(void)
{
	char where[16], name[16];
	int fd = -1;

	EQ(prctl(PR_SET_NAME, "leader"), 0);
	EQ((long)join(start(change_all, &fd)), getppid());
	EQ(fcntl(fd, F_GETFD), 0);
	OK(getcwd(where, sizeof(where)));
	EQ(strcmp(where, "/dev"), 0);
	EQ(umask(0), 0123);
	EQ(prctl(PR_GET_NAME, name), 0);
	EQ(strcmp(name, "leader"), 0);
	EQ(getpriority(PRIO_PROCESS, 0), 0);
}

static void *add_to(void *arg)
{
	for (int i = 0; i < 10000; i++)
		__atomic_fetch_add((long *)arg, 1, __ATOMIC_RELAXED);
	return NULL;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counted;

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3000; i++) {
		pthread_mutex_lock(&mutex);
		counted++;
		if (i % 64 == 0)
			sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void many(void)
{
	pthread_t t[100];
	long sum = 0;

	for (int i = 0; i < 100; i++)
		t[i] = start(add_to, &sum);
	for (int i = 0; i < 100; i++)
		join(t[i]);
	EQ(sum, 1000000);
	for (int i = 0; i < 20; i++)
		t[i] = start(count, NULL);
	for (int i = 0; i < 20; i++)
		join(t[i]);
	EQ(counted, 60000);
}

/* V registers, and memory that comes in and goes while others use it. */
static void *compute(void *arg)
{
	double x = (double)(long)arg, sum = 0;

	for (int i = 1; i < 20000; i++) {
		sum += x / i;
		if (i % 1000 == 0) {
			char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			OK(p != MAP_FAILED);
			memset(p, i, 65536);
			sched_yield();
			EQ(p[65535], (char)i);
			EQ(munmap(p, 65536), 0);
		}
	}
	return (void *)(long)(sum * 1000);
}

static void memory(void)
{
	pthread_t t[6];
	long alone = (long)compute((void *)3);

	for (int i = 0; i < 6; i++)
		t[i] = start(compute, (void *)3);
	for (int i = 0; i < 6; i++)
		EQ((long)join(t[i]), alone);
}

static int status_of(pid_t pid)
{
	int status;

	EQ(waitpid(pid, &status, 0), pid);
	return status;
}

static void *fork_here(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (!pid)
		_exit(tid_here() == getpid() ? 11 : 1);
	return (void *)(long)status_of(pid);
}

static void forks(void)
{
	pthread_t a = start(fork_here, NULL), b = start(fork_here, NULL);

	EQ((long)join(a), 11 << 8);
	EQ((long)join(b), 11 << 8);
}

/* --- The call --------------------------------------------------------------------------------- */

static char stack[16384] __attribute__((aligned(16)));

static int nothing(void *arg)
{
	(void)arg;
	return 0;
}

static void flags(void)
{
	char *top = stack + sizeof(stack);
	int status;
	pid_t pid;

	FAILS(clone(nothing, top, CLONE_THREAD, NULL), EINVAL);
	FAILS(clone(nothing, top, CLONE_THREAD | CLONE_SIGHAND, NULL), EINVAL);
	FAILS(clone(nothing, top, CLONE_SIGHAND, NULL), EINVAL);
	/* a process with the same memory */
	pid = clone(nothing, top, CLONE_VM | SIGCHLD, NULL);
	OK(pid > 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static int change_ours(void *arg)
{
	ours = *(int *)arg;
	syscall(SYS_exit, 0);
	return 0;
}

/* The ids where they are asked for; the word that is cleared. */
static void ids(void)
{
	static volatile pid_t parent, child;
	int value = 77;
	int tid = clone(change_ours, stack + sizeof(stack),
			SHARES | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
			&value, &parent, NULL, &child);

	OK(tid > 0);
	EQ(parent, tid);
	for (int i = 0; i < 10000 && !(ours == 77 && !child); i++)
		usleep(100);
	EQ(ours, 77);
	EQ(child, 0);
	while (!syscall(SYS_tgkill, getpid(), tid, 0))
		usleep(100);
	FAILS(syscall(SYS_tgkill, getpid(), tid, 0), ESRCH);
}

struct args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		 set_tid_size, cgroup;
};

static void clone3(void)
{
	struct args a = { .exit_signal = SIGCHLD };
	struct {
		struct args a;
		uint64_t more;
	} longer = { .a = { .exit_signal = SIGCHLD } };
	int status;
	long pid = syscall(SYS_clone3, &a, sizeof(a));

	if (!pid)
		_exit(12);
	OK(pid > 0);
	EQ(status_of((pid_t)pid), 12 << 8);
	pid = syscall(SYS_clone3, &longer, sizeof(longer));
	if (!pid)
		_exit(13);
	OK(pid > 0);
	EQ(waitpid((pid_t)pid, &status, 0), pid);
	longer.more = 1;
	FAILS(syscall(SYS_clone3, &longer, sizeof(longer)), E2BIG);
	FAILS(syscall(SYS_clone3, &a, 8), EINVAL);
	FAILS(syscall(SYS_clone3, BAD, sizeof(a)), EFAULT);
	a.exit_signal = 65;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
	a.exit_signal = SIGCHLD;
	a.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
	a.flags = 0;
	a.stack = (uint64_t)(uintptr_t)stack;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
	a.stack = 0;
	a.stack_size = 4096;
	FAILS(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
}

static void barriers(void)
{
	long commands = syscall(SYS_membarrier, 0, 0, 0);

	OK(commands > 0 && commands & 8);
	FAILS(syscall(SYS_membarrier, 8, 0, 0), EPERM);
	EQ(syscall(SYS_membarrier, 16, 0, 0), 0);
	EQ(syscall(SYS_membarrier, 8, 0, 0), 0);
	EQ(syscall(SYS_membarrier, 1, 0, 0), 0);
	FAILS(syscall(SYS_membarrier, 1 << 20, 0, 0), EINVAL);
	FAILS(syscall(SYS_membarrier, 0, 1 << 20, 0), EINVAL);
}

static void *burn(void *arg)
{
	struct timespec t;

	(void)arg;
	do {
		EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
	} while (!t.tv_sec && t.tv_nsec < 20000000);
	return NULL;
}

static long us_of(const struct rusage *r)
{
	return (r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000000 + r->ru_utime.tv_usec +
	       r->ru_stime.tv_usec;
}

/* A process's time is that of all its threads, ended ones as well. */
static void times(void)
{
	struct timespec all, own;
	struct rusage all_used, own_used;
	pthread_t a = start(burn, NULL), b = start(burn, NULL);

	join(a);
	join(b);
	EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own), 0);
	EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all), 0);
	OK((all.tv_sec - own.tv_sec) * 1000000000 + all.tv_nsec - own.tv_nsec >= 40000000);
	EQ(getrusage(RUSAGE_THREAD, &own_used), 0);
	EQ(getrusage(RUSAGE_SELF, &all_used), 0);
	/* which Linux counts more coarsely */
	OK(us_of(&all_used) - us_of(&own_used) >= 30000);
}

static const struct abi_case cases[] = {
	CASE(create_and_join), CASE(storage), CASE(shares), CASE(many), CASE(memory),
	CASE(forks), CASE(flags), CASE(ids), CASE(clone3), CASE(barriers), CASE(times),
};

ABI_MAIN(cases)
