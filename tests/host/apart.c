/* SPDX-License-Identifier: MIT */
/* See apart.h: fork(), and for a panic the child's output through a pipe. */
#include <lib/string.h>

#include <signal.h>
#include <sys/wait.h>

#include "apart.h"
#include "host.h"

bool apart(bool (*f)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		host_log_quiet = true;
		status = f() ? 0 : 1;
		fflush(stdout);
		_exit(status);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

bool apart_repeat(bool (*f)(void), u64 rounds)
{
	for (rounds = host_effort(rounds); rounds > 0; rounds--) {
		u64 seed = host_random_state;

		if (!apart(f)) {
			printf("# the round began with CAIRN_SEED=%lu\n", seed);
			return false;
		}
		host_random();
	}
	return true;
}

bool panics(void (*f)(void), const char *text)
{
	char said[4096];
	size_t length = 0;
	ssize_t got;
	int status, ends[2];
	bool panicked;
	pid_t child;

	fflush(stdout);
	if (pipe(ends))
		return false;
	child = fork();
	if (child == 0) {
		dup2(ends[1], 1);
		f();
		_exit(0);
	}
	close(ends[1]);
	while (length < sizeof(said) - 1 &&
	       (got = read(ends[0], said + length, sizeof(said) - 1 - length)) > 0)
		length += (size_t)got;
	said[length] = 0;
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	panicked = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(said, "panic: ") &&
		   strstr(said, text);
	if (!panicked)
		printf("# no panic with '%s', but status %#x and: %s\n", text, status, said);
	return panicked;
}
