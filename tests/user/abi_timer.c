/* SPDX-License-Identifier: MIT */
/* Timers that send signals: setitimer's three, and those of timer_create. */
#include "abi.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#define MS	1000000L

/* As the kernel has them: what the libraries do beside is not asked here. */
struct event {
	uint64_t value;
	int signo, notify, tid, pad[11];
};

static int create(int clock, int signo, int notify, uint64_t value, int *id)
{
	struct event e = { .value = value, .signo = signo, .notify = notify, .tid = gettid() };

	return (int)syscall(SYS_timer_create, clock, &e, id);
}

static int set(int id, int flags, long ns, long interval)
{
	struct itimerspec t = { { interval / 1000000000, interval % 1000000000 },
				{ ns / 1000000000, ns % 1000000000 } };

	return (int)syscall(SYS_timer_settime, id, flags, &t, NULL);
}

static struct itimerspec get(int id)
{
	struct itimerspec t;

	EQ(syscall(SYS_timer_gettime, id, &t), 0);
	return t;
}

static void block(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

/* Takes @signal, which is blocked: what is known of it. */
static siginfo_t await(int signal)
{
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	while (sigwaitinfo(&set, &info) != signal)
		OK(errno == EINTR);
	return info;
}

static int is_pending(int signal)
{
	sigset_t set;

	EQ(sigpending(&set), 0);
	return sigismember(&set, signal);
}

static long to_us(const struct timeval *t)
{
	return t->tv_sec * 1000000 + t->tv_usec;
}

static void real(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 2000 } }, old;
	siginfo_t info;

	block(SIGALRM);
	EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	info = await(SIGALRM);
	EQ(info.si_code, SI_KERNEL);
	EQ(getitimer(ITIMER_REAL, &old), 0);
	EQ(to_us(&old.it_value), 0);
	t = (struct itimerval){ { 0, 1000 }, { 0, 1000 } };
	EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	for (int i = 0; i < 3; i++)
		await(SIGALRM);
	t = (struct itimerval){ { 7, 0 }, { 1000, 500000 } };
	EQ(setitimer(ITIMER_REAL, &t, &old), 0);
	EQ(to_us(&old.it_interval), 1000);
	EQ(getitimer(ITIMER_REAL, &old), 0);
	EQ(to_us(&old.it_interval), 7000000);
	OK(to_us(&old.it_value) > 900000000 && to_us(&old.it_value) <= 1000500000);
	t = (struct itimerval){ { 7, 0 }, { 0, 0 } };
	EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	EQ(getitimer(ITIMER_REAL, &old), 0);
	EQ(to_us(&old.it_value), 0);
	EQ(alarm(1000), 0);
	OK(alarm(0) > 900);
}

static volatile sig_atomic_t hits;

static void hit(int signal)
{
	(void)signal;
	hits++;
}

static void handler(void)
{
	struct sigaction action = { .sa_handler = hit };
	struct itimerval t = { { 0, 1000 }, { 0, 1000 } };

	EQ(sigaction(SIGALRM, &action, NULL), 0);
	EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	while (hits < 5)
		pause();
	/* in its own program as well */
	while (hits < 10)
		;
}

/* Counted while it runs, and not while it sleeps. */
static void used(void)
{
	static const int which[] = { ITIMER_VIRTUAL, ITIMER_PROF };
	static const int signals[] = { SIGVTALRM, SIGPROF };

	for (int i = 0; i < 2; i++) {
		struct itimerval t = { { 0, 0 }, { 1000, 0 } }, left;
		struct timespec before, now;

		block(signals[i]);
		EQ(setitimer(which[i], &t, NULL), 0);
		usleep(20000);
		EQ(getitimer(which[i], &left), 0);
		OK(to_us(&left.it_value) > 900000000);
		t.it_value = (struct timeval){ 0, 20000 };
		EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
		EQ(setitimer(which[i], &t, NULL), 0);
		while (!is_pending(signals[i]))
			;
		EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
		OK((now.tv_sec - before.tv_sec) * 1000 * MS + now.tv_nsec - before.tv_nsec >
		   10 * MS);
		EQ(await(signals[i]).si_code, SI_KERNEL);
		EQ(getitimer(which[i], &left), 0);
		EQ(to_us(&left.it_value), 0);
	}
}

