/* SPDX-License-Identifier: MIT */
/* Programs that the shell runs. With CONFIG_PROCESS. */
#ifndef SHELL_PROGRAM_H
#define SHELL_PROGRAM_H

#include <lib/types.h>

/* The program that @name means, a path or a name in $PATH: its path in @path; false: none. */
bool program_find(const char *name, char *path, size_t size);

/* Runs it and waits, with its system calls printed where @trace: its status. */
int program_run(const char *path, char **argv, bool trace);

#endif
