/* SPDX-License-Identifier: MIT */
/* Programs that the shell runs. With CONFIG_PROCESS, but for the last one. */
#ifndef SHELL_PROGRAM_H
#define SHELL_PROGRAM_H

#include <lib/types.h>
#ifdef CONFIG_PROCESS
#include <process/process.h>
#endif

/* The program that @name means, a path or a name in $PATH: its path in @path; false: none. */
bool program_find(const char *name, char *path, size_t size);

/* Runs it and waits, with its system calls printed where @trace: its status. */
int program_run(const char *path, char **argv, bool trace);

/* A key that is a signal was typed: true where a program gets it. Any context. */
static inline bool program_key(int signal __unused)
{
#ifdef CONFIG_PROCESS
	process_key(signal);
	return process_in_front();
#else
	return false;
#endif
}

#endif
