/* SPDX-License-Identifier: MIT */
/* How threads end: one, all at once, the leader before the others; and exec from one of them. */
#include "abi.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

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

static void *wait_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static void *spin(void *arg)
{
	(void)arg;
	for (;;)
		__asm__ volatile("" ::: "memory");
	return NULL;
}

static void *end_all(void *arg)
{
	usleep(1000);
	_exit((int)(long)arg);
}

static void *end_by_fault(void *arg)
{
	usleep(1000);
	*(volatile char *)arg = 1;
	return NULL;
}

static void *read_pipe(void *arg)
{
	char c;

	EQ(read(*(int *)arg, &c, 1), 0);
	return NULL;
}

static int status_of(pid_t pid)
{
	int status;

	EQ(waitpid(pid, &status, 0), pid);
	return status;
}

/* Whoever ends the process ends all, wherever they are. */
static void ends_of_all(void)
{
	int p[2];
	pid_t pid;

	EQ(pipe(p), 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		start(wait_for_ever, NULL);
		start(spin, NULL);
		start(read_pipe, &p[0]);
		start(end_all, (void *)3);
		wait_for_ever(NULL);
	}
	EQ(status_of(pid), 3 << 8);
	pid = fork();
	if (!pid) {
		start(wait_for_ever, NULL);
		start(spin, NULL);
		_exit(4);
	}
	EQ(status_of(pid), 4 << 8);
	pid = fork();
	if (!pid) {
		start(spin, NULL);
		start(end_by_fault, BAD);
		wait_for_ever(NULL);
	}
	EQ(status_of(pid), SIGSEGV);
	pid = fork();
	if (!pid) {
		start(spin, NULL);
		start(read_pipe, &p[0]);
		spin(NULL);
	}
	usleep(2000);
	EQ(kill(pid, SIGKILL), 0);
	EQ(status_of(pid), SIGKILL);
}

static void *exit_later(void *arg)
{
	usleep(2000);
	syscall(SYS_exit, (long)arg);
	return NULL;
}

/* The leader ends first: the process goes on, and its status is that of the last one. */
static void leader_first(void)
{
	pid_t pid = fork();

	if (!pid) {
		start(exit_later, (void *)9);
		syscall(SYS_exit, 5);
	}
	usleep(500);
	EQ(kill(pid, 0), 0);
	EQ(status_of(pid), 9 << 8);
	pid = fork();
	if (!pid) {
		start(end_all, (void *)6);
		syscall(SYS_exit, 5);
	}
	EQ(status_of(pid), 6 << 8);
}

static char program[256];

static void *exec_self(void *arg)
{
	char text[16];

	(void)arg;
	sprintf(text, "%d", (int)getpid());
	execl(program, "abi_thread", "alone", text, NULL);
	_exit(1);
}

/* From a thread: it goes on alone, with the leader's id. */
static void exec_from_one(void)
{
	pid_t pid;

	OK(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
	pid = fork();
	if (!pid) {
		start(spin, NULL);
		start(wait_for_ever, NULL);
		start(exec_self, NULL);
		wait_for_ever(NULL);
	}
	EQ(status_of(pid), 0);
	pid = fork();
	if (!pid) {
		start(spin, NULL);
		start(exec_self, NULL);
		syscall(SYS_exit, 0);
	}
	EQ(status_of(pid), 0);
	pid = fork();
	if (!pid) {
		start(spin, NULL);
		start(wait_for_ever, NULL);
		exec_self(NULL);
	}
	EQ(status_of(pid), 0);
}

/* What it has become, with the process's id as argument. */
static int alone(const char *pid)
{
	return getpid() != atoi(pid) || tid_here() != getpid();
}

static const struct abi_case cases[] = {
	CASE(ends_of_all), CASE(leader_first), CASE(exec_from_one),
};

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "alone"))
		return alone(argv[2]);
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
