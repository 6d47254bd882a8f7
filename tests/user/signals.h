/* SPDX-License-Identifier: MIT */
/* For tests of signals: handlers that note what came, and children that send some. */
#ifndef TESTS_USER_SIGNALS_H
#define TESTS_USER_SIGNALS_H

#include "abi.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t came, value;
siginfo_t got;	/* not static: the C library's functions are said not to call back */

static inline void note(int signal)
{
	came += 1;
	value = signal;
}

static inline void note_info(int signal, siginfo_t *info, void *context)
{
	(void)context;
	note(signal);
	got = *info;
}

static inline void handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_flags = flags };

	action.sa_handler = handler;
	if (flags & SA_SIGINFO)
		action.sa_sigaction = note_info;
	EQ(sigaction(signal, &action, NULL), 0);
}

static inline sigset_t only(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static inline void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t))
		;
}

/* A child that runs @run and ends. */
static inline pid_t child(void (*run)(void))
{
	pid_t pid = fork();

	if (!pid) {
		run();
		_exit(0);
	}
	return pid;
}

static inline int ends_with(void (*run)(void))
{
	int status;
	pid_t pid = child(run);

	EQ(waitpid(pid, &status, 0), pid);
	return status;
}

/* Again and again: nobody can say when the other one has begun to wait. */
static inline void keep_disturbing(void)
{
	pid_t parent = getppid();

	while (getppid() == parent) {
		pause_ms(5);
		kill(parent, SIGUSR1);
	}
}

/* @call waits; a signal ends that, and not the child, which goes on until it is killed. */
#define CUT_SHORT(call) do { \
	pid_t pid_ = child(keep_disturbing); \
	FAILS(call, EINTR); \
	kill(pid_, SIGKILL); \
	while (waitpid(pid_, NULL, 0) != pid_) \
		; \
} while (0)

#endif
