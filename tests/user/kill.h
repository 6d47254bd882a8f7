/* SPDX-License-Identifier: MIT */
/* For tests that kill children: where they are, and when they have begun. */
#ifndef TESTS_USER_KILL_H
#define TESTS_USER_KILL_H

#include "abi.h"

#include <fcntl.h>
#include <signal.h>

static int pipes[2], begun[2];

/* The state in /proc/<pid>/stat, behind the name in brackets. */
static inline char state_of(pid_t pid)
{
	char path[32], text[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	OK(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	OK(n > 0);
	text[n] = '\0';
	close(fd);
	return strrchr(text, ')')[2];
}

/* The child says that it begins; for what makes system calls all the time, it is one. */
static inline void begin(void)
{
	EQ(write(begun[1], "b", 1), 1);
}

static inline void await_begin(void)
{
	char c;

	EQ(read(begun[0], &c, 1), 1);
}

static inline void kill_it(pid_t pid)
{
	int status;

	EQ(kill(pid, SIGKILL), 0);
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static inline void open_pipes(void)
{
	EQ(pipe(pipes), 0);
	EQ(pipe(begun), 0);
}

static inline void close_pipes(void)
{
	for (int i = 0; i < 2; i++) {
		close(pipes[i]);
		close(begun[i]);
	}
}

#endif