static void not_inherited(void)
{
	struct itimerval t = { { 0, 0 }, { 1000, 0 } }, left;
	int id, status;
	pid_t pid;

	EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
	pid = fork();
	if (!pid) {
		struct itimerspec spec;

		EQ(getitimer(ITIMER_REAL, &left), 0);
		EQ(to_us(&left.it_value), 0);
		FAILS(syscall(SYS_timer_gettime, id, &spec), EINVAL);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

/* In the program that exec has begun: one kind of timers is there still. */
static int look_after_exec(void)
{
	struct itimerval left;
	struct itimerspec spec;

	EQ(getitimer(ITIMER_REAL, &left), 0);
	OK(to_us(&left.it_value) > 900000000);
	FAILS(syscall(SYS_timer_gettime, 0, &spec), EINVAL);
	return 0;
}

static void over_exec(void)
{
	struct itimerval t = { { 0, 0 }, { 1000, 0 } };
	int id, status;
	pid_t pid = fork();

	if (!pid) {
		EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
		EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
		EQ(id, 0);
		execl("/proc/self/exe", "look", NULL);
		_exit(1);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void sends(void)
{
	int id, other;
	siginfo_t info;

	block(SIGUSR1);
	block(SIGALRM);
	EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0x123456789, &id), 0);
	EQ(syscall(SYS_timer_create, CLOCK_BOOTTIME, NULL, &other), 0);
	OK(id != other);
	EQ(get(id).it_value.tv_sec, 0);
	EQ(set(id, 0, 1000 * 1000000000L, 5 * MS), 0);
	OK(get(id).it_value.tv_sec >= 990 && get(id).it_value.tv_sec <= 1000);
	EQ(get(id).it_interval.tv_nsec, 5 * MS);
	EQ(set(id, 0, MS, 0), 0);
	info = await(SIGUSR1);
	EQ(info.si_code, SI_TIMER);
	EQ(info.si_timerid, id);
	EQ(info.si_overrun, 0);
	EQ((uintptr_t)info.si_value.sival_ptr, 0x123456789);
	EQ(get(id).it_value.tv_nsec, 0);
	EQ(set(other, 0, MS, 0), 0);
	info = await(SIGALRM);
	EQ(info.si_timerid, other);
	EQ(info.si_value.sival_int, other);
	/* whose time is over comes though its timer goes */
	EQ(set(id, 0, 1, 0), 0);
	while (!is_pending(SIGUSR1))
		usleep(1000);
	EQ(syscall(SYS_timer_delete, id), 0);
	EQ(await(SIGUSR1).si_code, SI_TIMER);
	FAILS(syscall(SYS_timer_delete, id), EINVAL);
}

static void at_a_time(void)
{
	static const int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME };
	struct timespec now;
	int id;

	block(SIGUSR1);
	for (int i = 0; i < 3; i++) {
		EQ(create(clocks[i], SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
		EQ(clock_gettime(clocks[i], &now), 0);
		EQ(set(id, TIMER_ABSTIME, now.tv_sec * 1000000000L + now.tv_nsec + 3 * MS, 0), 0);
		EQ(await(SIGUSR1).si_timerid, id);
		EQ(set(id, TIMER_ABSTIME, 1, 0), 0);	/* it is over long since */
		EQ(await(SIGUSR1).si_timerid, id);
		EQ(set(id, TIMER_ABSTIME, (now.tv_sec + 500) * 1000000000L, 0), 0);
		OK(get(id).it_value.tv_sec > 400 && get(id).it_value.tv_sec <= 500);
		EQ(syscall(SYS_timer_delete, id), 0);
	}
}

static void overruns(void)
{
	siginfo_t info;
	int id, n;

	block(SIGUSR1);
	EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
	EQ(set(id, 0, MS, MS), 0);
	usleep(30000);
	info = await(SIGUSR1);
	OK(info.si_overrun >= 20);
	n = (int)syscall(SYS_timer_getoverrun, id);
	EQ(n, info.si_overrun);
	/* a period that is shorter than anything takes leaves time for the rest */
	EQ(set(id, 0, 1, 1), 0);
	for (int i = 0; i < 5; i++)
		OK(await(SIGUSR1).si_overrun > 0);
	EQ(set(id, 0, 0, 0), 0);
	EQ(get(id).it_value.tv_nsec, 0);
	/* ignored, it goes on all the same */
	EQ(signal(SIGUSR2, SIG_IGN) != SIG_ERR, 1);
	EQ(create(CLOCK_MONOTONIC, SIGUSR2, SIGEV_SIGNAL, 0, &id), 0);
	EQ(set(id, 0, 1, 1), 0);
	usleep(5000);
	block(SIGUSR2);
	EQ(await(SIGUSR2).si_timerid, id);
}

static void silent(void)
{
	int id;

	EQ(create(CLOCK_MONOTONIC, 99, SIGEV_NONE, 0, &id), 0);
	EQ(set(id, 0, 1000 * 1000000000L, 0), 0);
	OK(get(id).it_value.tv_sec > 900);
	EQ(set(id, 0, MS, 0), 0);
	usleep(2000);
	EQ(get(id).it_value.tv_nsec, 0);
	EQ(set(id, 0, 1, 1000 * 1000000000L), 0);
	usleep(2000);
	OK(get(id).it_value.tv_sec > 900);
}

static void *other_thread(void *arg)
{
	int *id = arg;
	siginfo_t info;

	EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_THREAD_ID, 0, id), 0);
	EQ(set(*id, 0, MS, 0), 0);
	info = await(SIGUSR1);
	EQ(info.si_timerid, *id);
	EQ(set(*id, 0, MS, MS), 0);
	return NULL;
}

/* To one thread; when that has ended, to nobody. */
static void to_a_thread(void)
{
	pthread_t thread;
	int id;

	block(SIGUSR1);
	EQ(pthread_create(&thread, NULL, other_thread, &id), 0);
	EQ(pthread_join(thread, NULL), 0);
	usleep(5000);
	EQ(is_pending(SIGUSR1), 0);
	EQ(syscall(SYS_timer_delete, id), 0);
}

static int notified[2];

static void notify(union sigval value)
{
	EQ(write(notified[1], &value.sival_int, sizeof(value.sival_int)), sizeof(int));
}

/* As the library has it: a thread of its own waits for the signal. */
static void by_library(void)
{
	struct sigevent e = { .sigev_notify = SIGEV_THREAD };
	struct itimerspec t = { .it_value = { 0, MS } };
	timer_t timer;
	int value;

	EQ(pipe(notified), 0);
	e.sigev_notify_function = notify;
	e.sigev_value.sival_int = 77;
	EQ(timer_create(CLOCK_MONOTONIC, &e, &timer), 0);
	EQ(timer_settime(timer, 0, &t, NULL), 0);
	EQ(read(notified[0], &value, sizeof(value)), sizeof(value));
	EQ(value, 77);
	EQ(timer_getoverrun(timer), 0);
	EQ(timer_gettime(timer, &t), 0);
	EQ(timer_delete(timer), 0);
}

static void of_used_time(void)
{
	static const int clocks[] = { CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID };
	int id;

	block(SIGUSR1);
	for (int i = 0; i < 2; i++) {
		EQ(create(clocks[i], SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
		EQ(set(id, 0, 10 * MS, 0), 0);
		usleep(20000);
		EQ(is_pending(SIGUSR1), 0);
		while (!is_pending(SIGUSR1))
			;
		EQ(await(SIGUSR1).si_timerid, id);
	}
}

static void errors(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 1000000 } };
	struct itimerspec spec = { .it_value = { 0, 1000000000 } };
	struct event e = { .signo = SIGUSR1, .notify = SIGEV_THREAD_ID, .tid = 1 };
	int id;

	FAILS(syscall(SYS_setitimer, ITIMER_REAL, &t, NULL), EINVAL);
	t = (struct itimerval){ { 0, 0 }, { -1, 0 } };
	FAILS(syscall(SYS_setitimer, ITIMER_REAL, &t, NULL), EINVAL);
	t.it_value.tv_sec = 0;
	FAILS(syscall(SYS_setitimer, 3, &t, NULL), EINVAL);
	FAILS(syscall(SYS_getitimer, -1, &t), EINVAL);
	FAILS(syscall(SYS_setitimer, ITIMER_REAL, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_setitimer, ITIMER_REAL, &t, BAD), EFAULT);
	FAILS(syscall(SYS_getitimer, ITIMER_REAL, BAD), EFAULT);
	FAILS(syscall(SYS_timer_create, 99, NULL, &id), EINVAL);
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &id), EOPNOTSUPP);
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &id), EINVAL);
	e.notify = 9;
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &id), EINVAL);
	e.notify = SIGEV_SIGNAL;
	e.signo = 65;
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &id), EINVAL);
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC, BAD, &id), EFAULT);
	FAILS(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, BAD), EFAULT);
	EQ(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id), 0);
	FAILS(syscall(SYS_timer_settime, id, 0, &spec, NULL), EINVAL);
	spec.it_value = (struct timespec){ 1, 0 };
	spec.it_interval.tv_sec = -1;
	FAILS(syscall(SYS_timer_settime, id, 0, &spec, NULL), EINVAL);
	FAILS(syscall(SYS_timer_settime, id, 0, NULL, NULL), EINVAL);
	FAILS(syscall(SYS_timer_settime, id, 0, BAD, NULL), EFAULT);
	spec.it_interval.tv_sec = 0;
	FAILS(syscall(SYS_timer_settime, id, 0, &spec, BAD), EFAULT);
	FAILS(syscall(SYS_timer_settime, id + 1, 0, &spec, NULL), EINVAL);
	FAILS(syscall(SYS_timer_gettime, id, BAD), EFAULT);
	FAILS(syscall(SYS_timer_gettime, id + 1, &spec), EINVAL);
	FAILS(syscall(SYS_timer_getoverrun, id + 1), EINVAL);
	FAILS(syscall(SYS_timer_delete, id + 1), EINVAL);
}

/* No more than signals may wait. */
static void too_many(void)
{
	int id, n = 0;
	struct rlimit { unsigned long now, max; } limit = { 3, 3 };

	EQ(syscall(SYS_prlimit64, 0, 11, &limit, NULL), 0);
	while (!create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id))
		OK(++n <= 3);
	FAILS(create(CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0, &id), EAGAIN);
}

static const struct abi_case cases[] = {
	CASE(real), CASE(handler), CASE(used), CASE(not_inherited), CASE(over_exec), CASE(sends),
	CASE(at_a_time), CASE(overruns), CASE(silent), CASE(to_a_thread), CASE(by_library),
	CASE(of_used_time), CASE(errors), CASE(too_many),
};

int main(int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "look"))
		return look_after_exec();
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
